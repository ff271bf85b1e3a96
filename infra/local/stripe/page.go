package stripe

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

// hosted is what the template of the hosted page shows.
type hosted struct {
	CSS       template.CSS
	Lang      string
	T         words
	Merchant  string
	Initial   string
	Amount    string
	Reference string
	Lines     []hostedLine
	Email     string
	State     string // open, complete, processing, expired, unknown
	Declined  bool
	Choices   []choice
	BackURL   string
}

type hostedLine struct {
	Name, Description, Amount string
	Quantity                  int64
}

// choice is one way to pay; Hint says when the money is there.
type choice struct {
	Method, Label, Hint string
	First               bool
}

func (s *Server) showPage(w http.ResponseWriter, r *http.Request) {
	s.render(w, r, false)
}

// submitPage is the customer pressing the button. What follows is exactly what
// the control Pay does, then the browser goes where the merchant wanted it.
func (s *Server) submitPage(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	id, method := r.PathValue("id"), r.PostFormValue("method")
	outcome := r.PostFormValue("outcome")
	view, err := s.Pay(r.Context(), id, PayRequest{Method: method, Outcome: outcome})
	if err != nil {
		s.render(w, r, false)
		return
	}
	if view.Status == "open" {
		s.render(w, r, true)
		return
	}
	s.mu.Lock()
	target := s.state.Sessions.index[id].target()
	s.mu.Unlock()
	w.Header().Set("Content-Security-Policy", policy(target))
	http.Redirect(w, r, target, http.StatusSeeOther)
}

func (s *Server) render(w http.ResponseWriter, r *http.Request, declined bool) {
	page, target := s.pageFor(r.PathValue("id"), r.URL.Query().Get("lang"))
	page.Declined = declined
	var out bytes.Buffer
	if err := s.page.Execute(&out, page); err != nil {
		http.Error(w, "The page could not be written.", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", policy(target))
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	status := map[string]int{"unknown": http.StatusNotFound, "expired": http.StatusGone}[page.State]
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the browser may be gone; nobody else can be told
}

// target is where the customer goes after paying.
func (r *session) target() string {
	return strings.ReplaceAll(r.SuccessURL, "{CHECKOUT_SESSION_ID}", r.ID)
}

// policy allows our own style sheet, and forms to post here and to be
// redirected to the merchant: browsers check form-action on redirects too.
func policy(target string) string {
	sum := sha256.Sum256([]byte(pageCSS))
	forms := "'self'"
	if u, err := url.Parse(target); err == nil && u.Host != "" {
		forms += " " + u.Scheme + "://" + u.Host
	}
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action " + forms + "; base-uri 'none'; frame-ancestors 'none'"
}

func (s *Server) pageFor(id, lang string) (hosted, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.state.Sessions.get(id)
	page := hosted{CSS: template.CSS(pageCSS), Merchant: s.options.Merchant,
		Initial: string([]rune(s.options.Merchant)[:1])} //nolint:gosec // our own embedded sheet
	if !ok {
		page.State, page.Lang, page.T = "unknown", "en", wordsFor("en")
		return page, ""
	}
	if r.Status == "open" && r.ExpiresAt <= s.options.Now().Unix() {
		s.expire(r, r.ExpiresAt)
	}
	if lang == "" {
		lang = r.Locale
	}
	page.T, page.Lang = wordsFor(lang), wordsFor(lang).Lang
	page.State = r.Status
	if r.Status == "complete" && r.PaymentStatus == "unpaid" {
		page.State = "processing"
	}
	page.Amount, page.Reference, page.Email = prettyIn(page.Lang, r.Amount, r.Currency), r.ClientReferenceID, r.Email
	for _, l := range r.Lines {
		page.Lines = append(page.Lines, hostedLine{Name: l.Name, Description: l.Description, Quantity: l.Quantity,
			Amount: prettyIn(page.Lang, l.UnitAmount*l.Quantity, r.Currency)})
	}
	if page.BackURL = r.CancelURL; r.Status == "complete" {
		page.BackURL = r.target()
	}
	page.Choices = s.choices(r, page.T)
	return page, r.SuccessURL
}

// choices are the methods that the session allows, the usual Dutch order first.
func (s *Server) choices(r *session, t words) []choice {
	all := []choice{
		{Method: IDEAL, Label: s.options.IDEALLabel, Hint: t.AtOnce},
		{Method: Card, Label: t.Card, Hint: t.AtOnce},
		{Method: SEPADebit, Label: t.SEPA, Hint: t.FourDays},
		{Method: BankTransfer, Label: t.Transfer, Hint: t.OneDay},
	}
	var out []choice
	for _, c := range all {
		if len(r.Methods) == 0 || slices.Contains(r.Methods, stripeMethod(c.Method)) {
			c.First = len(out) == 0
			out = append(out, c)
		}
	}
	return out
}
