package chat

import (
	"errors"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/text"
)

// refused are the sentences of faults in the languages other than English, whose sentences stand where the faults are
// made. They are looked for one by one: few are ever said, so that no map of them pays.
var refused = map[string][][]word{
	"nl": {dutchRefusals, dutchMoneyRefusals, dutchCodes},
	"de": {germanRefusals, germanMoneyRefusals, germanCodes},
	"fr": {frenchRefusals, frenchMoneyRefusals, frenchCodes},
}

// other is a sentence or code of refused in the voice's language.
func (v Voice) other(key string) (string, bool) {
	for _, part := range refused[v.formats.Language()] {
		for _, w := range part {
			if w.key == key {
				return w.said, true
			}
		}
	}
	return "", false
}

// Told is a failure that is told in the team's language already.
type Told string

func (t Told) Error() string { return string(t) }

// Refusal says why something was not done: what, why and what to do, the code last.
func (v Voice) Refusal(err error) string {
	var told Told
	if errors.As(err, &told) {
		return string(told)
	}
	var no *credit.NotAllowed
	if errors.As(err, &no) {
		return v.notAllowed(no)
	}
	var done *credit.Answered
	if errors.As(err, &done) && done.By == "policy" && done.Status != credit.Void {
		return v.Say("credit.already.policy", "time", v.clock(done.At))
	}
	if errors.As(err, &done) {
		return v.Say("credit.already."+done.Status, "name", named(v.people(done.By)), "time", v.clock(done.At))
	}
	f := fault.Of(err)
	code := " [" + string(f.Code) + "]"
	switch f.Code {
	case fault.Stale:
		return v.Say("stale") + code
	case fault.Internal, fault.Unavailable:
		return v.Say("trouble") + code
	}
	if said, ok := v.inWords(fault.ReasonOf(f)); ok {
		return said + code
	}
	english := grammar(f.In(v.spelled)) + code
	if f.Code == fault.Config {
		if said, ok := v.other("config"); ok {
			return strings.ReplaceAll(said, "{why}", english)
		}
	}
	return v.Say("cause.other", "why", english)
}

// Beside is what stands beside a field that holds what cannot be used.
func (v Voice) Beside(err error) string {
	f := fault.Of(err)
	if said, ok := v.inWords(fault.ReasonOf(f)); ok {
		return said
	}
	_, why, do := f.In(v.spelled)
	return v.Say("cause.other", "why", grammar("", why, do))
}

// Cause says why something failed before, of which the reason was kept, and its sentence for the log.
func (v Voice) Cause(r fault.Reason, why string) string {
	if said, ok := v.inWords(r); ok {
		return said + " [" + string(r.Code) + "]"
	}
	if r.Key == "" && r.Code == fault.Internal { // of what is none of ours the log alone says more
		return v.Say("cause.internal") + " [" + string(r.Code) + "]"
	}
	why = clip(clean(why), whyMax)
	if r.Code == "" { // a release before this one wrote it
		return why
	}
	return v.Say("cause.other", "why", why)
}

// inWords is the sentence of a reason in the voice's words. English has words of its own only for what lasts and is told
// long after; else the fault's own sentence is the English one.
func (v Voice) inWords(r fault.Reason) (string, bool) {
	if r.Key == "" {
		return "", false
	}
	said, ok := v.words()["cause."+r.Key]
	if !ok {
		said, ok = v.other(r.Key)
	}
	if r.About == nil {
		return strings.ReplaceAll(said, "{detail}", clip(clean(r.Detail), whyMax)), ok
	}
	return r.About.Fill(said, v.spelled), ok
}

// spelled is what stands in a sentence as the reader spells it: codes of ours in words, amounts and dates by their shape.
func (v Voice) spelled(name, said string) string {
	switch name {
	case "role":
		return v.roleOf(said)
	case "status", "verdict", "letter":
		return v.code("is.", said)
	case "kind":
		return v.code("kind.", said)
	case "holds":
		return v.codes("hold.", strings.Split(said, ", "))
	case "missing":
		all := strings.Split(said, ", ")
		for i, what := range all {
			all[i] = v.particular(what)
		}
		return strings.Join(all, ", ")
	case "percent":
		if strings.Trim(said, "-0123456789.") == "" {
			return v.formats.Decimal(said)
		}
	}
	if on, err := calendar.Parse(said); err == nil {
		return v.formats.Date(text.Day(on))
	}
	if digits, code, ok := strings.Cut(said, " "); ok && money.Valid(code) {
		if a, err := money.Parse(digits, code); err == nil {
			return v.formats.Money(a.Minor, a.Currency)
		}
	}
	return clip(clean(said), whyMax)
}

// code is a code of ours in words; English shows it as it is.
func (v Voice) code(prefix, code string) string {
	if said, ok := v.other(prefix + code); ok {
		return said
	}
	return strings.ReplaceAll(code, "_", " ")
}

// grammar joins what, why and what to do (ux.md, error grammar).
func grammar(what, why, do string) string {
	var parts []string
	for _, p := range []string{what, why, do} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " — ")
}

// FieldErrors puts a failure beside the field that it speaks of; there is none when the form has no such field.
func (v Voice) FieldErrors(err error, f Fields) Errors {
	field := FieldOf(fault.Of(err).Pointer)
	if _, shown := f[field]; field == "" || !shown {
		return nil
	}
	return Errors{field: v.Beside(err)}
}
