package dynamo_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"duly/infra/local/dynamo"
)

// crashFile is set in the environment of the child that is going to be killed.
const crashFile = "DULY_TEST_CRASH_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		writeUntilKilled(path, os.Getenv("DULY_TEST_CRASH_TABLE"))
	}
	os.Exit(m.Run())
}

const crashWriters = 4

// writeUntilKilled commits durable transactions from several goroutines and
// prints each one once it was acknowledged: writer and number. A transaction
// raises the writer's counter and adds the two halves of a pair.
func writeUntilKilled(path, table string) {
	engine, err := dynamo.Open(dynamo.Options{Path: path, Sync: true, Now: atNoon})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s := newStore("http://in.process", &http.Client{Transport: engine.Transport()})
	s.table = table
	atOnce(crashWriters, func(writer int) {
		for n := s.counter(context.Background(), writer) + 1; ; n++ {
			if err := s.commitPair(writer, n); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			fmt.Println(writer, n)
		}
	})
}

func (s *store) commitPair(writer, n int) error {
	number := num(strconv.Itoa(n))
	half := func(side string) row {
		return at(fmt.Sprint("writer", writer), fmt.Sprintf("%s%06d", side, n), row{"group": str(side), "rank": str(fmt.Sprintf("%d/%06d", writer, n))})
	}
	input := &dynamodb.TransactWriteItemsInput{}
	input.TransactItems = append(input.TransactItems,
		s.updating(key("counter", fmt.Sprint(writer)), "SET n = :n", "attribute_not_exists(n) OR n < :n", row{":n": number}),
		s.putting(half("left"), "attribute_not_exists(pk)"),
		s.putting(half("right"), "attribute_not_exists(pk)"))
	_, err := s.db.TransactWriteItems(context.Background(), input)
	return err
}

func (s *store) counter(ctx context.Context, writer int) int {
	answer, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: key("counter", fmt.Sprint(writer))})
	if err != nil || answer.Item == nil {
		return 0
	}
	n, _ := strconv.Atoi(show(answer.Item["n"]))
	return n
}

// TestKillLosesNothing kills a writing process with SIGKILL at random moments.
// Whatever it had acknowledged is there, no transaction is there by half, and
// index and stream agree with the table.
func TestKillLosesNothing(t *testing.T) {
	const rounds, seed = 5, 9
	random := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "duly.db")
	table := createCrashTable(t, path)
	acknowledged := make([]int, crashWriters)
	for round := range rounds {
		killWhileWriting(t, path, table, 20+random.IntN(200), time.Duration(random.IntN(3000))*time.Microsecond, acknowledged)
		checkAfterCrash(t, path, table, acknowledged)
		t.Logf("round %d: killed after %v acknowledged transactions", round, acknowledged)
	}
}

func createCrashTable(t *testing.T, path string) string {
	t.Helper()
	engine := must[*dynamo.Engine](t)(dynamo.Open(dynamo.Options{Path: path, Now: atNoon}))
	s := newStore("http://in.process", &http.Client{Transport: engine.Transport()})
	input := contractTable(s.table)
	must[*dynamodb.CreateTableOutput](t)(s.db.CreateTable(t.Context(), input))
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	return s.table
}

// killWhileWriting lets the child acknowledge some transactions, waits a moment
// longer and kills it; it notes the last number acknowledged to each writer.
func killWhileWriting(t *testing.T, path, table string, after int, moment time.Duration, acknowledged []int) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), crashFile+"="+path, "DULY_TEST_CRASH_TABLE="+table)
	child.Stderr = os.Stderr
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(output)
	killed := false
	for seen := 0; ; seen++ {
		line, err := lines.ReadString('\n')
		if err != nil { // the pipe is empty and its writer gone: a torn last line was never an acknowledgement
			if err != io.EOF || !killed {
				t.Fatalf("child ended by itself: %v", err)
			}
			break
		}
		var writer, n int
		if _, err := fmt.Sscan(line, &writer, &n); err != nil {
			t.Fatalf("child said %q: %v", line, err)
		}
		acknowledged[writer] = n
		if seen == after {
			time.Sleep(moment)
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			killed = true
		}
	}
	_ = child.Wait() // it was killed, which is an error to Wait
}

func checkAfterCrash(t *testing.T, path, table string, acknowledged []int) {
	t.Helper()
	engine := must[*dynamo.Engine](t)(dynamo.Open(dynamo.Options{Path: path, Now: atNoon}))
	defer func() { _ = engine.Close() }()
	s := newStore("http://in.process", &http.Client{Transport: engine.Transport()})
	s.engine, s.table = engine, table
	total := 0
	for writer, last := range acknowledged {
		count := s.counter(t.Context(), writer)
		if count < last || count > last+1 {
			t.Errorf("writer %d was told of %d transactions, the table holds %d", writer, last, count)
		}
		var wanted []string
		for _, side := range []string{"left", "right"} {
			for n := 1; n <= count; n++ {
				wanted = append(wanted, fmt.Sprintf("%s%06d", side, n))
			}
		}
		want(t, s.allKeys(t, "pk = :p", row{":p": str(fmt.Sprint("writer", writer))}), strings.Join(wanted, " "))
		total += count
	}
	for _, side := range []string{"left", "right"} {
		names := map[string]string{"#g": "group"}
		keys := s.allKeys(t, "#g = :p", row{":p": str(side)}, onIndex("everything"), func(q *dynamodb.QueryInput) { q.ExpressionAttributeNames = names })
		if indexed := len(strings.Fields(keys)); indexed != total {
			t.Errorf("the index holds %d %s halves of %d", indexed, side, total)
		}
	}
	checkStream(t, s, 3*total)
}

// allKeys walks a query to its end.
func (s *store) allKeys(t *testing.T, condition string, values row, change ...func(*dynamodb.QueryInput)) string {
	t.Helper()
	var keys []string
	for from, first := (row)(nil), true; first || from != nil; first = false {
		pages := slices.Concat(change, []func(*dynamodb.QueryInput){func(q *dynamodb.QueryInput) { q.ExclusiveStartKey = from }})
		answer := must[*dynamodb.QueryOutput](t)(s.query(t, condition, values, pages...))
		keys = append(keys, strings.Fields(sortKeys(answer.Items))...)
		from = answer.LastEvaluatedKey
	}
	return strings.Join(keys, " ")
}

// checkStream: one record per write, numbered without a gap.
func checkStream(t *testing.T, s *store, want int) {
	t.Helper()
	last := uint64(0)
	for {
		records := records(t, s, last)
		if len(records) == 0 {
			break
		}
		for _, r := range records {
			if r.Sequence != last+1 {
				t.Fatalf("record %d follows %d", r.Sequence, last)
			}
			last = r.Sequence
		}
	}
	if last != uint64(want) {
		t.Errorf("the stream holds %d records, want %d", last, want)
	}
}
