package store

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// metered asks for the consumed capacity only when somebody listens.
func (s *Store) metered() types.ReturnConsumedCapacity {
	if s.observe == nil {
		return types.ReturnConsumedCapacityNone
	}
	return types.ReturnConsumedCapacityTotal
}

// meter reports one request. DynamoDB splits the units of a transaction into
// read and write ones and gives a plain request's as a sum.
func (s *Store) meter(op string, writes bool, used ...types.ConsumedCapacity) {
	if s.observe == nil {
		return
	}
	var read, write float64
	for _, c := range used {
		r, w, all := aws.ToFloat64(c.ReadCapacityUnits), aws.ToFloat64(c.WriteCapacityUnits), aws.ToFloat64(c.CapacityUnits)
		switch {
		case r+w > 0:
			read, write = read+r, write+w
		case writes:
			write += all
		default:
			read += all
		}
	}
	s.observe(op, read, write)
}
