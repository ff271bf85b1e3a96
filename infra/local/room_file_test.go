package local

import (
	"context"
	"strings"
	"testing"
	"time"

	"duly/infra/local/bank"
)

// TestCap_69_ABankFileDroppedInTheRoom: a bookkeeper's bank file in a channel is booked, once, and its thread says what it
// did; a wrong one is refused there with line and reason; pictures, other files and other people's are left alone.
func TestCap_69_ABankFileDroppedInTheRoom(t *testing.T) {
	r := openRuntime(t, Options{Manual: true})
	defer r.Close()
	ours := bank.New(bank.Account{IBAN: r.Policy.Seller.IBAN, Owner: r.Policy.Seller.Name, Zone: r.Policy.Zone})
	if _, err := ours.Book(r.Clock.Now(), []bank.Entry{{Amount: 12_300, Name: "Somebody", Reference: "thanks"}}); err != nil {
		t.Fatal(err)
	}
	file, err := ours.Statement(r.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	person := func(role string) string {
		for _, p := range r.Policy.People {
			if string(p.Role) == role {
				return p.ID
			}
		}
		t.Fatal("nobody is " + role)
		return ""
	}
	channel := r.Policy.Channel("collections")
	share := func(user, name, content string) []string {
		t.Helper()
		m, reply, err := r.Slack.Share(context.Background(), user, channel, name, []byte(content))
		if err != nil || reply.Status != 200 {
			t.Fatal(reply.Status, err)
		}
		if err := r.Advance(context.Background(), time.Second); err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, other := range r.Slack.Messages() {
			if other.ThreadTS == m.TS {
				said = append(said, other.Text)
			}
		}
		return said
	}
	says := func(said []string, want string) {
		t.Helper()
		if len(said) != 1 || !strings.Contains(said[0], want) {
			t.Errorf("the thread says %q, want %q", said, want)
		}
	}
	keeper := person("bookkeeper")
	if said := share(person("sales"), "day.xml", string(file)); len(said) != 0 {
		t.Errorf("of sales: the thread says %q", said)
	}
	says(share(keeper, "day.xml", string(file)), "Lines: 1; new: 1")
	says(share(keeper, "again.xml", string(file)), "changed nothing")
	wrong := strings.Replace(string(file), "12300", "99", 1)
	wrong = strings.Replace(wrong, "123.00", "124.00", 1)
	says(share(keeper, "wrong.xml", wrong), "was refused as a whole")
	for name, content := range map[string]string{"cat.png": "\x89PNG", "prices.csv": "sku;price\nA;1\n", "invoice.xml": `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>`} {
		if said := share(keeper, name, content); len(said) != 0 {
			t.Errorf("%s: the thread says %q", name, said)
		}
	}
}
