package parity

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"duly/infra/local"
)

// Ready is the shortest of several times that a program took from its start until
// it asked for its first event: what else the machine does only adds.
func Ready(ctx context.Context, build, name string, tries int) (time.Duration, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	base := "http://" + listener.Addr().String()
	r, err := local.Open(local.Options{BaseURL: base, Start: time.Now(), Seed: 42, Manual: true})
	if err != nil {
		return 0, err
	}
	mux := http.NewServeMux()
	mux.Handle(local.Outside+"/", r.Outside())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = errors.Join(server.Close(), r.Close()) }()
	least := time.Duration(0)
	for range tries {
		p, err := startOne(build, name, r)
		if err != nil {
			return 0, err
		}
		if p == nil {
			return 0, fmt.Errorf("there is no program of %s in %s — it was not built — run make parity", name, build)
		}
		err = p.Wait(ctx)
		if stop := p.remove(); err == nil {
			err = stop
		}
		if err != nil {
			return 0, err
		}
		if least == 0 || p.Ready < least {
			least = p.Ready
		}
	}
	return least, nil
}
