package chat

import (
	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
	"duly/shared/o2c/recovery"
	"duly/shared/o2c/statute"
)

// sampleClaim is a claim whose file is at some point of its way.
func sampleClaim(change func(*recovery.Data)) o2c.ClaimCard {
	f := recovery.Data{
		InvoiceID: "i_1", Number: "2026-0042", Regime: statute.Commercial, DueOn: on("2026-02-04"), RaisedOn: on("2026-04-01"),
		Clock:    []statute.Interruption{{On: on("2026-03-08"), Kind: statute.ByLetter}},
		Letters:  []recovery.Letter{{Kind: recovery.Formal, SentOn: on("2026-03-08"), Arrived: on("2026-03-10"), Presumed: true}},
		Forgiven: []statute.Forgiven{{On: on("2026-05-01"), Part: statute.CostsPart, Rule: "forgiven by Mira: a <good> customer"}},
	}
	change(&f)
	return o2c.ClaimCard{
		Needed: 2, Relief: eur(17355), SheetURL: "https://duly.example/i/k1abc/claim", Agencies: []string{"Incasso Noord BV"},
		View: o2c.ClaimView{
			Invoice: invoice.Data{ID: "i_1", Number: "2026-0042", Currency: "EUR", Total: eur(100000), Open: eur(100000), DueOn: on("2026-02-04"), Buyer: invoice.Buyer{Name: "Acme <BV>", Kind: party.Company}},
			File:    &f, Lapses: on("2031-03-08"), Rule: "3:307 BW", Country: "NL",
			Claim: statute.Claim{
				AsOf: on("2026-07-10"), Principal: eur(100000), Interest: eur(4338), Costs: eur(15000), Total: eur(119338), VerifiedUntil: on("2026-06-30"), Extrapolated: true,
				Sheet: []statute.SheetRow{
					{Kind: statute.InterestRow, From: on("2026-02-05"), To: on("2026-06-30"), Days: 146, Rate: decimal.RequireFromString("10.15"), Base: eur(100000), Amount: eur(4060), Rule: "6:119a BW"},
					{Kind: statute.InterestRow, From: on("2026-07-01"), To: on("2026-07-10"), Days: 10, Rate: decimal.RequireFromString("10.15"), Base: eur(100000), Amount: eur(278), Rule: "6:119a BW", Extrapolated: true},
					{Kind: statute.CostsRow, From: on("2026-02-05"), To: on("2026-02-05"), Base: eur(100000), Amount: eur(4000), Rule: "6:96(4) BW, Besluit BIK: fixed sum, step 1"},
					{Kind: statute.CostsRow, From: on("2026-03-09"), To: on("2026-03-09"), Rate: decimal.NewFromInt(15), Base: eur(100000), Amount: eur(15000), Rule: "6:96(4) BW, Besluit BIK: 15 %"},
					{Kind: statute.PaymentRow, From: on("2026-06-01"), To: on("2026-06-01"), Base: eur(15000), Amount: eur(-4000), Rule: "6:44 BW: costs"},
					{Kind: statute.ForgivenRow, From: on("2026-06-01"), To: on("2026-06-01"), Base: eur(15000), Amount: eur(-4000), Rule: "forgiven by Mira"},
				},
			},
		},
	}
}

// claimCards are the states of the claim's card.
func claimCards() map[string]o2c.Card {
	agency := recovery.Agency{Name: "Incasso Noord BV", Register: "WKI-1"}
	proposed := sampleClaim(func(f *recovery.Data) {
		f.HandOver = recovery.HandOver{Status: recovery.Proposed, Agency: agency, ProposedBy: "slack:U02", Approvals: []recovery.Approval{{By: "slack:U01"}}}
	})
	for _, code := range []string{o2c.CheckOpen, o2c.CheckLetter, o2c.CheckNotice, o2c.CheckRegister, o2c.CheckDispute, o2c.CheckDelivered, o2c.CheckAlive} {
		proposed.Checks = append(proposed.Checks, o2c.LegalCheck{Code: code, OK: code != o2c.CheckDelivered, Text: "2026-03-08"})
	}
	settled := sampleClaim(func(f *recovery.Data) {
		f.Relief = recovery.Relief{Status: recovery.ReliefRepaid, Period: "2027-Q1"}
		f.WriteOff = recovery.WriteOff{Status: recovery.WrittenOff, By: "slack:U01", Reason: "gone", Amount: eur(100000), Back: eur(100000)}
	})
	settled.View.Invoice.Open, settled.View.Claim = eur(0), statute.Claim{AsOf: on("2027-03-01"), Principal: eur(0), Interest: eur(0), Costs: eur(0), Total: eur(0), VerifiedUntil: on("2026-06-30")}
	return map[string]o2c.Card{
		"claim":          sampleClaim(func(*recovery.Data) {}),
		"claim_consumer": sampleClaim(func(f *recovery.Data) { f.Regime, f.Letters, f.Clock, f.Forgiven = statute.Consumer, nil, nil, nil }),
		"claim_bounced":  sampleClaim(func(f *recovery.Data) { f.Letters[0].Bounced = true }),
		"claim_proposed": proposed,
		"claim_out": sampleClaim(func(f *recovery.Data) {
			f.HandOver = recovery.HandOver{Status: recovery.HandedOver, Agency: agency, Claim: eur(119338), HandedAt: at("2026-07-10T09:00:00Z"), Head: "3f9a51c0ffee3f9a51c0ffee", Approvals: []recovery.Approval{{By: "slack:U01"}, {By: "slack:U02"}}}
			f.Steps = []recovery.Step{{Kind: recovery.StepSummons, On: on("2026-07-10"), Status: "served", Costs: eur(12000)}}
		}),
		"claim_recalled": sampleClaim(func(f *recovery.Data) {
			f.HandOver = recovery.HandOver{Status: recovery.Recalled, Agency: agency, Claim: eur(119338), EndedAt: at("2026-07-10T09:00:00Z"), Why: "the customer paid"}
		}),
		"claim_write_off": sampleClaim(func(f *recovery.Data) {
			f.WriteOff = recovery.WriteOff{Status: recovery.Asked, AskedBy: "slack:U02", Reason: "gone"}
			f.Relief = recovery.Relief{Status: recovery.ReliefDue, Period: "2027-Q1", Rule: "29 Wet OB"}
		}),
		"claim_settled": settled,
	}
}

// claimForms are the forms about a claim.
func claimForms(v Voice, about Meta) map[string]Modal {
	view := sampleClaim(func(*recovery.Data) {}).View
	return map[string]Modal{
		"hand_over": v.HandOver(about, view, []string{"Incasso Noord BV", "Buitenland Inkasso"}), "recall": v.Recall(about, view), "write_off": v.WriteOff(about, view),
		"forgive": v.Forgive(about, view), "claim_letter": v.ClaimLetter(about, view), "record_step": v.RecordStep(about, view, on("2026-07-10")), "claim_sheet": v.ClaimSheet(view),
	}
}
