package store

import (
	"encoding/json"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// verdict is what became of a commit.
type verdict int

const (
	committed verdict = iota // it is in the table
	repeated                 // its message was handled before
	outrun                   // another writer was faster: decide again
	throttled                // certainly not carried out: send again
	unknown                  // perhaps carried out: send again and compare
	broken                   // will never be carried out
)

// answer is a verdict with what was learned on the way.
type answer struct {
	verdict  verdict
	conflict bool      // outrun by a writer that was still writing; nothing was compared
	lost     []o2c.Key // documents that another writer has changed or is changing
	there    []o2c.Key // effects that were in the table already
}

// fault is the error that the answer means to the caller.
func (a answer) fault(err error) error {
	switch a.verdict {
	case committed:
		return nil
	case repeated:
		return o2c.ErrSeen
	case broken:
		return fault.New(fault.Internal, "The change cannot be committed", "the table refuses it", "look at the cause in the log").Because(err)
	}
	return err
}

// judge reads what DynamoDB said. The order of precedence matters: our own
// commit met again, then a message that was handled before, then a defect, then
// another writer, and only then a lack of capacity.
func judge(err error, c commit) answer {
	if err == nil {
		return answer{}
	}
	var refused interface {
		smithy.APIError
		Body() []byte
	}
	if errors.As(err, &refused) {
		var said refusal
		_ = json.Unmarshal(refused.Body(), &said) // without reasons the code alone decides
		switch code := refused.ErrorCode(); {
		case code == "TransactionCanceledException" && len(said.CancellationReasons) > 0:
			return judgeReasons(said.CancellationReasons, c)
		case code == "ConditionalCheckFailedException":
			return judgeReasons([]reason{{Code: "ConditionalCheckFailed", Item: said.Item}}, c)
		case code == "TransactionConflictException":
			return answer{verdict: outrun, conflict: true}
		}
	}
	return answer{verdict: judgeRequest(err)}
}

// judgeRequest tells, for a request that failed as a whole, whether it may have
// been carried out: a refusal says no; a failure of the service or of the
// network says nothing.
func judgeRequest(err error) verdict {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return unknown
	}
	if (retry.ThrottleErrorCode{Codes: retry.DefaultThrottleErrorCodes}).IsErrorThrottle(err) == aws.TrueTernary {
		// TransactionInProgress counts as one: the first of our own requests is
		// still at it.
		return throttled
	}
	var answered interface{ HTTPStatusCode() int }
	if errors.As(err, &answered) && answered.HTTPStatusCode() >= 500 {
		return unknown
	}
	return broken
}

// judgeReasons weighs the reasons of a cancelled transaction, one per row.
func judgeReasons(reasons []reason, c commit) answer {
	var a answer
	var failed, conflict, slow, seen, defect bool
	for i, r := range reasons {
		if i >= len(c.writes) {
			break
		}
		switch r.Code {
		case "None":
		case "ConditionalCheckFailed":
			if r.Item.text(attrCommit) == c.id {
				return answer{verdict: committed}
			}
			failed = true
			seen = seen || c.writes[i].seen
			a.meet(c.writes[i])
		case "TransactionConflict", "DuplicateItem":
			conflict = true
			if w := c.writes[i]; !w.doc.IsZero() && !w.once {
				a.lost = append(a.lost, w.doc)
			}
		case "ThrottlingError", "ProvisionedThroughputExceeded":
			slow = true
		default: // ValidationError, ItemCollectionSizeLimitExceeded, AccessDenied
			defect = true
		}
	}
	switch {
	case seen:
		a.verdict = repeated
	case defect:
		a.verdict = broken
	case failed:
		a.verdict = outrun
	case conflict:
		a.verdict, a.conflict = outrun, true
	case slow:
		a.verdict = throttled
	default:
		a.verdict = broken
	}
	return a
}

// meet notes the document of a row whose condition failed. An effect that
// should have been new is there now: the next try need not stage it.
func (a *answer) meet(w write) {
	switch {
	case w.doc.IsZero():
	case w.once:
		a.there = append(a.there, w.doc)
	default:
		a.lost = append(a.lost, w.doc)
	}
}
