package web

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"duly/infra/local/bank"
	reader "duly/shared/bank"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
)

// upload sends a file with the page's form, as a browser does.
func (b *browser) upload(name string, content []byte, fields ...string) events.APIGatewayV2HTTPResponse {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			b.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		b.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "https://duly.example/cash/files", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Origin", "https://duly.example")
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	out, err := b.pages.HTTP(context.Background(), trigger.Request(r, body.Bytes()))
	if err != nil {
		b.t.Fatal(err)
	}
	b.Settle(b.t)
	return out
}

// in is the same browser after its language was chosen.
func (b *browser) in(lang string) *browser {
	b.post("/language", "lang", lang)
	return b
}

// statement is a CAMT.053 of our bank with entries.
func (h *house) statement(entries ...bank.Entry) []byte {
	h.t.Helper()
	ours := bank.New(bank.Account{IBAN: h.Cycle.Policy.Seller.IBAN, Owner: h.Cycle.Policy.Seller.Name, Zone: h.Cycle.Policy.Zone})
	if _, err := ours.Book(h.Now(), entries); err != nil {
		h.t.Fatal(err)
	}
	file, err := ours.Statement(h.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	return file
}

// TestCap_69_ABankFileIsSentFromThePage: the form of the page of money takes a bank file from who may match money, says what
// it did, refuses a wrong one whole with its line, and a long one becomes a job. Sent again it changes nothing.
func TestCap_69_ABankFileIsSentFromThePage(t *testing.T) {
	h := open(t)
	sold, err := o2c.Read[invoice.Invoice](t.Context(), h.Cycle, h.sold("1", 50_000))
	if err != nil {
		t.Fatal(err)
	}
	inv := sold.Data()
	file := h.statement(
		bank.Entry{Amount: 60_500, Reference: inv.Reference, Name: "Acme BV", IBAN: "NL20INGB0001234567"},
		bank.Entry{Amount: 7_700, Name: "Somebody", Text: "thanks"}, bank.Entry{Amount: -4_500, Name: "Papier BV", Text: "paper"})
	b := h.signedIn(joost)
	b.wants("the form", b.get("/cash?show=bank"), 200, `enctype="multipart/form-data"`, `action="/cash/files"`, "up to 4 MB", "duly bank")
	b.wants("viewers have none", h.signedIn(vera).get("/cash?show=bank"), 200)
	if strings.Contains(h.signedIn(vera).get("/cash?show=bank").Body, "/cash/files") {
		t.Error("a viewer is offered the form")
	}
	b.wants("a viewer sends one", h.signedIn(vera).upload("day.xml", file), 403, "Your role does not allow this")
	b.wants("nothing", b.upload("day.xml", nil, "back", "/cash?show=bank"), 422, "Choose a file that is not empty", "Send a bank file")
	cut := file[:len(file)*2/3]
	b.wants("a cut file", b.upload("day.xml", cut, "back", "/cash?show=bank"), 400, "line ", "Send a bank file")
	wrong := bytes.Replace(file, []byte(">605.00<"), []byte(">606.00<"), 1)
	b.wants("a wrong sum", b.upload("day.xml", wrong, "back", "/cash?show=bank"), 400, "is missing", "Send a bank file")
	if v, err := h.Cycle.TeamLines(t.Context(), o2c.LineFilter{}); err != nil || len(v.Lines) != 0 {
		t.Fatalf("%d lines were booked, %v", len(v.Lines), err)
	}
	b.wants("too large", b.upload("day.xml", bytes.Repeat([]byte("x"), trigger.FileMax+1), "back", "/cash?show=bank"), 413, "larger than 4 MB")

	sent := b.upload(`C:\bank\day "1".xml`, file, "back", "/cash?show=bank", "once", "1")
	if sent.StatusCode != 303 || !strings.HasPrefix(sent.Headers["location"], "/cash/files/") {
		t.Fatalf("%d %s %s", sent.StatusCode, sent.Headers["location"], sent.Body)
	}
	page := b.get(sent.Headers["location"])
	b.wants("what it did", page, 200, "The file is booked", "Lines</dt><dd>3<", "Matched by themselves</dt><dd>1<", "Ask a person</dt><dd>1<", "unexplained</dt><dd>1<", "day &#34;1&#34;.xml")
	again := b.upload("day.xml", file, "once", "2")
	b.wants("again", b.get(again.Headers["location"]), 200, "nothing changed", "New</dt><dd>0<")
	b.wants("of nobody", b.get("/cash/files/job_x"), 404)

	b.wants("lines", b.get("/cash?show=lines"), 200, "Papier BV", "Somebody", inv.Number, "the transfer names", "matched", "/cash/cards/cash/", "/cash/cards/bankline/")
	asks := b.get("/cash?show=lines&state=asks")
	b.wants("asking", asks, 200, "Papier BV", "Somebody")
	if strings.Contains(asks.Body, "the transfer names") {
		t.Error("what is matched asks")
	}
	found := b.get("/cash?show=lines&text=PAPIER")
	if b.wants("found", found, 200, "Papier BV"); strings.Contains(found.Body, "Somebody") {
		t.Error("the text narrows nothing")
	}
	b.wants("none that day", b.get("/cash?show=lines&to=2020-01-01"), 200, "Nothing fits")
	b.wants("no such state", b.get("/cash?show=lines&state=lost"), 422)
	b.wants("in Dutch", b.in("nl").get("/cash?show=lines&state=matched"), 200, "de overboeking noemt")

	_, card, _ := strings.Cut(asks.Body, `href="/cash/cards/bankline/`)
	id, _, _ := strings.Cut(card, `"`)
	to := b.get("/cash/cards/bankline/" + id)
	if to.StatusCode != 303 || !strings.Contains(to.Headers["location"], "/archives/C02COLLECT/p") {
		t.Errorf("the card: %d %s %s", to.StatusCode, to.Headers["location"], to.Body)
	}
	b.wants("no such card", b.get("/cash/cards/cash/r_x"), 404)
	b.wants("no such kind", b.get("/cash/cards/order/x"), 404)
}

// TestCap_69_ALongBankFileIsAJob: more lines than a colleague waits for lie in the intake until reconcile books them; the page
// says how far that is.
func TestCap_69_ALongBankFileIsAJob(t *testing.T) {
	h := open(t)
	entries := make([]bank.Entry, linesNow+1)
	for i := range entries {
		entries[i] = bank.Entry{Amount: int64(100 + i), Name: "Somebody", Text: "thanks"}
	}
	file := h.statement(entries...)
	b := h.signedIn(joost)
	sent := b.upload("month.xml", file, "once", "1")
	b.wants("waiting", b.get(sent.Headers["location"]), 200, "being booked: 0 of 0", "Look again")
	id := strings.TrimPrefix(sent.Headers["location"], "/cash/files/")
	kept, ok := h.Desk.Papers[o2c.UploadPrefix+id]
	if !ok || !bytes.Equal(kept, file) {
		t.Fatal("the file is not in the intake")
	}
	if _, err := h.Cycle.RunJob(t.Context(), h.Now(), id, o2c.Import{More: func() bool { return true }, Bank: func(_ context.Context, key string) ([]cash.Statement, error) {
		return reader.Read(bytes.NewReader(h.Desk.Papers[key]))
	}}); err != nil {
		t.Fatal(err)
	}
	b.wants("booked", b.get(sent.Headers["location"]), 200, "The file is booked", "Lines</dt><dd>251<", "Ask a person</dt><dd>251<")
	first := b.get("/cash?show=lines")
	b.wants("a page of lines", first, 200, "Somebody", "&amp;show=lines", "after=")
}
