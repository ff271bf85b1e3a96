package main

import "duly/infra/local/story"

// runVerb plays the story.
type runVerb struct {
	Seed int64  `default:"42" env:"SEED" help:"What secrets, ids and moments are derived from."`
	Out  string `default:"out" help:"Folder for the files that the story leaves behind."`
}

// Run plays it from beginning to end; a check that fails is an error.
func (v *runVerb) Run(c *console) error {
	return story.Play(c.ctx, story.Options{Seed: v.Seed, Files: v.Out, Print: c.out, Log: c.troubles})
}
