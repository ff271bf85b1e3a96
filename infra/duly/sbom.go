package main

import "duly/infra/supply"

// sbomVerb prints what programs are made of.
type sbomVerb struct {
	Programs []string `arg:"" type:"existingfile" help:"Programs, such as build/*/bootstrap."`
}

// Run prints the bill as CycloneDX.
func (v *sbomVerb) Run(c *console) error {
	bill, err := supply.Of(v.Programs...)
	if err != nil {
		return err
	}
	return bill.Write(c.out)
}
