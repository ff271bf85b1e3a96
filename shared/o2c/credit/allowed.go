package credit

import (
	"strings"

	"duly/shared/o2c/money"
)

// Rule is one of the rules of who may decide.
type Rule string

// The rules (ux.md §2.3).
const (
	RuleRole        Rule = "role"         // only approvers decide
	RuleOwnCustomer Rule = "own_customer" // nobody decides on a customer whom they look after
	RuleOwnRequest  Rule = "own_request"  // … or on an order that they entered
	RuleSamePerson  Rule = "same_person"  // two approvals are two people's
)

// NotAllowed is a decision that a person may not take: by which rule, what the
// person is, and whom to ask instead.
type NotAllowed struct {
	Rule   Rule
	Role   string
	Amount money.Amount
	Ask    []string // names
}

// Error is the sentence for programs; the team's own is in its language.
func (e *NotAllowed) Error() string {
	why := map[Rule]string{
		RuleRole: "only approvers decide on credit", RuleOwnCustomer: "you look after this customer yourself",
		RuleOwnRequest: "you entered this order yourself", RuleSamePerson: "you approved it already, and it takes two people",
	}[e.Rule]
	return why + "; ask " + strings.Join(e.Ask, " or ")
}
