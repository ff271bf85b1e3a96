package slack

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/infra/local/loopback"
	"duly/infra/local/peppol"
	workspace "duly/infra/local/slack"
	"duly/infra/local/storecove"
	"duly/shared/epost"
	"duly/shared/handler/feedback"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/testkit"
)

// billed is a customer's invoice, on its way.
func (r *room) billed(id string, change func(*party.Data)) invoice.Data {
	r.t.Helper()
	taken, err := r.Cycle.HandleShop(r.t.Context(), r.Arrive(order.Create, testkit.Order(id, 10_000, r.Now())))
	if err != nil {
		r.t.Fatal(err)
	}
	o, err := o2c.Read[order.Order](r.t.Context(), r.Cycle, taken.OrderID)
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.Cycle.AmendCustomer(r.t.Context(), r.Stamp("api:test"), o.Data().CustomerID, change); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.Cycle.Ship(r.t.Context(), r.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
	o, err = o2c.Read[order.Order](r.t.Context(), r.Cycle, taken.OrderID)
	if err != nil {
		r.t.Fatal(err)
	}
	inv, err := o2c.Read[invoice.Invoice](r.t.Context(), r.Cycle, o.Data().Invoices[0])
	if err != nil {
		r.t.Fatal(err)
	}
	return inv.Data()
}

// ses is SES's word on the newest letter, through the real function.
func (r *room) ses(kind, more string) {
	r.t.Helper()
	l := r.Desk.Letters[len(r.Desk.Letters)-1]
	r.sesOf(l, kind, more)
}

func (r *room) sesOf(l o2c.Letter, kind, more string) {
	r.t.Helper()
	f := feedback.New(feedback.Deps{Cycle: r.Cycle, Now: r.Now})
	err := f.News(r.t.Context(), events.CloudWatchEvent{Source: "aws.ses", Detail: []byte(fmt.Sprintf(
		`{"eventType":%q,"mail":{"destination":[%q],"tags":{"effect":[%q]}},%s}`, kind, l.To, l.Tag, more))})
	if err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
}

const (
	gone   = `"bounce":{"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[{"status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}`
	full   = `"bounce":{"bounceType":"Transient","bounceSubType":"MailboxFull","bouncedRecipients":[{"status":"4.2.2","diagnosticCode":"smtp; 452 mailbox full"}]}`
	abuse  = `"complaint":{"complaintFeedbackType":"abuse"}`
	landed = `"delivery":{"smtpResponse":"250 2.0.0 OK","remoteMtaIp":"192.0.2.1"}`
)

func (r *room) deliveries(invoiceID string) []delivery.Data {
	r.t.Helper()
	all, err := r.Cycle.DeliveriesOf(r.t.Context(), invoiceID)
	if err != nil {
		r.t.Fatal(err)
	}
	return all
}

// statuses are how an invoice went to its recipients: "to channel status".
func (r *room) statuses(invoiceID string) string {
	var all []string
	for _, d := range r.deliveries(invoiceID) {
		all = append(all, d.To+" "+d.Channel+" "+d.Status)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func (r *room) lettersTo(address string) int {
	n := 0
	for _, l := range r.Desk.Letters {
		if l.To == address {
			n++
		}
	}
	return n
}

// TestCap_40_EachRecipientHasItsStatus: an invoice to two mailboxes arrives at one and comes back from the other; the
// collector mends the address on the card, and it arrives there.
func TestCap_40_EachRecipientHasItsStatus(t *testing.T) {
	r := open(t)
	inv := r.billed("1", func(d *party.Data) {
		d.Emails, d.InvoiceTo, d.EInvoice = nil, []string{"books@acme.example", "old@acme.example"}, party.EInvoiceUBL
	})
	if got := r.statuses(inv.ID); got != "books@acme.example mail sent, old@acme.example mail sent" {
		t.Fatalf("after issue: %s", got)
	}
	letters := slices.Clone(r.Desk.Letters[len(r.Desk.Letters)-2:])
	slices.SortFunc(letters, func(a, b o2c.Letter) int { return strings.Compare(a.To, b.To) })
	if a := letters[0].Attachments; len(a) != 2 || a[0].Name != inv.Number+".pdf" || a[1].Name != inv.Number+".xml" {
		t.Errorf("attached: %+v", a)
	}
	if kept := r.deliveries(inv.ID)[0].Record; kept == "" || !strings.Contains(string(r.Desk.Papers[kept]), inv.Number) {
		t.Errorf("the mail is kept as %q", kept)
	}
	r.sesOf(letters[0], "Delivery", landed)
	r.sesOf(letters[1], "Bounce", full) // not for good: the same customer's other mailbox gets it at once
	r.sesOf(letters[1], "Bounce", full) // SES repeats itself
	if got := r.statuses(inv.ID); got != "books@acme.example mail delivered, books@acme.example mail sent, old@acme.example mail replaced" {
		t.Errorf("after the news: %s", got)
	}
	r.says("C03EXCEPT", "came back from old@acme.example and went to books@acme.example instead")
	if !slices.ContainsFunc(r.deliveries(inv.ID), func(d delivery.Data) bool { return d.Proof == "250 2.0.0 OK 192.0.2.1" }) {
		t.Error("there is no proof that it arrived")
	}
	r.sound()
}

// TestCap_40_FixAddressOnTheCard: with no other mailbox the team is asked; only those may press who should, and an address
// that is none is refused beside its field.
func TestCap_40_FixAddressOnTheCard(t *testing.T) {
	r := open(t)
	inv := r.billed("1", func(*party.Data) {})
	r.ses("Bounce", gone)
	card := r.card("C03EXCEPT")
	if !strings.Contains(card.Text, "did not reach finance@acme.example") || !strings.Contains(string(card.Blocks), "550 5.1.1 user unknown") {
		t.Fatalf("the card says %s\n%s", card.Text, card.Blocks)
	}
	r.press(vera, card, "delivery.fix", "")
	if len(r.whispers(vera)) != 1 {
		t.Error("a viewer was let in")
	}
	r.press(joost, card, "delivery.fix", "")
	if reply := r.submit(joost, map[string]any{"email": "books@acme.example"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	if _, err := r.slack.Redeliver(t.Context(), 1, "http_timeout"); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if got := r.statuses(inv.ID); got != "books@acme.example mail sent, finance@acme.example mail replaced" || r.lettersTo("books@acme.example") != 1 {
		t.Errorf("after the form: %s, %d letters", got, r.lettersTo("books@acme.example"))
	}
	if emails := r.customer(inv.CustomerID).Emails; len(emails) != 1 || emails[0] != "books@acme.example" {
		t.Errorf("the customer has %v", emails)
	}
	r.says("C03EXCEPT", "was sent again to books@acme.example by Joost")
	again := o2c.Redeliver{DeliveryID: r.deliveries(inv.ID)[0].ID} // a press on the card as it stood before
	if err := r.Cycle.Resend(t.Context(), r.Stamp("slack:"+joost), again); !fault.Is(err, fault.Refused) {
		t.Errorf("what was seen to was sent again: %v", err)
	}
	r.sound()
}

// TestFC_50_BounceComplaintSuppression: a dead mailbox gets nothing more, neither the next invoice nor a reminder, until a
// person says that it works; a complaint stops mail for good; each asks the team once.
func TestFC_50_BounceComplaintSuppression(t *testing.T) {
	r := open(t)
	first := r.billed("1", func(*party.Data) {})
	r.ses("Bounce", gone)
	before := r.lettersTo("finance@acme.example")
	second := r.billed("2", func(*party.Data) {})
	if got := r.statuses(second.ID); got != "finance@acme.example mail failed" || r.lettersTo("finance@acme.example") != before {
		t.Fatalf("the next invoice: %s, %d letters after %d", got, r.lettersTo("finance@acme.example"), before)
	}
	if said := r.card("C03EXCEPT").Text; !strings.Contains(said, "no mail goes to finance@acme.example") {
		t.Errorf("the card says %s", said)
	}
	r.press(joost, r.card("C03EXCEPT"), "delivery.resend", "")
	if got := r.statuses(second.ID); got != "finance@acme.example mail replaced, finance@acme.example mail sent" {
		t.Errorf("after Resend: %s", got)
	}
	r.ses("Delivery", landed)
	r.ses("Complaint", abuse) // of what had arrived
	card := r.card("C03EXCEPT")
	if strings.Contains(string(card.Blocks), "delivery.resend") || !strings.Contains(card.Text, "as unwanted") {
		t.Errorf("after the complaint the card says %s\n%s", card.Text, card.Blocks)
	}
	before = r.lettersTo("finance@acme.example")
	for range 90 { // the ladder of both invoices runs out of mail, not of steps
		r.Advance(24 * time.Hour)
		today := calendar.On(r.Now(), r.Cycle.Policy.Zone)
		if _, err := r.Cycle.ImportStatement(t.Context(), r.Stamp("bank"), cash.Statement{
			ID: "empty-" + today.String(), Account: r.Cycle.Policy.Seller.IBAN, Currency: "EUR", From: today, To: today, Opening: testkit.EUR(0), Closing: testkit.EUR(0),
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Cycle.RunDunning(t.Context(), r.Now(), func() bool { return true }); err != nil {
			t.Fatal(err)
		}
		r.Settle(t)
	}
	if n := r.lettersTo("finance@acme.example"); n != before {
		t.Errorf("%d letters went to who complained", n-before)
	}
	if last := r.deliveries(first.ID); len(last) < 2 || last[len(last)-1].Status != delivery.Failed || !strings.HasPrefix(last[len(last)-1].What, "reminder") {
		t.Errorf("the reminders: %s", r.statuses(first.ID))
	}
	r.noViolations()
}

// TestDocumentsWithoutMail: a customer without a mailbox, or one who wants paper, gets its invoice by post, and the card
// has what is to be printed.
func TestDocumentsWithoutMail(t *testing.T) {
	r := open(t)
	inv := r.billed("1", func(d *party.Data) { d.InvoiceBy = party.InvoiceByPost })
	card := r.card("C03EXCEPT")
	if got := r.statuses(inv.ID); !strings.HasSuffix(got, " post waiting") || !strings.Contains(string(card.Blocks), "/pdf") {
		t.Fatalf("%s\n%s", got, card.Blocks)
	}
	r.press(lena, card, "delivery.posted", "")
	if got := r.deliveries(inv.ID)[0]; got.Status != delivery.Sent || got.By != "slack:"+lena {
		t.Errorf("%+v", got)
	}
	r.says("C03EXCEPT", "was posted by Lena")
	r.sound()
}

// byPeppol is a company that wants its invoices over Peppol.
func byPeppol(kvk string) func(*party.Data) {
	return func(d *party.Data) { d.InvoiceBy, d.KVK, d.Kind = party.InvoiceByPeppol, kvk, party.Company }
}

// rejectedLater sends an e-invoice that arrives, and that its reader's system rejects afterwards: the card that says so.
func (r *room) rejectedLater(network *peppol.AccessPoint, meanwhile func()) (invoice.Data, workspace.Message) {
	r.t.Helper()
	inv := r.billed("1", byPeppol("12345674"))
	if got := r.statuses(inv.ID); got != "0106:12345674 peppol sent" || len(network.Documents()) != 1 || !strings.HasSuffix(network.Documents()[0].To, ":12345674") {
		r.t.Fatalf("after issue: %s, %+v", got, network.Documents())
	}
	meanwhile()
	collect := func() {
		r.t.Helper()
		if err := r.Outbox.CollectEPost(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
		r.Settle(r.t)
	}
	collect()
	if got := r.deliveries(inv.ID)[0]; got.Status != delivery.Delivered || got.Proof == "" {
		r.t.Errorf("after the receipt: %+v", got)
	}
	if err := network.Reject(network.Documents()[0].ID, "RE", "unknown order number"); err != nil {
		r.t.Fatal(err)
	}
	collect()
	card := r.card("C03EXCEPT")
	if !strings.Contains(card.Text, "rejected the invoice") || !strings.Contains(string(card.Blocks), "RE unknown order number") {
		r.t.Fatalf("the card says %s\n%s", card.Text, card.Blocks)
	}
	return inv, card
}

// TestCap_40_AnAccessPointOverTheWire: the same through an access point that is asked over HTTP: a second submission is
// none, its news find their document, a customer who is not in the network is told of at once, and others' news on the
// same account are passed over.
func TestCap_40_AnAccessPointOverTheWire(t *testing.T) {
	r := open(t)
	network := peppol.New(r.Now)
	point := &storecove.Server{Key: "k", Entity: 4711, Network: network, Absent: []string{"NL:KVK 87654323"}}
	r.Outbox.EPost = epost.Storecove{
		URL: "http://storecove.example/api/v2", HTTP: &http.Client{Transport: loopback.Transport{"storecove.example": point}}, Entity: 4711,
		Key: func(context.Context) (string, error) { return "k", nil },
	}
	r.rejectedLater(network, func() {
		if _, err := r.Outbox.EPost.Submit(t.Context(), o2c.EDocument{Tag: "somebody else's", Scheme: "0106", To: "12345674", UBL: []byte("<Invoice/>")}); err != nil {
			t.Fatal(err)
		}
	})
	absent := r.billed("2", byPeppol("87654323"))
	if got := r.deliveries(absent.ID)[0]; got.Status != delivery.Failed || !strings.Contains(got.Reason, "not in Peppol's network") {
		t.Errorf("who is not in the network: %+v", got)
	}
	r.sound()
}

// TestCap_40_PeppolRejectedGoesByMail: an e-invoice goes through the access point and arrives; its reader's system rejects
// it later, the collector sends the PDF, and a customer without an address in the network is asked about at once.
func TestCap_40_PeppolRejectedGoesByMail(t *testing.T) {
	r := open(t)
	network := peppol.New(r.Now)
	r.Outbox.EPost = network
	inv, card := r.rejectedLater(network, func() {})
	before := r.lettersTo("finance@acme.example")
	r.press(joost, card, "delivery.pdf", "")
	if got := r.statuses(inv.ID); got != "0106:12345674 peppol replaced, finance@acme.example mail sent" || r.lettersTo("finance@acme.example") != before+1 {
		t.Errorf("after Send PDF: %s", got)
	}
	r.sound()
}
