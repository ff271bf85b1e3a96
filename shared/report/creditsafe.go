package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// CreditsafeURL is the service; its sandbox is connect.sandbox.creditsafe.com.
const CreditsafeURL = "https://connect.creditsafe.com"

// Creditsafe asks Creditsafe Connect, by register number, else by VAT id: a token
// (good for an hour), the company's id, then its report
// (https://doc.creditsafe.com/connect-apis-catalog/product-catalog/creditrisk).
type Creditsafe struct {
	URL  string
	HTTP *http.Client
	// Login reads "user key:password" when it is wanted.
	Login func(context.Context) (string, error)
}

// Bounds of one answer and of its wait.
const (
	answerMax  = 8 << 20
	answerTime = 20 * time.Second
)

// Report asks three times. What Creditsafe does not rate is known, with a score
// of nothing and its own word for that.
func (c Creditsafe) Report(ctx context.Context, about party.Data, currency string) (credit.ReportData, error) {
	d := credit.ReportData{Source: "Creditsafe"}
	by, ok := wanted(about)
	if !ok {
		return d, nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	token, err := c.token(ctx)
	if err != nil {
		return d, err
	}
	var found struct {
		Companies []struct {
			ID string `json:"id"`
		} `json:"companies"`
	}
	if err := c.ask(ctx, http.MethodGet, "/v1/companies?"+by.Encode(), token, nil, &found); err != nil && !errors.Is(err, errUnknown) {
		return d, err
	}
	if len(found.Companies) != 1 { // several: the number is not the company's own
		return d, nil
	}
	d.Reference = found.Companies[0].ID
	var said creditsafeReport
	err = c.ask(ctx, http.MethodGet, "/v1/companies/"+url.PathEscape(d.Reference)+"?language=en", token, nil, &said)
	if errors.Is(err, errUnknown) {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	d.Known = true
	return said.into(d, currency), nil
}

// wanted is how a company is looked for: a register number is unique in its
// country, a VAT id everywhere.
func wanted(about party.Data) (url.Values, bool) {
	country := about.Address.Country
	switch {
	case about.KVK != "" && (country == "" || country == "NL"):
		return url.Values{"countries": {"NL"}, "regNo": {about.KVK}}, true
	case len(about.VATID) > 2:
		return url.Values{"countries": {strings.Replace(about.VATID[:2], "EL", "GR", 1)}, "vatNo": {about.VATID}}, true
	}
	return nil, false
}

// figure is a number, or words where there is none: "Not Rated".
type figure string

// UnmarshalJSON never fails.
func (f *figure) UnmarshalJSON(b []byte) error {
	*f = figure(strings.Trim(string(b), `"`))
	return nil
}

func (f figure) decimal() (decimal.Decimal, bool) {
	d, err := decimal.NewFromString(strings.TrimSpace(string(f)))
	return d, err == nil && d.Exponent() > -10 && d.Exponent() < 15
}

type creditsafeRating struct {
	Common      string `json:"commonValue"` // A to E
	Description string `json:"commonDescription"`
	Limit       struct {
		Currency string `json:"currency"`
		Value    figure `json:"value"`
	} `json:"creditLimit"`
	Provider struct {
		Max   figure `json:"maxValue"`
		Min   figure `json:"minValue"`
		Value figure `json:"value"`
	} `json:"providerValue"`
}

type creditsafeReport struct {
	Report struct {
		Score struct {
			Current creditsafeRating `json:"currentCreditRating"`
		} `json:"creditScore"`
		Summary struct {
			Rating creditsafeRating `json:"creditRating"`
		} `json:"companySummary"`
	} `json:"report"`
}

// into turns Creditsafe's scale into ours. A limit in another currency than the
// books' is left out: it is advice, and a rate would make it look exact.
func (r creditsafeReport) into(d credit.ReportData, currency string) credit.ReportData {
	rating := r.Report.Score.Current
	if rating.Common == "" {
		rating = r.Report.Summary.Rating
	}
	d.Grade = strings.Trim(rating.Common+" "+rating.Description, " ")
	hundred := decimal.NewFromInt(100)
	top, ok := rating.Provider.Max.decimal()
	if !ok || !top.IsPositive() {
		top = hundred
	}
	least, _ := rating.Provider.Min.decimal()
	if score, ok := rating.Provider.Value.decimal(); ok && top.GreaterThan(least) {
		of := score.Sub(least).Mul(hundred).DivRound(top.Sub(least), 0)
		d.Score = int(decimal.Max(decimal.Zero, decimal.Min(hundred, of)).IntPart())
	}
	if limit, ok := rating.Limit.Value.decimal(); ok && strings.EqualFold(rating.Limit.Currency, currency) && !limit.IsNegative() {
		if amount, err := money.Round(limit, currency); err == nil {
			d.Limit = &amount
		}
	}
	return d
}

func (c Creditsafe) token(ctx context.Context) (string, error) {
	login, err := c.Login(ctx)
	if err != nil {
		return "", err
	}
	user, password, ok := strings.Cut(strings.TrimSpace(login), ":")
	if !ok {
		return "", fault.New(fault.Config, "The credit agency cannot be asked", "its secret is not a user key, a colon and a password", "enter it again as agency/creditsafe").Keyed("service.config")
	}
	var said struct {
		Token string `json:"token"`
	}
	err = c.ask(ctx, http.MethodPost, "/v1/authenticate", "", map[string]string{"username": user, "password": password}, &said)
	return said.Token, err
}

// errUnknown says that the agency does not have what was asked for.
var errUnknown = errors.New("the agency does not know it")

// ask sends a request and reads its answer. What is said wrong is not quoted: it
// holds the password.
func (c Creditsafe) ask(ctx context.Context, method, path, token string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.URL+path, body)
	if err != nil {
		return fault.New(fault.Config, "The credit agency cannot be asked", "its address is wrong", "mend it").Keyed("service.config").Because(err)
	}
	req.Header.Set("Accept", "application/json")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := c.HTTP.Do(req)
	if err != nil {
		return unanswered("nothing came back", err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, answerMax))
	if err != nil {
		return unanswered("its answer broke off", err)
	}
	switch {
	case answer.StatusCode == http.StatusNotFound:
		return errUnknown
	case answer.StatusCode == http.StatusTooManyRequests:
		return &o2c.Later{After: time.Minute, Cause: fmt.Errorf("the agency asks us to slow down")}
	case answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden:
		return fault.New(fault.Config, "The credit agency refuses us", fmt.Sprintf("it answered %d", answer.StatusCode), "enter the user key and the password again as agency/creditsafe; ask whether the country is in your contract").Keyed("service.config")
	case answer.StatusCode >= http.StatusMultipleChoices:
		return unanswered(fmt.Sprintf("it answered %d", answer.StatusCode), nil)
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return unanswered("its answer is not what its documentation shows", nil)
	}
	return nil
}

func unanswered(why string, cause error) error {
	return fault.New(fault.Unavailable, "The credit agency does not answer", why, "nothing: it is asked again").Because(cause).Keyed("report.away")
}
