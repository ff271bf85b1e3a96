package main

import (
	"fmt"
	"os"
	"time"

	"duly/infra/deploy"
	"duly/infra/local"
	"duly/infra/local/demo"
	"duly/infra/local/dynamo"
)

// demoVerb serves the demo.
type demoVerb struct {
	Port  int    `default:"8700" env:"PORT" help:"Port on 127.0.0.1; 0 takes any that is free."`
	State string `default:".duly" env:"STATE" help:"Folder that keeps the state."`
	Seed  int64  `default:"42" env:"SEED" help:"What secrets and ids are derived from."`
	Empty bool   `help:"Begin a fresh state without the story's data; never wipes an existing one."`
	Start string `placeholder:"2026-01-05" help:"Virtual date of a fresh state."`
}

// Validate refuses what cannot be meant before anything is opened.
func (v *demoVerb) Validate() error {
	if v.Port < 0 || v.Port > portMax {
		return fmt.Errorf("--port %d is no port — ports go from 0 to %d — choose one above 1023, such as 8700", v.Port, portMax)
	}
	_, err := parseStart(v.Start)
	return err
}

const portMax = 1<<16 - 1

// Run serves until it is stopped.
func (v *demoVerb) Run(c *console) error {
	start, err := parseStart(v.Start)
	if err != nil {
		return err
	}
	real, err := local.RealFromEnvironment(c.ctx, os.Getenv, deploy.Config)
	if err != nil {
		return err
	}
	defer dynamo.Tune()()
	return demo.Serve(c.ctx, demo.Options{Port: v.Port, Dir: v.State, Seed: v.Seed, Start: start, Empty: v.Empty, Real: real, Out: c.out, Log: c.log})
}

// parseStart reads a date, at nine in the morning where the company is, or an
// instant; nothing is now.
func parseStart(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		return time.Time{}, err
	}
	day, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("--start %s is no date — %w — write it as 2026-01-05", text, err)
	}
	return day.Add(9 * time.Hour), nil
}
