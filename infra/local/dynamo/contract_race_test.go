package dynamo_test

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// atOnce runs n goroutines and waits for them.
func atOnce(n int, run func(worker int)) {
	var all sync.WaitGroup
	for worker := range n {
		all.Go(func() { run(worker) })
	}
	all.Wait()
}

func TestOneOfManyInsertsWins(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		var won atomic.Int32
		atOnce(64, func(worker int) {
			_, err := s.db.PutItem(t.Context(), &dynamodb.PutItemInput{
				TableName: &s.table, Item: at("race", "once", row{"worker": num(fmt.Sprint(worker))}), ConditionExpression: aws.String("attribute_not_exists(pk)"),
			})
			switch code(err) {
			case "":
				won.Add(1)
			case conditionFailed:
			default:
				t.Error(err)
			}
		})
		if won.Load() != 1 {
			t.Errorf("%d inserts won", won.Load())
		}
	})
}

// TestNoIncrementIsLost: read, then update on condition that nobody was faster.
func TestNoIncrementIsLost(t *testing.T) {
	const workers, increments = 32, 8
	forEachStore(t, func(t *testing.T, s *store) {
		s.put(t, at("race", "version", row{"version_no": num("0")}))
		atOnce(workers, func(int) {
			for range increments {
				for {
					version := s.get(t, "race", "version")["version_no"]
					_, err := s.update(t, key("race", "version"), "SET version_no = version_no + :one", "version_no = :seen", row{":one": num("1"), ":seen": version}, nil)
					if err == nil {
						break
					}
					if code(err) != conditionFailed {
						t.Error(err)
						return
					}
				}
			}
		})
		want(t, show(s.get(t, "race", "version")["version_no"]), strconv.Itoa(workers*increments))
	})
}

// TestTransfersKeepTheSum: transactions over shared accounts, while plain writes
// go on beside them, of which a cancelled transaction must not undo any.
func TestTransfersKeepTheSum(t *testing.T) {
	const accounts, workers, transfers = 4, 16, 15
	forEachStore(t, func(t *testing.T, s *store) {
		for account := range accounts {
			s.put(t, at("race", fmt.Sprint("account", account), row{"balance": num("100")}))
		}
		transfer := func(from, to int) error {
			amount := row{":x": num("30")}
			return s.transact(t, "",
				s.updating(key("race", fmt.Sprint("account", to)), "SET balance = balance + :x", "", amount),
				s.updating(key("race", fmt.Sprint("account", from)), "SET balance = balance - :x", "balance >= :x", amount))
		}
		var plain atomic.Int32
		atOnce(workers, func(worker int) {
			for i := range transfers {
				from := (worker + i) % accounts
				err := transfer(from, (from+1+i%(accounts-1))%accounts)
				if got := code(err); got != "" && got != "TransactionCanceledException" {
					t.Error(err)
				}
				s.put(t, key("plain", fmt.Sprintf("%02d-%02d", worker, i)))
				plain.Add(1)
			}
		})
		sum := 0
		for account := range accounts {
			balance, err := strconv.Atoi(show(s.get(t, "race", fmt.Sprint("account", account))["balance"]))
			if err != nil || balance < 0 {
				t.Errorf("account %d holds %d (%v)", account, balance, err)
			}
			sum += balance
		}
		answer := must[*dynamodb.QueryOutput](t)(s.query(t, "pk = :p", row{":p": str("plain")}))
		if sum != accounts*100 || answer.Count != plain.Load() {
			t.Errorf("sum %d, plain rows %d of %d", sum, answer.Count, plain.Load())
		}
	})
}
