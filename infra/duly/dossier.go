package main

import (
	"fmt"
	"os"

	"duly/shared/o2c"
	"duly/shared/o2c/dossier"
	"duly/shared/o2c/fault"
)

// dossierVerb is about the evidence of claims.
type dossierVerb struct {
	Verify dossierVerifyVerb `cmd:"" help:"Prove offline that no byte of a claim's dossier was changed."`
}

// dossierVerifyVerb proves a dossier.
type dossierVerifyVerb struct {
	File string `arg:"" help:"The dossier, a ZIP archive."`
	Head string `help:"Hash that the chain must end in, as the books or the agency's letter have it."`
}

// Run lists what the dossier holds, or says where it was changed.
func (v *dossierVerifyVerb) Run(c *console) error {
	raw, err := os.ReadFile(v.File)
	if err != nil {
		return fault.New(fault.Config, v.File+" cannot be read", err.Error(), "name the dossier's file")
	}
	m, pieces, err := dossier.Verify(raw)
	if err != nil {
		return fault.New(fault.Unauthentic, v.File+" is not what was packed", err.Error(), "ask the seller for the dossier again")
	}
	events, err := o2c.CheckTrails(pieces)
	if err != nil {
		return fault.New(fault.Unauthentic, v.File+" holds a broken audit trail", err.Error(), "ask the seller for the dossier again")
	}
	if v.Head != "" && v.Head != m.Head {
		return fault.New(fault.Unauthentic, v.File+" is another dossier", "its chain ends in "+m.Head+", not in "+v.Head, "compare with the hash that the seller's books have")
	}
	fmt.Fprintf(c.out, "%s against %s, invoice %s, of %s\n", m.Seller, m.Debtor, m.Claim, m.MadeOn)
	for _, row := range m.Rows {
		fmt.Fprintf(c.out, "ok  %-34s %8d bytes  %s\n", row.Name, row.Size, row.About)
	}
	for _, gap := range m.Missing {
		fmt.Fprintf(c.out, "–   %-34s %s\n", gap.Name, gap.Why)
	}
	fmt.Fprintf(c.out, "%d files and %d audited events are as they were sealed; the chain ends in\n%s\n", len(m.Rows), events, m.Head)
	return nil
}
