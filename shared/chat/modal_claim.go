package chat

import (
	"slices"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/recovery"
	"duly/shared/o2c/statute"
)

// HandOver is the form that proposes to give a claim to an agency.
func (v Voice) HandOver(about Meta, view o2c.ClaimView, agencies []string) Modal {
	return v.form(ActHandOverPropose, "modal.handover", "button.propose", about,
		section(v.claimOf(view)),
		v.choose(FieldAgency, "", agencies...),
		v.sentences(FieldNote, true),
		notes(v.mark("modal.handover.what")))
}

// Recall is the form that takes a claim back from its agency.
func (v Voice) Recall(about Meta, view o2c.ClaimView) Modal {
	return v.form(ActHandOverRecall, "modal.recall", "button.recall", about, section(v.claimOf(view)), v.sentences(FieldReason, false), notes(v.mark("modal.recall.what")))
}

// WriteOff is the form that asks to give up what is open.
func (v Voice) WriteOff(about Meta, view o2c.ClaimView) Modal {
	return v.form(ActWriteOffAsk, "modal.write_off", "button.propose", about, section(v.claimOf(view)), v.sentences(FieldReason, false), notes(v.mark("modal.write_off.what")))
}

// Forgive is the form that gives up interest or costs.
func (v Voice) Forgive(about Meta, view o2c.ClaimView) Modal {
	return v.form(ActClaimForgive, "modal.forgive", "button.forgive_now", about,
		section(v.claimOf(view)),
		v.choose(FieldPart, "part.", statute.InterestPart, statute.CostsPart),
		v.sentences(FieldReason, false),
		notes(v.mark("modal.forgive.what")))
}

// ClaimLetter is the form that sends a letter with legal effect now.
func (v Voice) ClaimLetter(about Meta, view o2c.ClaimView) Modal {
	kinds := []string{recovery.Formal, recovery.Last}
	if view.File != nil && view.File.Regime == statute.Consumer {
		kinds = []string{recovery.FourteenDays}
	}
	return v.form(ActClaimLetter, "modal.claim_letter", "button.send", about, section(v.claimOf(view)), v.choose(FieldKind, "letter.", kinds...), notes(v.mark("modal.claim_letter.what")))
}

// RecordStep is the form that writes down what an agency or a court did.
func (v Voice) RecordStep(about Meta, view o2c.ClaimView, today calendar.Date) Modal {
	return v.form(ActClaimRecord, "modal.record_step", "button.record", about,
		section(v.claimOf(view)),
		v.choose(FieldKind, "recovery.step.", recovery.StepKinds()...),
		v.day(FieldDate, today),
		v.line(FieldStatus, false, "hint.status"),
		v.line(FieldCosts, true, "hint.step_costs", "currency", view.Invoice.Currency),
		v.line(FieldAwarded, true, "hint.awarded", "currency", view.Invoice.Currency),
		v.line(FieldAmount, true, "hint.collected", "currency", view.Invoice.Currency),
		v.sentences(FieldNote, true))
}

// Recorded reads the form; a result only of an agency that told one.
func (v Voice) Recorded(f Fields, currency string) (recovery.Step, *recovery.Result, Errors) {
	errs := Errors{}
	amount := func(field string) money.Amount {
		a := v.optionalAmount(Fields{FieldAmount: f[field]}, currency, errs)
		if said := errs[FieldAmount]; said != "" && field != FieldAmount {
			delete(errs, FieldAmount)
			errs[field] = said
		}
		if a == nil {
			return money.Of(0, currency)
		}
		return *a
	}
	step := recovery.Step{Kind: f[FieldKind], On: v.date(f, FieldDate, errs), Status: clean(f[FieldStatus]), Costs: amount(FieldCosts), Awarded: amount(FieldAwarded), Note: clean(f[FieldNote])}
	if step.Kind != recovery.StepResult {
		return step, nil, errs
	}
	return step, &recovery.Result{On: step.On, Collected: amount(FieldAmount), Fee: step.Costs, Note: step.Status}, errs
}

// choose is a list to choose one of; prefix is of the words that say the values, "" when they speak for themselves.
func (v Voice) choose(field, prefix string, values ...string) *slack.InputBlock {
	var options []*slack.OptionBlockObject
	for _, value := range values[:min(len(values), optionsMax)] {
		said := value
		if prefix != "" {
			said = v.known(prefix, value)
		}
		options = append(options, slack.NewOptionBlockObject(clip(value, optionValueMax), plain(said, optionTextMax), nil))
	}
	list := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, field, options...)
	if len(options) > 0 {
		list = list.WithInitialOption(options[0])
	}
	return v.input(field, false, list)
}

func (v Voice) claimOf(view o2c.ClaimView) markup {
	k := view.Claim
	return v.mark("modal.claim", "number", view.Invoice.Number, "customer", named(view.Invoice.Buyer.Name), "amount", k.Total, "principal", k.Principal, "interest", k.Interest, "costs", k.Costs)
}

// sheetBlocksMax is how many blocks of rows a computation takes at the most; a modal has a hundred, a message fifty.
const sheetBlocksMax = 40

// rowsPerBlock keeps a block of rows below its 3,000 characters.
const rowsPerBlock = 12

// ClaimSheet shows the computation to whoever asks.
func (v Voice) ClaimSheet(view o2c.ClaimView) Modal {
	return v.sheet("modal.claim_sheet", v.claimRows(view)...)
}

// ClaimAnswer is the same as an answer to a command.
func (v Voice) ClaimAnswer(view o2c.ClaimView) Message {
	return message(bareText(v.Say("modal.claim", "number", view.Invoice.Number, "customer", named(view.Invoice.Buyer.Name), "amount", view.Claim.Total, "principal", view.Claim.Principal, "interest", view.Claim.Interest, "costs", view.Claim.Costs)),
		v.claimRows(view)...)
}

func (v Voice) claimRows(view o2c.ClaimView) []slack.Block {
	k := view.Claim
	all := []slack.Block{section(v.claimOf(view)), section(v.mark("sheet.begin", "amount", view.Invoice.Total, "due", view.Invoice.DueOn, "date", k.AsOf, "credited", view.Invoice.Credited()))}
	for chunk := range slices.Chunk(k.Sheet[:min(len(k.Sheet), sheetBlocksMax*rowsPerBlock)], rowsPerBlock) {
		var lines []markup
		for _, r := range chunk {
			lines = append(lines, v.sheetRow(r))
		}
		all = append(all, section(join("\n", lines...)))
	}
	card := o2c.ClaimCard{View: view}
	return append(all, notes(v.claimFigures(card), v.claimLife(card)))
}

// sheetRow is one step of the computation.
func (v Voice) sheetRow(r statute.SheetRow) markup {
	about := []any{"from", r.From, "to", r.To, "days", v.count("days", r.Days), "rate", r.Rate, "base", r.Base, "amount", r.Amount, "rule", clean(r.Rule)}
	key := "sheet." + r.Kind
	switch {
	case r.Kind == statute.InterestRow && r.Extrapolated:
		key = "sheet.interest.assumed"
	case r.Kind == statute.CostsRow && r.Rate.IsZero():
		key = "sheet.costs.fixed"
	}
	return v.mark(key, about...)
}
