package dynamo

import "fmt"

// refusal is an answer that is not a success. Code and message are DynamoDB's
// own wherever it has one, since callers and tests match on them; sentences of
// the engine itself say what, why and what to do.
type refusal struct {
	status  int
	code    string
	message string
	item    *item                // ConditionalCheckFailedException with ALL_OLD
	reasons []cancellationReason // TransactionCanceledException, one per operation
}

// cancellationReason says what became of one operation of a cancelled transaction.
type cancellationReason struct {
	Code    string `json:"Code"`
	Message string `json:"Message,omitempty"`
	Item    *item  `json:"Item,omitempty"`
}

func (r *refusal) Error() string { return r.code + ": " + r.message }

func refuse(code, format string, args ...any) *refusal {
	return &refusal{status: 400, code: code, message: fmt.Sprintf(format, args...)}
}

// invalid is the refusal for a request that is wrong in itself.
func invalid(format string, args ...any) *refusal {
	return refuse(codeValidation, format, args...)
}

// internal is the answer when the engine or its disk failed; the caller cannot
// know whether the write happened.
func internal(format string, args ...any) *refusal {
	return &refusal{status: 500, code: codeInternal, message: fmt.Sprintf(format, args...)}
}

const (
	codeValidation        = "ValidationException"
	codeSerialization     = "SerializationException"
	codeInternal          = "InternalServerError"
	codeConditionFailed   = "ConditionalCheckFailedException"
	codeCancelled         = "TransactionCanceledException"
	codeConflict          = "TransactionConflictException"
	codeParameterMismatch = "IdempotentParameterMismatchException"
	codeNotFound          = "ResourceNotFoundException"
	codeInUse             = "ResourceInUseException"
	codeUnknownOperation  = "UnknownOperationException"
	codeThrottled         = "ProvisionedThroughputExceededException"
)
