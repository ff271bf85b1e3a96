// Package demo owns what a person or a program outside sees of the local
// runtime: its one address on the loopback interface, the control routes that
// play the outside world, demo.json, and the pages. It does not own the runtime,
// nor any answer of the product: those routes are passed on.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"duly/infra/local"
	"duly/shared/o2c/fault"
)

// Options say how to serve a demo.
type Options struct {
	Port  int        // 0: any that is free
	Dir   string     // the state
	Seed  int64      // secrets and ids are derived from it
	Start time.Time  // virtual time of a fresh state; zero: now
	Empty bool       // a fresh state begins without the story's data
	Real  local.Real // services that are reached with test credentials instead of played
	Out   io.Writer  // what people read
	Log   slog.Handler
}

// Serve serves until the context ends, then ends cleanly.
func Serve(ctx context.Context, o Options) error {
	if err := local.NoLiveKey(os.Getenv("STRIPE_SECRET_KEY")); err != nil { // whether or not somebody means to use it
		return err
	}
	listener, err := listen(o.Port)
	if err != nil {
		return err
	}
	defer listener.Close()
	base := "http://" + listener.Addr().String()
	if err := vacate(ctx, o.Dir, base); err != nil {
		return err
	}
	if o.Real.Slack != nil || o.Real.Stripe != nil {
		o.Empty = true // the story's cards and payments are nowhere at a real service
	}
	if err := fill(ctx, o, base); err != nil {
		if ctx.Err() != nil { // it was stopped; nothing is left of the story
			return nil
		}
		return err
	}
	r, err := local.Open(local.Options{Dir: o.Dir, BaseURL: base, Seed: o.Seed, Start: o.Start, Sync: true, Log: o.Log, Real: o.Real})
	if err != nil {
		return err
	}
	return errors.Join(run(ctx, o, r, listener), r.Close())
}

// vacate takes away what a demo left that did not end cleanly. One that still
// runs keeps its file: programs find it there.
func vacate(ctx context.Context, dir, base string) error {
	if info, err := ReadInfo(dir); err == nil && info.BaseURL != base && info.answers(ctx) {
		return fault.New(fault.StateInUse, "A demo runs on "+dir, "it is at "+info.BaseURL+"/demo", "open that one, stop it, or choose another folder with STATE=")
	}
	if err := os.Remove(filepath.Join(dir, infoFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the former %s: %w", infoFile, err)
	}
	return nil
}

// run serves an open runtime on a listener.
func run(ctx context.Context, o Options, r *local.Runtime, listener net.Listener) error {
	site, err := newSite(r)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: site, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(o.Log, slog.LevelWarn)}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	pumping, stop := context.WithCancel(context.WithoutCancel(ctx))
	pumped := make(chan struct{})
	go func() { defer close(pumped); r.Run(pumping) }()
	base := "http://" + listener.Addr().String()
	if err := tell(o.Dir, playedBy(r), describe(r, base)); err != nil {
		stop()
		return errors.Join(err, server.Close())
	}
	fmt.Fprintf(o.Out, "Duly demo   %s/demo\nstate       %s   (what a program needs is in %s)\nstop        Ctrl-C; the state stays\n", base, o.Dir, filepath.Join(o.Dir, infoFile))
	tellReal(o.Out, r)
	lines := make(chan error, 1)
	go func() { lines <- r.Connect(pumping) }()
	select {
	case err = <-ended:
	case err = <-lines:
	case <-ctx.Done():
	}
	err = errors.Join(err, shutDown(server), os.Remove(filepath.Join(o.Dir, infoFile)), os.Remove(filepath.Join(o.Dir, playedFile)))
	stop()
	<-pumped
	return err
}

// graceMax is how long requests may go on after the end was asked for.
const graceMax = 5 * time.Second

func shutDown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), graceMax)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return server.Close()
	}
	return nil
}

// listen takes a port of the loopback interface.
func listen(port int) (net.Listener, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, (&fault.Error{Code: fault.PortTaken, What: fmt.Sprintf("Port %d is used by another program. Run: make demo PORT=%d", port, port+1)}).Because(err)
	case err != nil:
		return nil, fault.New(fault.PortTaken, fmt.Sprintf("Port %d cannot be taken", port), err.Error(), "choose another with PORT=").Because(err)
	}
	return listener, nil
}
