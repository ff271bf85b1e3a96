package credit

// State is what a customer is in once it is so late, and what becomes of its new
// orders. States are derived from what is open now: a payment clears them.
type State struct {
	Code      string  `json:"code"`
	AfterDays int     `json:"after_days"` // the oldest item that counts is at least so late
	Then      Verdict `json:"then"`       // StateWatch, StatePrepay, Refer or Decline
}

// What a state may do beside asking a person or refusing.
const (
	StateWatch  Verdict = "watch"  // nothing: the team sees it
	StatePrepay Verdict = "prepay" // new orders are paid before delivery
)

// StateOf is the worst state that the customer is in. Sums that the policy
// ignores as overdue make no state.
func (p Policy) StateOf(in Input) (State, bool) {
	var worst State
	for _, s := range p.States {
		if s.AfterDays >= worst.AfterDays && in.Beyond(s.AfterDays-1).Cmp(p.OverdueAmount) > 0 {
			worst = s
		}
	}
	return worst, worst.Code != ""
}
