package chat

import (
	"strconv"
	"strings"

	"duly/shared/o2c/money"
)

// reasons are the sentences by which the house says why money belongs somewhere, with placeholders for what they name: the
// words of each stand in the catalogue under "because." and the sentence. What is kept in the books is the English
// sentence, which auditors and programs read; a person reads it in the language of the room. Of two that fit, the first
// counts.
var reasons = []string{
	"the transfer names {names}",
	"the amount is exactly {what} less the early-payment discount of {amount}",
	"the amount is exactly what is left of {number}",
	"the amount is exactly {what}",
	"{amount} is missing of {what}, which is within the tolerance",
	"{amount} is missing of {what}, as much as banks on the way may charge",
	"more discount was taken than the {amount} that there is, {rest} stays open",
	"{amount} is more than {what}",
	"the amount is a part of {what}",
	"what is open on {n} invoices",
	"paid at the shop with order {number}",
	"credited by {number}",
	"taken back: credit {number}",
	"matched by {name}",
}

// Because says a reason of the house in the reader's language, sentence by sentence; what a person wrote stays as it is.
func (v Voice) Because(why string) string {
	all := strings.Split(why, "; ")
	for i, one := range all {
		all[i] = v.reason(one)
	}
	return strings.Join(all, "; ")
}

func (v Voice) reason(why string) string {
	if said, ok := v.words()["because."+why]; ok {
		return said
	}
	for _, r := range reasons {
		if pairs, ok := v.unfill(r, why); ok {
			return v.Say("because."+r, pairs...)
		}
	}
	return why
}

// unfill reads what stands in the places of a sentence, and tells whether the sentence is that one.
func (v Voice) unfill(sentence, said string) (pairs []any, ok bool) {
	for {
		before, rest, more := strings.Cut(sentence, "{")
		if said, ok = strings.CutPrefix(said, before); !ok || !more {
			return pairs, ok && said == ""
		}
		var name string
		name, sentence, _ = strings.Cut(rest, "}")
		literal, _, _ := strings.Cut(sentence, "{")
		end := strings.LastIndex(said, literal)
		if literal == "" {
			end = len(said)
		}
		if end <= 0 {
			return nil, false
		}
		value, ok := v.value(name, said[:end])
		if !ok {
			return nil, false
		}
		pairs, said = append(pairs, name, value), said[end:]
	}
}

// value is what stood in a place of a sentence, as people read it.
func (v Voice) value(name, said string) (any, bool) {
	switch name {
	case "amount", "rest":
		digits, code, _ := strings.Cut(said, " ")
		a, err := money.Parse(digits, code)
		return a, err == nil
	case "n":
		n, err := strconv.Atoi(said)
		return n, err == nil
	case "what":
		return v.reason(said), strings.HasPrefix(said, "what is open")
	}
	return said, true
}

// Broken says in a sentence why a payout does not add up; "" for a code without words.
func (v Voice) Broken(code string) string {
	_, sentence, _ := strings.Cut(v.words()["payout.why."+code], "\n")
	return sentence
}
