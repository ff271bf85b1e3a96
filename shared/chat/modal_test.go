package chat

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
)

func TestApproval(t *testing.T) {
	v := NewVoice(policy("en"))
	over := sampleCredit().Request
	within := over
	within.Decision.Input.Limit = nil
	for _, tt := range []struct {
		name   string
		fields Fields
		of     credit.RequestData
		want   credit.Conditions
		errs   Errors
	}{
		{"nothing asked, within the limit", Fields{}, within, credit.Conditions{}, Errors{}},
		{"terms and a reason", Fields{"terms": "14", "reason": "ten letters"}, over, credit.Conditions{TermsDays: 14}, Errors{}},
		{"over the limit without a reason", Fields{"reason": "too short"}, over, credit.Conditions{}, Errors{"reason": "The order is over the limit: give a reason of at least 10 characters."}},
		{"no whole numbers", Fields{"terms": "61"}, within, credit.Conditions{}, Errors{"terms": "Write a whole number from 1 to 60."}},
		{"half a day", Fields{"terms": "30,5"}, within, credit.Conditions{}, Errors{"terms": "Write a whole number from 1 to 60."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, errs := v.Approval(tt.fields, tt.of, tt.of.Decision.Input.Limit, on("2026-01-05"))
			if diff := cmp.Diff(tt.errs, errs); diff != "" {
				t.Error(diff)
			}
			if len(errs) == 0 && !got.Equal(tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestPromised(t *testing.T) {
	v := NewVoice(policy("en"))
	half := eur(62000)
	got, errs := v.Promised(Fields{"invoice": "i_1", "amount": "620,00", "date": "2026-01-09"}, "EUR")
	if diff := cmp.Diff(o2c.PromiseInput{InvoiceID: "i_1", Amount: &half, Date: on("2026-01-09")}, got); diff != "" || len(errs) > 0 {
		t.Error(diff, errs)
	}
	_, errs = v.Promised(Fields{"invoice": "i_1", "amount": "1.240", "date": ""}, "EUR")
	if diff := cmp.Diff(Errors{"amount": "Is this 1240.00 or 1.24? Write 1240,00.", "date": "Choose a date."}, errs); diff != "" {
		t.Error(diff)
	}
}

func TestSnoozed(t *testing.T) {
	v := NewVoice(policy("en"))
	for until, ok := range map[string]bool{"2026-01-05": false, "2026-01-06": true, "2026-01-12": true, "2026-01-13": false, "": false} {
		if _, errs := v.Snoozed(Fields{"until": until}, on("2026-01-05")); (len(errs) == 0) != ok {
			t.Errorf("%q: %v", until, errs)
		}
	}
}

func TestShippedIsWhatWasReserved(t *testing.T) {
	got := NewVoice(policy("en")).Shipped(Fields{"carrier": " PostNL ", "tracking": "3S\n1"}, sampleOrder())
	if len(got.Lines) != 2 || got.Lines[0].Quantity != 40 || got.Carrier != "PostNL" || got.Tracking != "3S 1" {
		t.Errorf("got %+v", got)
	}
}

func TestFieldErrors(t *testing.T) {
	bad := fault.Bad("/conditions/terms", "too much", "ask for less")
	if diff := cmp.Diff(Errors{"terms": "too much — ask for less"}, NewVoice(policy("en")).FieldErrors(bad, Fields{"terms": "90"})); diff != "" {
		t.Error(diff)
	}
	for _, err := range []error{bad, fault.Bad("/lines", "x", "y"), fault.Missing("order", "1")} {
		if got := NewVoice(policy("en")).FieldErrors(err, Fields{"reason": ""}); got != nil {
			t.Errorf("%v stands beside %v", err, got)
		}
	}
}
