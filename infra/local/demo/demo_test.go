package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"duly/infra/local"
)

var monday = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)

// place is a demo on a clock that stands still, reached over a socket.
type place struct {
	t       *testing.T
	base    string
	runtime *local.Runtime
}

func open(t *testing.T) place {
	t.Helper()
	return heardBy(t, nil)
}

// heardBy opens a place whose log is heard.
func heardBy(t *testing.T, log slog.Handler) place {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	base := "http://" + server.Listener.Addr().String()
	r, err := local.Open(local.Options{BaseURL: base, Start: monday, Seed: 42, Manual: true, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	site, err := newSite(r)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = site
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return place{t: t, base: base, runtime: r}
}

// call asks for JSON.
func (p place) call(method, path string, body any, header ...string) (int, map[string]any) {
	p.t.Helper()
	status, raw, _ := p.raw(method, path, body, header...)
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		p.t.Fatalf("%s %s answered %d, no JSON: %s", method, path, status, raw)
	}
	return status, out
}

func (p place) raw(method, path string, body any, header ...string) (int, []byte, http.Header) {
	p.t.Helper()
	var content io.Reader = http.NoBody
	switch b := body.(type) {
	case nil:
	case url.Values:
		content = strings.NewReader(b.Encode())
		header = append(header, "Content-Type", "application/x-www-form-urlencoded")
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			p.t.Fatal(err)
		}
		content = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, p.base+path, content)
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, raw, answer.Header
}

func (p place) items(path string) []any {
	p.t.Helper()
	status, out := p.call(http.MethodGet, path, nil)
	if status != http.StatusOK {
		p.t.Fatalf("GET %s answered %d: %v", path, status, out)
	}
	return out["items"].([]any)
}

type object = map[string]any

func TestClockIsShownAndMoved(t *testing.T) {
	p := open(t)
	_, before := p.call(http.MethodGet, "/demo/clock", nil)
	if before["unix"].(float64) != float64(monday.Unix()) || !strings.HasPrefix(before["now"].(string), "2026-01-05T08:00:00") {
		t.Errorf("the clock shows %v", before)
	}
	status, after := p.call(http.MethodPost, "/demo/clock", object{"advance": "1d2h30m"})
	if status != http.StatusOK || after["unix"].(float64) != float64(monday.Add(26*time.Hour+30*time.Minute).Unix()) {
		t.Errorf("after an advance: %d %v", status, after)
	}
	for _, wrong := range []string{"", "yesterday", "-1d", "4000d"} {
		if status, out := p.call(http.MethodPost, "/demo/clock", object{"advance": wrong}); status != http.StatusUnprocessableEntity || out["code"] == nil {
			t.Errorf("an advance of %q was answered %d %v", wrong, status, out)
		}
	}
}

// TestOneOrderByTheControlsAlone walks the tour's path over HTTP.
func TestOneOrderByTheControlsAlone(t *testing.T) {
	p := open(t)
	for _, step := range []string{"1", "2", "3"} {
		if status, _, h := p.raw(http.MethodPost, "/demo/pages/story", url.Values{"step": {step}}); status != http.StatusSeeOther || strings.Contains(h.Get("Location"), "bad=") {
			t.Fatalf("step %s leads to %d %s", step, status, h.Get("Location"))
		}
	}
	cards := p.items("/demo/slack/messages")
	if len(cards) == 0 || cards[len(cards)-1].(object)["channel"] != p.runtime.Policy.Channel("credit") {
		t.Fatalf("the oldest message is %v", cards)
	}
	var invoice object
	for _, m := range p.items("/demo/mail") {
		if a := m.(object)["attachments"].([]any); len(a) == 1 {
			invoice = m.(object)
		}
	}
	if invoice["to"] != "finance@acme.example" {
		t.Fatalf("no invoice was mailed: %v", invoice)
	}
	pdf := strings.TrimPrefix(invoice["attachments"].([]any)[0].(object)["url"].(string), p.base)
	if _, raw, h := p.raw(http.MethodGet, pdf, nil); !bytes.HasPrefix(raw, []byte("%PDF-")) || h.Get("Content-Type") != "application/pdf" {
		t.Errorf("the attachment is %q %.20q", h.Get("Content-Type"), raw)
	}
	link, ok := p.runtime.LinkIn("2026-0001")
	if !ok {
		t.Fatal("the mail has no link")
	}
	status, _, h := p.raw(http.MethodPost, strings.TrimPrefix(link, p.base)+"/pay", url.Values{})
	if status != http.StatusSeeOther || !strings.HasPrefix(h.Get("Location"), p.base+local.Outside+"/stripe/c/pay/") {
		t.Fatalf("Pay leads to %d %s", status, h.Get("Location"))
	}
	if status, page, _ := p.raw(http.MethodGet, strings.TrimPrefix(h.Get("Location"), p.base), nil); status != http.StatusOK || !bytes.Contains(page, []byte("iDEAL | Wero")) {
		t.Errorf("the payment page answered %d", status)
	}
	session := p.items("/demo/stripe/sessions")[0].(object)["id"].(string)
	if status, paid := p.call(http.MethodPost, "/demo/stripe/sessions/"+session+"/pay", object{"method": "ideal"}); status != http.StatusOK || paid["payment_status"] != "paid" {
		t.Errorf("paying answered %d %v", status, paid)
	}
	_, payout := p.call(http.MethodPost, "/demo/stripe/payout", nil)
	entry := object{"amount": payout["amount"], "reference": payout["reference"], "name": "STRIPE", "iban": local.StripeIBAN}
	status, camt, h := p.raw(http.MethodPost, "/demo/bank", object{"entries": []object{entry}})
	if status != http.StatusCreated || !strings.Contains(h.Get("Content-Type"), "xml") || !bytes.Contains(camt, []byte("camt.053")) {
		t.Errorf("the bank answered %d %s %.60s", status, h.Get("Content-Type"), camt)
	}
	_, balance := p.call(http.MethodGet, "/v1/ledger/trial-balance", nil, "Authorization", "Bearer "+p.runtime.Secrets.APIKey)
	for _, a := range balance["accounts"].([]any) {
		account := a.(object)
		left := account["balance"].(object)["amount"].(float64)
		if role := account["role"].(string); (role == "clearing:stripe" || role == "receivable") && left != 0 {
			t.Errorf("%s is %v", role, left)
		}
		if account["role"] == "bank" && left != payout["amount"].(float64) {
			t.Errorf("the bank is %v, paid out was %v", left, payout["amount"])
		}
	}
}

func TestOutagesLoseNothing(t *testing.T) {
	p := open(t)
	for _, service := range []string{"store", "slack", "stripe", "mail"} {
		for _, how := range []string{"500", "429", "timeout"} {
			if status, out := p.call(http.MethodPost, "/demo/fail", object{"service": service, "for": "10m", "how": how}); status != http.StatusOK {
				t.Fatalf("fail %s %s: %d %v", service, how, status, out)
			}
			number := fmt.Sprintf("7%d%d", len(service), len(how))
			status, page, h := p.raw(http.MethodPost, "/demo/pages/shop", url.Values{"endpoint": {"demo-shopify"}, "customer": {"acme"}, "number": {number}, "sku0": {"ESPRESSO-2"}, "quantity0": {"4"}})
			if status != http.StatusSeeOther || strings.Contains(h.Get("Location"), "bad=") {
				t.Fatalf("%s fails with %s: the form leads to %s %s", service, how, h.Get("Location"), page)
			}
			if got := p.runtime.Deliveries()[0]; got.Status != http.StatusOK {
				t.Errorf("%s fails with %s: the shop was answered %d %s (%v)", service, how, got.Status, got.Reply, got.Notes)
			}
			if status, out := p.call(http.MethodPost, "/demo/clock", object{"advance": "2h"}); status != http.StatusOK {
				t.Fatalf("after %s %s: %d %v", service, how, status, out)
			}
			if _, err := p.runtime.Cycle.OrderByNumber(context.Background(), number); err != nil {
				t.Errorf("%s failed with %s: order %s is lost: %v", service, how, number, err)
			}
			if _, ok := p.runtime.Card(p.runtime.Policy.Channel("credit"), "credit.approve", number); !ok {
				t.Errorf("%s failed with %s: no card about %s", service, how, number)
			}
		}
	}
	if status, out := p.call(http.MethodPost, "/demo/fail", object{"service": "gravity", "for": "10m", "how": "500"}); status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown service was answered %d %v", status, out)
	}
}

func TestSlackControlsActAsAColleague(t *testing.T) {
	p := open(t)
	if status, _, _ := p.raw(http.MethodPost, "/demo/pages/story", url.Values{"step": {"1"}}); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	card := p.items("/demo/slack/messages")[0].(object)
	press := object{"user": "U02SALES", "channel": card["channel"], "ts": card["ts"], "action_id": "credit.approve"}
	if status, out := p.call(http.MethodPost, "/demo/slack/press", press); status != http.StatusOK || out["status"].(float64) != 200 || out["milliseconds"] == nil {
		t.Errorf("a press was answered %d %v", status, out)
	}
	if whisper := p.items("/demo/slack/messages")[0].(object); whisper["ephemeral_for"] != "U02SALES" || !strings.Contains(whisper["text"].(string), "Only approvers can approve credit") {
		t.Errorf("the presser was told %v", whisper)
	}
	press["user"], press["action_id"] = "U04APPROVE", "credit.reject"
	if status, out := p.call(http.MethodPost, "/demo/slack/press", press); status != http.StatusOK {
		t.Errorf("%d %v", status, out)
	}
	view := p.items("/demo/slack/views")[0].(object)
	if status, out := p.call(http.MethodPost, "/demo/slack/views/"+view["id"].(string)+"/submit", object{"user": "U04APPROVE", "values": object{"reason": "Their limit is used up."}}); status != http.StatusOK {
		t.Errorf("a submit was answered %d %v", status, out)
	}
	if again := p.items("/demo/slack/messages"); !strings.Contains(fmt.Sprint(again), "Declined by Mira") {
		t.Errorf("the card does not say who declined: %v", again)
	}
	press["user"], press["action_id"] = "U05APPROVE", "credit.approve" // on a screen that still has the button
	if status, out := p.call(http.MethodPost, "/demo/slack/press", press); status != http.StatusOK || out["status"].(float64) != 200 {
		t.Errorf("a late press was answered %d %v", status, out)
	}
	if whisper := p.items("/demo/slack/messages")[0].(object); whisper["ephemeral_for"] != "U05APPROVE" || !strings.Contains(whisper["text"].(string), "Nothing changed") {
		t.Errorf("the late presser was told %v", whisper)
	}
	press["action_id"] = "no.such"
	if status, _ := p.call(http.MethodPost, "/demo/slack/press", press); status != http.StatusUnprocessableEntity {
		t.Errorf("a press on what never was there was answered %d", status)
	}
	if status, out := p.call(http.MethodPost, "/demo/slack/command", object{"user": "U04APPROVE", "text": "help"}); status != http.StatusOK || out["body"] == "" {
		t.Errorf("a command was answered %d %v", status, out)
	}
	if status, home := p.call(http.MethodGet, "/demo/slack/home?user=U04APPROVE", nil); status != http.StatusOK || home["blocks"] == nil {
		t.Errorf("the Home is %d %v", status, home)
	}
	if status, out := p.call(http.MethodPost, "/demo/slack/press", object{"user": "U04APPROVE", "channel": "C04DIGEST", "ts": "1.0", "action_id": "x"}); status != http.StatusUnprocessableEntity {
		t.Errorf("a press on nothing was answered %d %v", status, out)
	}
}

// formPattern finds a form of the Slack page and its fields.
var (
	formPattern  = regexp.MustCompile(`(?s)<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>`)
	fieldPattern = regexp.MustCompile(`<(?:input|button)[^>]* name="([^"]+)" value="([^"]*)"`)
)

// click posts the form of a page that holds the words, as a browser does.
func (p place) click(page string, words ...string) string {
	p.t.Helper()
	_, raw, _ := p.raw(http.MethodGet, page, nil)
	for _, form := range formPattern.FindAllSubmatch(raw, -1) {
		if slices.ContainsFunc(words, func(w string) bool { return !bytes.Contains(form[0], []byte(w)) }) {
			continue
		}
		values := url.Values{}
		for _, field := range fieldPattern.FindAllSubmatch(form[2], -1) {
			values.Set(string(field[1]), html.UnescapeString(string(field[2])))
		}
		status, _, h := p.raw(http.MethodPost, html.UnescapeString(string(form[1])), values)
		if status != http.StatusSeeOther {
			p.t.Fatalf("the form of %v at %s answered %d", words, form[1], status)
		}
		return h.Get("Location")
	}
	p.t.Fatalf("%s has no form with %v:\n%s", page, words, raw)
	return ""
}

func TestSlackPageWorksByMouseAlone(t *testing.T) {
	p := open(t)
	p.click("/demo/pages/story", "Let Acme order")
	if to := p.click("/demo/pages/slack", "credit.approve_with"); !strings.Contains(to, "/demo/pages/slack?") || strings.Contains(to, "bad=") {
		t.Fatalf("the press leads to %s", to)
	}
	if _, raw, _ := p.raw(http.MethodGet, "/demo/pages/slack?as=U03COLLECT&channel=home", nil); !bytes.Contains(raw, []byte(`class="sl-blocks"`)) {
		t.Errorf("the Home of a collector who opens it first: %s", raw)
	}
	if _, raw, _ := p.raw(http.MethodGet, "/demo/pages/slack", nil); !bytes.Contains(raw, []byte("Approve with…</h2>")) {
		t.Fatal("no form is open")
	}
	p.click("/demo/pages/slack", "sl-cross")
	p.click("/demo/pages/slack", `value="credit.approve"`)
	if _, raw, _ := p.raw(http.MethodGet, "/demo/pages/slack", nil); !bytes.Contains(raw, []byte("Approved by Mira")) {
		t.Error("the press did nothing")
	}
	p.click("/demo/pages/story", "Ship it")
	p.click("/demo/pages/story", "Pay by iDEAL")
	p.click("/demo/pages/story", "Pay out and land it")
	if _, raw, _ := p.raw(http.MethodGet, "/demo/pages/story", nil); !bytes.Contains(raw, []byte("Begin with another order")) {
		t.Error("the tour is not over")
	}
}

// A customer's link that a colleague writes in a channel says below it what it is about.
func TestAPastedLinkUnfolds(t *testing.T) {
	p := open(t)
	p.click("/demo/pages/story", "Let Acme order")
	p.click("/demo/pages/slack", `value="credit.approve"`)
	p.click("/demo/pages/story", "Ship it")
	_, raw, _ := p.raw(http.MethodGet, "/v1/invoices", nil, "Authorization", "Bearer "+p.runtime.Secrets.APIKey)
	var listed struct {
		Items []struct {
			Number string
			Link   string `json:"portal_url"`
		}
	}
	if err := json.Unmarshal(raw, &listed); err != nil || len(listed.Items) != 1 {
		t.Fatalf("%v: %s", err, raw)
	}
	room := p.runtime.Channels()["duly"]
	p.raw(http.MethodPost, "/demo/pages/slack/command?from="+room, url.Values{"user": {"U03COLLECT"}, "channel": {room}, "text": {listed.Items[0].Link}})
	_, raw, _ = p.raw(http.MethodGet, "/demo/pages/slack?as=U03COLLECT&channel="+room, nil)
	_, below, _ := bytes.Cut(raw, []byte(`class="sl-blocks sl-unfurled"`))
	below, _, _ = bytes.Cut(below, []byte("</article>"))
	if !bytes.Contains(below, []byte("Invoice "+listed.Items[0].Number)) {
		t.Errorf("below the link stands %q", below)
	}
}

func TestARepeatedKeyGivesTheFirstAnswer(t *testing.T) {
	p := open(t)
	_, first := p.call(http.MethodPost, "/demo/clock", object{"advance": "1d"}, "Idempotency-Key", "k1")
	status, second := p.call(http.MethodPost, "/demo/clock", object{"advance": "1d"}, "Idempotency-Key", "k1")
	if status != http.StatusOK || first["unix"] != second["unix"] {
		t.Errorf("first %v, again %d %v", first, status, second)
	}
	if status, out := p.call(http.MethodPost, "/demo/clock", object{"advance": "2d"}, "Idempotency-Key", "k1"); status != http.StatusUnprocessableEntity || out["code"] != "DULY-2005" {
		t.Errorf("another body under the key was answered %d %v", status, out)
	}
}

func TestForeignHostsAndPagesAreRefused(t *testing.T) {
	p := open(t)
	if status, _, _ := p.raw(http.MethodGet, "/demo/clock", nil, "Host", "evil.example"); status != http.StatusMisdirectedRequest {
		t.Errorf("another host was answered %d", status)
	}
	form := url.Values{"advance": {"1d"}}
	if status, _, _ := p.raw(http.MethodPost, "/demo/pages/clock", form, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"); status != http.StatusForbidden {
		t.Errorf("a form of another site was answered %d", status)
	}
	if status, _, _ := p.raw(http.MethodPost, "/demo/pages/clock", form, "Origin", p.base, "Sec-Fetch-Site", "same-origin"); status != http.StatusSeeOther {
		t.Errorf("our own form was answered %d", status)
	}
	if status, _, _ := p.raw(http.MethodPost, "/demo/pages/clock", form); status != http.StatusSeeOther {
		t.Errorf("a plain client was answered %d", status)
	}
}

func TestEveryPageIsWhole(t *testing.T) {
	p := open(t)
	for _, step := range []string{"1", "2", "3", "5", "6"} {
		p.raw(http.MethodPost, "/demo/pages/story", url.Values{"step": {step}})
	}
	p.raw(http.MethodPost, "/demo/pages/shop", url.Values{"endpoint": {"demo-generic"}, "customer": {"dewit"}, "sku0": {"THEE-100"}, "quantity0": {"3"}, "tamper": {"1"}})
	for page, want := range map[string]string{
		"story": "All accounts together: €0.00", "shop": "401", "slack": "Approved by Mira", "stripe": "payout.paid", "mail": "Factuur 2026-0001",
		"bank": "STRIPE PAYMENTS EUROPE", "flow": "Invoice 2026-0001", "deliveries": "Signature does not match this body", "clock": "outbox-sweep",
	} {
		status, raw, h := p.raw(http.MethodGet, "/demo/pages/"+page, nil)
		if status != http.StatusOK || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("page %s answered %d %v", page, status, h)
		}
		if !bytes.Contains(raw, []byte(want)) {
			t.Errorf("page %s does not say %q", page, want)
		}
		if bytes.Contains(raw, []byte("<script")) {
			t.Errorf("page %s has a script", page)
		}
	}
}

func TestServeWritesItsInfoAndEndsCleanly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	var out bytes.Buffer
	go func() {
		ended <- Serve(ctx, Options{Dir: dir, Seed: 42, Start: monday, Empty: true, Out: &out, Log: slog.DiscardHandler})
	}()
	info := waitForInfo(t, dir, ended)
	answer, err := http.Get(info.BaseURL + "/demo/clock")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if info.APIKey == "" || len(info.Shops) != 4 || len(info.Slack.Users) < 6 || info.Company.IBAN == "" || info.Policy.DefaultTerms != 30 || len(info.Policy.Ladder) != 7 {
		t.Errorf("demo.json lacks something: %+v", info)
	}
	port := strings.TrimPrefix(info.BaseURL, "http://127.0.0.1:")
	var n int
	if _, err := fmt.Sscan(port, &n); err != nil {
		t.Fatal(err)
	}
	if err := Serve(ctx, Options{Port: n, Dir: t.TempDir(), Empty: true, Out: io.Discard, Log: slog.DiscardHandler}); err == nil || err.Error() != fmt.Sprintf("Port %d is used by another program. Run: make demo PORT=%d [DULY-1201]", n, n+1) {
		t.Errorf("a taken port says %v", err)
	}
	err = Serve(ctx, Options{Dir: dir, Empty: true, Out: io.Discard, Log: slog.DiscardHandler})
	if err == nil || !strings.Contains(err.Error(), "it is at "+info.BaseURL) || !strings.Contains(err.Error(), "[DULY-1202]") {
		t.Errorf("a state that another demo runs on says %v", err)
	}
	if again, err := ReadInfo(dir); err != nil || again.BaseURL != info.BaseURL {
		t.Errorf("the running demo lost its demo.json: %+v %v", again, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, infoFile)); !os.IsNotExist(err) {
		t.Errorf("demo.json is left behind: %v", err)
	}
}

func waitForInfo(t *testing.T, dir string, ended <-chan error) Info {
	t.Helper()
	for {
		if info, err := ReadInfo(dir); err == nil {
			return info
		}
		select {
		case err := <-ended:
			t.Fatalf("it ended before it was ready: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestALiveKeyIsRefusedUnseen(t *testing.T) {
	t.Setenv("STRIPE_SECRET_KEY", "sk_live_abcdefgh")
	err := Serve(context.Background(), Options{Dir: t.TempDir(), Out: io.Discard, Log: slog.DiscardHandler})
	if err == nil || err.Error() != "This is a live Stripe key; the demo never uses live keys. Unset STRIPE_SECRET_KEY or use make deploy [DULY-1302]" {
		t.Errorf("got %v", err)
	}
}

func TestAnExistingStateIsNeverFilledOrWiped(t *testing.T) {
	dir := t.TempDir()
	r, err := local.Open(local.Options{Dir: dir, BaseURL: "http://127.0.0.1:1", Start: monday})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, "duly.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := fill(context.Background(), Options{Dir: dir, Out: io.Discard}, "http://127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(filepath.Join(dir, "duly.db"))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the state was touched (%v)", err)
	}
}
