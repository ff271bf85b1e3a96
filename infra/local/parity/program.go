// Package parity owns the proof that a compiled function does what its handler
// does: it runs the program behind Lambda's Runtime API, carries the same events
// to both, and compares what they answer and what they leave in the table. It
// does not own the functions or the services that they talk to.
package parity

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Program is a compiled function that runs behind a Runtime API of its own
// (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
type Program struct {
	Name    string
	Timeout time.Duration // of an invocation; the program may plan by it
	Ready   time.Duration // from its start until it asked for its first event

	events chan event
	ready  chan struct{}
	ended  chan struct{}
	failed error // why it ended
	server *http.Server
	run    *exec.Cmd
	log    bytes.Buffer
	once   sync.Once
}

// event is one invocation that is under way.
type event struct {
	id     string
	body   []byte
	limit  time.Time
	answer chan answer
}

type answer struct {
	body   []byte
	failed bool
}

// Start starts the program of a function in a folder of its own, which holds its
// policy, with nothing but the given environment.
func Start(name, file, folder string, env []string) (*Program, error) {
	file, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Program{Name: name, events: make(chan event), ready: make(chan struct{}), ended: make(chan struct{}), Timeout: time.Minute}
	p.run = exec.Command(file) //nolint:gosec // the build's own program
	p.run.Dir, p.run.Stdout, p.run.Stderr = folder, &p.log, &p.log
	p.run.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String(), "AWS_LAMBDA_FUNCTION_NAME=" + name, "AWS_LAMBDA_LOG_STREAM_NAME=parity/" + name}, env...)
	p.server = &http.Server{Handler: p.api(time.Now()), ReadHeaderTimeout: time.Minute}
	go func() { _ = p.server.Serve(listener) }()
	if err := p.run.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s cannot be started — %w — build it first", name, err), p.server.Close())
	}
	go func() {
		p.failed = p.run.Wait()
		close(p.ended)
	}()
	return p, nil
}

// api is what the program asks its host.
func (p *Program) api(began time.Time) http.Handler {
	const root = "/2018-06-01/runtime/"
	under := map[string]event{}
	var mu sync.Mutex
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+root+"invocation/next", func(w http.ResponseWriter, r *http.Request) {
		p.once.Do(func() {
			p.Ready = time.Since(began)
			close(p.ready)
		})
		select {
		case e := <-p.events:
			mu.Lock()
			under[e.id] = e
			mu.Unlock()
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", e.id)
			w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(e.limit.UnixMilli(), 10))
			w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:000000000000:function:"+p.Name)
			_, _ = w.Write(e.body)
		case <-r.Context().Done():
		}
	})
	end := func(failed bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body) // a broken body fails to decode
			mu.Lock()
			e, known := under[r.PathValue("id")]
			delete(under, r.PathValue("id"))
			mu.Unlock()
			w.WriteHeader(http.StatusAccepted)
			if known {
				e.answer <- answer{body, failed}
			}
		}
	}
	mux.HandleFunc("POST "+root+"invocation/{id}/response", end(false))
	mux.HandleFunc("POST "+root+"invocation/{id}/error", end(true))
	mux.HandleFunc("POST "+root+"init/error", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) })
	return mux
}

// Wait waits until the program is ready.
func (p *Program) Wait(ctx context.Context) error {
	select {
	case <-p.ready:
		return nil
	case <-p.ended:
		return p.gone()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Program) gone() error {
	return fmt.Errorf("the program of %s ended (%w): %s", p.Name, p.failed, strings.TrimSpace(p.log.String()))
}

// Invoke gives the program an event and reads its answer into out.
func (p *Program) Invoke(ctx context.Context, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	e := event{id: strconv.FormatInt(time.Now().UnixNano(), 36), body: body, limit: time.Now().Add(p.Timeout), answer: make(chan answer, 1)}
	select {
	case p.events <- e:
	case <-p.ended:
		return p.gone()
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case a := <-e.answer:
		if a.failed {
			return fmt.Errorf("%s failed: %s", p.Name, a.body)
		}
		if out == nil {
			return nil
		}
		return json.Unmarshal(a.body, out)
	case <-p.ended:
		return p.gone()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Stop ends the program.
func (p *Program) Stop() error {
	err := p.run.Process.Signal(os.Interrupt)
	select {
	case <-p.ended:
	case <-time.After(time.Second):
		err = errors.Join(p.run.Process.Kill())
		<-p.ended
	}
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	return errors.Join(err, p.server.Close())
}
