package store

import (
	"strconv"
	"sync/atomic"
	"testing"
)

func orderID(n int) string { return "o_" + strconv.Itoa(n) }

// BenchmarkCommit is a use case of six rows: one read, one commit.
func BenchmarkCommit(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *bench{"memory": newBench, "durable": newDurableBench} {
		b.Run(name, func(b *testing.B) {
			t := open(b)
			s := New(t.api, testTable, Options{Instance: "a"})
			t.wire.set(nil)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n++
				if err := typical(s, n); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(t.wire.operations()))/float64(n), "requests/op")
		})
	}
}

// BenchmarkCommitConcurrent shows what the engine's group commit gives.
func BenchmarkCommitConcurrent(b *testing.B) {
	t := newDurableBench(b)
	s := New(t.api, testTable, Options{Instance: "a"})
	b.ReportAllocs()
	b.SetParallelism(16)
	var n atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := typical(s, int(n.Add(1))); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkSeries is the hottest document there is: everybody draws a number.
func BenchmarkSeries(b *testing.B) {
	t := newDurableBench(b)
	s := New(t.api, testTable, Options{Instance: "a"})
	b.SetParallelism(16)
	var decisions atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := drawNumber(s, func() { decisions.Add(1) }); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(decisions.Load())/float64(b.N)-1, "retries/op")
}

// BenchmarkLoad is one document by key.
func BenchmarkLoad(b *testing.B) {
	t := newBench(b)
	s := New(t.api, testTable, Options{Instance: "a"})
	save(b, t.store("seed"), order("o_1"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Load(background, orderKey("o_1")); err != nil {
			b.Fatal(err)
		}
	}
}
