package api

import (
	"context"
	"time"

	"duly/shared/o2c"
)

// SafeMode says whether letters of the ladder wait for a press.
type SafeMode struct {
	On    bool       `json:"on"`
	By    string     `json:"by" doc:"Who switched it last; empty: nobody did"`
	Since *time.Time `json:"since"`
}

func safeModeView(d o2c.SafeModeData) SafeMode {
	out := SafeMode{On: d.On, By: d.By}
	if !d.Since.IsZero() {
		out.Since = &d.Since
	}
	return out
}

func (s server) safeMode() {
	type nothing struct{}
	type switching struct {
		Body struct {
			On bool `json:"on" doc:"true: no letter of the ladder goes out but by a press on the card of the coming letters"`
		}
	}
	route(s, get("read-safe-mode", "/v1/safe-mode", "Read whether letters wait for a press"), func(ctx context.Context, _ *nothing) (*reply[SafeMode], error) {
		d, err := s.Cycle.SafeMode(ctx)
		if err != nil {
			return nil, err
		}
		return &reply[SafeMode]{safeModeView(d)}, nil
	})
	route(s, post("switch-safe-mode", "/v1/safe-mode", "Let letters wait for a press, or go out by themselves"), func(ctx context.Context, in *switching) (*reply[SafeMode], error) {
		d, err := s.Cycle.SetSafeMode(ctx, s.stamp(ctx), in.Body.On)
		if err != nil {
			return nil, err
		}
		return &reply[SafeMode]{safeModeView(d)}, nil
	})
}
