package dynamo_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"duly/infra/local/dynamo"
)

// The stores of the product: memory carries the simulation, a file without
// sync the tests, a durable file the demo.
func benchmarkStores(b *testing.B, run func(b *testing.B, s *store)) {
	path := func(b *testing.B) string { return filepath.Join(b.TempDir(), "duly.db") }
	b.Run("memory", func(b *testing.B) { run(b, openStore(b, dynamo.Options{Now: atNoon})) })
	b.Run("file", func(b *testing.B) { run(b, openStore(b, dynamo.Options{Path: path(b), Now: atNoon})) })
	b.Run("durable", func(b *testing.B) { run(b, openStore(b, dynamo.Options{Path: path(b), Now: atNoon, Sync: true})) })
}

// commitOf is a commit as the product writes it: a document with its version
// condition, an event, two ledger entries, an effect and the seen-key.
func (s *store) commitOf(n int) []types.TransactWriteItem {
	order := fmt.Sprintf("order#%08d", n)
	body := str(strings.Repeat(`{"sku":"AB-1","quantity":2,"unit_price":1240}`, 8))
	line := func(sk string) row {
		return at(order, sk, row{"body": body, "amount": num("124000"), "currency": str("EUR"), "recorded_at": str("2026-01-05T12:00:00Z")})
	}
	document := line("document")
	document["group"], document["rank"], document["version_no"] = str("open"), str(order), num("1")
	return []types.TransactWriteItem{
		s.putting(document, "attribute_not_exists(pk)"),
		s.putting(line("event#0001"), "attribute_not_exists(pk)"),
		s.putting(line("entry#0001"), ""),
		s.putting(line("entry#0002"), ""),
		s.putting(at(order, "effect#0001", row{"queue": str("due"), "due": num("1767614400"), "kind": str("mail")}), ""),
		s.putting(key(fmt.Sprintf("seen#%08d", n), "seen"), "attribute_not_exists(pk)"),
	}
}

func BenchmarkTransactWriteSixItems(b *testing.B) {
	benchmarkStores(b, func(b *testing.B, s *store) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if err := s.transact(b, "", s.commitOf(n)...); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkTransactWriteConcurrently shows what sharing a sync is worth.
func BenchmarkTransactWriteConcurrently(b *testing.B) {
	benchmarkStores(b, func(b *testing.B, s *store) {
		before := s.engine.Stats()
		var n atomic.Int64
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := s.transact(b, "", s.commitOf(int(n.Add(1)))...); err != nil {
					b.Error(err)
					return
				}
			}
		})
		after := s.engine.Stats()
		b.ReportMetric(float64(after.Writes-before.Writes)/float64(after.Commits-before.Commits), "writes/commit")
	})
}

func BenchmarkGetItem(b *testing.B) {
	benchmarkStores(b, func(b *testing.B, s *store) {
		if err := s.transact(b, "", s.commitOf(1)...); err != nil {
			b.Fatal(err)
		}
		input := &dynamodb.GetItemInput{TableName: &s.table, Key: key("order#00000001", "document"), ConsistentRead: aws.Bool(true)}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.db.GetItem(b.Context(), input); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkOpenMemory is what each run of the simulation pays first.
func BenchmarkOpenMemory(b *testing.B) {
	for b.Loop() {
		engine, err := dynamo.Open(dynamo.Options{Now: atNoon})
		if err != nil {
			b.Fatal(err)
		}
		if err := engine.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
