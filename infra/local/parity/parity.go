package parity

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"duly/functions"
	"duly/infra/local"
	"duly/shared/boot/config"
	"duly/shared/boot/dulyfile"
	"duly/shared/handler/trigger"
)

// Report is what a comparison came to.
type Report struct {
	Events   int
	Items    int // in the table, in the end
	Programs []*Program
	Differ   []string // sentences; none is good
}

// side is one of the two worlds: the built-in functions, or the programs.
type side struct {
	*local.Runtime
	server   *http.Server
	programs []*Program
}

// Compare plays every sample, every schedule and a little of the API to the
// built-in functions and to the programs of a folder, and compares replies and
// tables. A function without a program there stays the built-in one on both sides.
func Compare(ctx context.Context, build string) (report Report, err error) {
	at := time.Now()
	inside, err := open(ctx, "")
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, inside.stop()) }()
	outside, err := open(ctx, build)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, outside.stop()) }()
	report.Programs = outside.programs
	all, err := samples(inside.Runtime, at)
	if err != nil {
		return report, err
	}
	all = append(all, pages(inside.Runtime)...)
	for _, s := range all {
		report.Events++
		want, err := inside.answers(ctx, s)
		if err != nil {
			return report, fmt.Errorf("%s inside: %w", s.name, err)
		}
		got, err := outside.answers(ctx, s)
		if err != nil {
			return report, fmt.Errorf("%s: %w", s.name, err)
		}
		if got != want {
			report.Differ = append(report.Differ, fmt.Sprintf("%s: the handler answers %s, the program %s", s.name, want, got))
		}
	}
	n, err := ticks(ctx, inside, outside)
	report.Events += n
	if err != nil {
		return report, err
	}
	return report, report.tables(ctx, inside, outside)
}

// pages are requests of people and programs.
func pages(r *local.Runtime) []sample {
	key := http.Header{"Authorization": {"Bearer " + r.Secrets.APIKey}, "Content-Type": {"application/json"}, "Idempotency-Key": {"parity"}}
	all := []sample{
		{name: "portal", path: "/i/nobody"}, {name: "web", path: "/"},
		{name: "a stranger's press", path: "/slack/actions", header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, body: []byte("payload={}")},
		{name: "a stranger", path: "/v1/orders", body: []byte(`{}`)},
		{name: "api", path: "/v1/customers", header: key, body: []byte(`{"name":"Acme BV","kind":"company","emails":["a@acme.example"]}`)},
	}
	for _, list := range []string{"orders", "invoices", "customers", "ledger/trial-balance", "openapi.json"} {
		all = append(all, sample{name: "api " + list, path: "/v1/" + list, header: key})
	}
	return all
}

// ticks fires every schedule of the manifest on both sides.
func ticks(ctx context.Context, inside, outside *side) (int, error) {
	n := 0
	for _, f := range functions.All() {
		for _, s := range f.Schedules {
			n++
			var tick trigger.Tick
			if err := json.Unmarshal([]byte(s.Payload), &tick); err != nil {
				return n, err
			}
			for _, world := range []*side{inside, outside} {
				if err := errors.Join(world.Fire(ctx, f.Name, tick), world.Settle(ctx)); err != nil {
					return n, fmt.Errorf("%s: %w", s.Name, err)
				}
			}
		}
	}
	return n, nil
}

// open opens a world. Its services listen on a port, because programs are not in
// this process.
func open(ctx context.Context, build string) (*side, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &side{}
	var door atomic.Pointer[http.Handler]
	w.server = &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		h := door.Load()
		for h == nil { // programs start before their world is whole
			time.Sleep(time.Millisecond)
			h = door.Load()
		}
		(*h).ServeHTTP(rw, r)
	})}
	go func() { _ = w.server.Serve(listener) }()
	o := local.Options{BaseURL: "http://" + listener.Addr().String(), Seed: 42}
	var failed error
	if build != "" {
		o.Carry = func(r *local.Runtime, name string, built trigger.Handler) trigger.Handler {
			p, err := startOne(build, name, r)
			if err != nil || p == nil {
				failed = errors.Join(failed, err)
				return built
			}
			w.programs = append(w.programs, p)
			return p.handler(built)
		}
	}
	if w.Runtime, err = local.Open(o); err != nil {
		return nil, errors.Join(err, w.server.Close())
	}
	mux := http.NewServeMux()
	mux.Handle(local.Outside+"/", w.Outside())
	mux.Handle("/dynamodb/", w.Engine)
	var h http.Handler = mux
	door.Store(&h)
	slices.SortFunc(w.programs, func(a, b *Program) int { return strings.Compare(a.Name, b.Name) })
	for _, p := range w.programs {
		failed = errors.Join(failed, p.Wait(ctx))
	}
	if failed != nil {
		failed = errors.Join(failed, w.stop())
	}
	return w, failed
}

// startOne starts the program of a function, if there is one.
func startOne(build, name string, r *local.Runtime) (*Program, error) {
	file := filepath.Join(build, name, "bootstrap")
	if _, err := os.Stat(file); err != nil {
		return nil, nil //nolint:nilerr,nilnil // the built-in one stays
	}
	folder, err := os.MkdirTemp("", "duly-parity-")
	if err != nil {
		return nil, err
	}
	packed, err := dulyfile.Packed(config.Demo())
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(folder, config.PackedName), packed, 0o600); err != nil {
		return nil, err
	}
	p, err := Start(name, file, folder, r.Environment(name))
	if i := slices.IndexFunc(functions.All(), func(f functions.Function) bool { return f.Name == name }); i >= 0 && err == nil {
		p.Timeout = time.Duration(functions.All()[i].TimeoutSeconds) * time.Second
	}
	return p, err
}

func (w *side) stop() error {
	var err error
	for _, p := range w.programs {
		err = errors.Join(err, p.remove())
	}
	return errors.Join(err, w.server.Close(), w.Close())
}

// remove ends a program and takes its folder away.
func (p *Program) remove() error { return errors.Join(p.Stop(), os.RemoveAll(p.run.Dir)) }

// answers posts a sample and lets everything happen that follows.
func (w *side) answers(ctx context.Context, s sample) (string, error) {
	method := http.MethodPost
	if s.body == nil {
		method = http.MethodGet
	}
	status, body, err := w.Ask(ctx, method, s.path, s.header, s.body)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %s", status, w.masked(body)), w.Settle(ctx)
}

// What differs between two runs of the same: instants, what is hashed over them
// or made of them by SES, and the world's own address.
var moments = regexp.MustCompile(`\b[0-9a-f]{16}-[0-9a-f]{8}-[0-9a-f-]{22}-000000\b|-[0-9a-f]{12}\.json|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)|\d{8}T\d{6}\.\d{9}|\b\d{10}\.\d{6}\b|\b1[789]\d{8}\b|\b[0-9a-f]{64}\b`)

func (w *side) masked(body []byte) string {
	body = bytes.ReplaceAll(body, []byte(w.BaseURL()), []byte("BASE"))
	return string(moments.ReplaceAll(body, []byte("*")))
}

// fleeting are attributes that say when and by which commit.
var fleeting = []string{"at", "commit", "head", "ttl", "due_sk", "list_sk", "gone", "id"}

// tables compares what both worlds left behind, item by item.
func (r *Report) tables(ctx context.Context, inside, outside *side) error {
	want, err := inside.items(ctx)
	if err != nil {
		return err
	}
	got, err := outside.items(ctx)
	if err != nil {
		return err
	}
	r.Items = len(want)
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if other, ok := got[key]; !ok {
			r.Differ = append(r.Differ, "the programs did not write "+key)
		} else if other != want[key] {
			r.Differ = append(r.Differ, fmt.Sprintf("%s: the handlers wrote %s, the programs %s", key, want[key], other))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[key]; !ok {
			r.Differ = append(r.Differ, "only the programs wrote "+key)
		}
	}
	return nil
}

// items are the rows of the table by their keys, without what is fleeting.
func (w *side) items(ctx context.Context) (map[string]string, error) {
	all := map[string]string{}
	ask := map[string]any{"TableName": local.Table}
	for {
		var page struct {
			Items            []map[string]map[string]any
			LastEvaluatedKey map[string]any
		}
		if err := w.scan(ctx, ask, &page); err != nil {
			return nil, err
		}
		for _, it := range page.Items {
			key := fmt.Sprint(it["pk"]["S"], " ", it["sk"]["S"])
			for _, name := range fleeting {
				delete(it, name)
			}
			raw, err := json.Marshal(it)
			if err != nil {
				return nil, err
			}
			all[w.masked([]byte(key))] = w.masked(raw)
		}
		if page.LastEvaluatedKey == nil {
			return all, nil
		}
		ask["ExclusiveStartKey"] = page.LastEvaluatedKey
	}
}

func (w *side) scan(ctx context.Context, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://dynamodb.loopback/", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810.Scan")
	answer, err := w.Engine.Transport().RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("scan: %d %s", answer.StatusCode, base64.StdEncoding.EncodeToString(raw))
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, out)
}
