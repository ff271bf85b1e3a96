package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"duly/infra/local/bank"
	"duly/shared/handler/digest"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/testkit"
)

// whereabouts are what only one person in the table is known by.
var whereabouts = []string{"zonneveld", "kanariestraat", "0612345678", "NL02ABNA0123456789"}

// canaried has a person who bought, was reminded, wrote, promised and paid, and
// somebody else who did too.
func canaried(t *testing.T) (p *program, who string) {
	t.Helper()
	p = newProgram(t)
	other := p.customer("Somebody Else BV", map[string]any{"emails": []string{"else@other.example"}})
	p.invoiced(other, "77", 4_000)
	in := testkit.Order("1", 10_000, p.Now())
	in.Buyer = order.Buyer{
		ExternalID: "5", Name: "Piet Zonneveld", Email: "piet@zonneveld.example", Phone: "0612345678", Language: "nl", Kind: party.Consumer,
		Address: party.Address{Street: "Kanariestraat 12", PostalCode: "1234 AB", City: "Utrecht", Country: "NL"},
	}
	in.Buyer.ShipTo = in.Buyer.Address
	taken, err := p.Cycle.HandleShop(ctx, p.Arrive(order.Create, in))
	if err != nil {
		t.Fatal(err)
	}
	who = p.get("/v1/orders/" + taken.OrderID).text("customer_id")
	p.post("/v1/orders/"+taken.OrderID+"/credit-decision", map[string]any{"decision": "approve", "reason": "Zonneveld is known to us", "as_user": "U04APPROVE"})
	p.post("/v1/orders/"+taken.OrderID+"/shipments", nil).is(201)
	p.Settle(t)
	number := p.get("/v1/orders/" + taken.OrderID).text("invoices.0")
	if err := p.Cycle.TakeReply(ctx, p.Now(), o2c.MailReply{Key: "mail/1", From: "piet@zonneveld.example", Subject: "Re: " + number, Text: "Zonneveld here, call 0612345678"}); err != nil {
		t.Fatal(err)
	}
	p.post("/v1/invoices/"+number+"/promises", map[string]any{"date": "2026-01-16"}).is(201)
	b := bank.New(bank.Account{IBAN: p.Cycle.Policy.Seller.IBAN, Owner: "x", Zone: p.Cycle.Policy.Zone})
	p.Settle(t)
	if _, err := b.Book(p.Now(), []bank.Entry{{Amount: 24_200, Reference: number, Name: "P Zonneveld", IBAN: "NL02ABNA0123456789"}}); err != nil {
		t.Fatal(err)
	}
	file, err := b.Statement(p.Now())
	if err != nil {
		t.Fatal(err)
	}
	p.ask("POST", "/v1/bank-statements", string(file), lines{"Content-Type", "application/xml"}).is(201)
	p.Settle(t)
	return p, who
}

// rows are all rows of the table, their text attributes by name.
func (p *program) rows() []map[string]string {
	p.t.Helper()
	var all []map[string]string
	in := &dynamodb.ScanInput{TableName: aws.String(testkit.Table)}
	for {
		out, err := testkit.Intruder(p.Engine.Transport()).Scan(ctx, in)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, it := range out.Items {
			row := map[string]string{}
			for name, v := range it {
				switch v := v.(type) {
				case *types.AttributeValueMemberS:
					row[name] = v.Value
				case *types.AttributeValueMemberN:
					row[name] = v.Value
				}
			}
			all = append(all, row)
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return all
		}
	}
}

func tells(row map[string]string) string {
	text := strings.ToLower(fmt.Sprint(row))
	for _, word := range whereabouts {
		if strings.Contains(text, strings.ToLower(word)) {
			return word
		}
	}
	return ""
}

// passing are the kinds that carry a person for at most 35 days, or until the
// table has dropped them: effects on their way, answers to repeated requests.
var passing = []string{"effect", "answer", "seen"}

// TestFC_91_TheExportIsWhatAScanFinds: every row in which the person stands is
// in the export, or expires by itself; and nobody else's is.
func TestFC_91_TheExportIsWhatAScanFinds(t *testing.T) {
	p, who := canaried(t)
	export := p.get("/v1/customers/" + who + "/personal-data")
	raw := string(export.raw)
	for _, row := range p.rows() {
		word := tells(row)
		if word == "" || slices.Contains(passing, row["kind"]) {
			continue
		}
		kind, id, _ := strings.Cut(row["pk"], "#")
		switch {
		case kind == "name":
			if !strings.Contains(raw, strings.Replace(id, "#", " ", 1)) {
				t.Errorf("the name %s is not in the export", id)
			}
		case kind == "remitter" || kind == "bankline" || kind == "statement" || kind == "amount":
			// what the bank told of a day's money is the bank's; the receipt that came of it is exported
		case row["sk"] == "doc" && !strings.Contains(raw, `"subject":"`+kind+":"+id+`"`):
			t.Errorf("%s stands in %s %s, which is not in the export", word, row["pk"], row["sk"])
		case strings.HasPrefix(row["sk"], "event#") && !strings.Contains(raw, `"id":"`+row["id"]+`"`):
			t.Errorf("%s stands in %s %s, which is not in the export", word, row["pk"], row["sk"])
		}
	}
	for _, foreign := range []string{"Somebody Else", "else@other.example", "2026-0001"} {
		if strings.Contains(raw, foreign) {
			t.Errorf("%s is in somebody else's export", foreign)
		}
	}
	for _, kind := range []string{"order", "invoice", "receipt", "promise", "mail", "shipment", "delivery", "case"} {
		if !strings.Contains(raw, `"subject":"`+kind+":") {
			t.Errorf("no %s is in the export", kind)
		}
	}
	p.ask("GET", "/v1/customers/c_nobody/personal-data", nil, nil).is(404)
}

// TestFC_90_AnErasedPersonIsGoneButForTheBooks: refused while anything is open;
// afterwards the person stands in nothing but what the law wants kept, which
// the proof names with its day; the books, the chains and the seals hold; who
// comes back is known again.
func TestFC_90_AnErasedPersonIsGoneButForTheBooks(t *testing.T) {
	p, who := canaried(t)
	night := digest.New(digest.Deps{Cycle: p.Cycle, Now: p.Now, Seals: p.Desk})
	p.Advance(24 * time.Hour)
	if err := night.Tick(ctx, trigger.Tick{Schedule: "verify"}); err != nil {
		t.Fatal(err)
	}
	open := p.invoiced(who, "open", 100)
	p.post("/v1/customers/"+who+"/erasure", map[string]any{"reason": "asked by letter"}).refused(409, "DULY-3003", "")
	p.paid(open, 100)
	p.post("/v1/customers/"+who+"/erasure", map[string]any{"reason": ""}).is(422)

	proof := p.post("/v1/customers/"+who+"/erasure", map[string]any{"reason": "asked by letter"}).is(200)
	if again := p.post("/v1/customers/"+who+"/erasure", map[string]any{"reason": "again"}).is(200); again.text("id") != proof.text("id") || again.text("reason") != "asked by letter" {
		t.Errorf("%s is not %s", again.raw, proof.raw)
	}
	said := string(p.get("/v1/customers/" + who + "/erasure").raw)
	for _, word := range whereabouts {
		if strings.Contains(strings.ToLower(said), strings.ToLower(word)) {
			t.Errorf("the proof names %s", word)
		}
	}
	for _, row := range p.rows() {
		word := tells(row)
		kind, id, _ := strings.Cut(row["pk"], "#")
		switch {
		case word == "" || slices.Contains(passing, row["kind"]) || row["ttl"] != "":
		case kind == "bankline" || kind == "statement": // the bank's record of the day
		case !strings.Contains(said, `{"subject":"`+kind+":"+id+`","until":"2033-12-31"`):
			t.Errorf("%s still stands in %s %s: %.300s", word, row["pk"], row["sk"], row["body"])
		}
	}
	if found := p.get("/v1/customers/" + who + "/personal-data"); found.len("names") != 0 {
		t.Errorf("found by %v", found.at("names"))
	}
	p.verified()
	if k, err := p.Cycle.VerifySeals(ctx, p.Desk); err != nil || len(k.Broken) > 0 {
		t.Errorf("%v %v", err, k.Broken)
	}

	in := testkit.Order("2", 10_000, p.Now())
	in.Buyer = order.Buyer{ExternalID: "5", Name: "Piet Zonneveld", Email: "piet@zonneveld.example", Language: "nl", Kind: party.Consumer, Address: party.Address{Street: "Kanariestraat 12", PostalCode: "1234 AB", City: "Utrecht", Country: "NL"}}
	if _, err := p.Cycle.HandleShop(ctx, p.Arrive(order.Create, in)); err != nil {
		t.Fatal(err)
	}
	if back := p.get("/v1/customers/" + who); back.text("name") != "Piet Zonneveld" || back.text("emails.0") != "piet@zonneveld.example" {
		t.Errorf("%s", back.raw)
	}
	p.post("/v1/customers/"+who+"/erasure", map[string]any{"reason": "again"}).refused(409, "DULY-3003", "")
}
