package local

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"duly/infra/local/bank"
)

// Statements that somebody else brings are of the same account: the played bank
// goes on from them, in whatever format they came, and nothing seems missing.
func TestThePlayedBankGoesOnFromOthersStatements(t *testing.T) {
	r := openRuntime(t, Options{Manual: true})
	defer r.Close()
	days := func(n int) {
		t.Helper()
		if err := r.Advance(context.Background(), time.Duration(n)*24*time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	agrees := func(balance int64) {
		t.Helper()
		report, err := r.Cycle.Verify(context.Background())
		if err != nil || !report.OK() || r.Bank.Balance() != balance {
			t.Errorf("%d at the bank, %v\n%s", r.Bank.Balance(), err, report)
		}
		for _, m := range r.Slack.Messages() {
			if strings.Contains(m.Text, "statement is missing") {
				t.Error(m.Text)
			}
		}
	}
	days(2)
	theirs := bank.New(bank.Account{IBAN: r.Policy.Seller.IBAN, Owner: r.Policy.Seller.Name, Zone: r.Policy.Zone})
	if _, err := theirs.Book(r.Clock.Now(), []bank.Entry{{Amount: 12_300, Name: "Somebody", Reference: "thanks"}}); err != nil {
		t.Fatal(err)
	}
	file, err := theirs.Statement(r.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Upload(file); err != nil {
		t.Fatal(err)
	}
	days(5)
	agrees(12_300)
	// Up to today the account was told in CAMT, whose last files were empty: MT940 names nothing twice.
	today := r.Clock.Now().In(r.Policy.Zone).Format("060102")
	mt940 := fmt.Sprintf(":20:X1\r\n:25:%s\r\n:28C:7/1\r\n:60F:C%sEUR123,00\r\n:61:%s%sC12,34NTRFNONREF//MT1\r\n:86:/NAME/Mtee/REMI/hello\r\n:62F:C%[2]sEUR135,34\r\n",
		r.Policy.Seller.IBAN, today, today, today[2:])
	if err := r.Upload([]byte(mt940)); err != nil {
		t.Fatal(err)
	}
	days(5)
	agrees(13_534)
	if _, _, err := r.Book([]bank.Entry{{Amount: 66, Name: "Somebody", Reference: "more"}}); err != nil {
		t.Fatal(err)
	}
	days(2)
	agrees(13_600)
}
