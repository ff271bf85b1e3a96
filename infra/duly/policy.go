package main

import (
	"fmt"
	"os"

	"duly/shared/boot/config"
	"duly/shared/boot/dulyfile"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// policyVerb is about duly.yaml.
type policyVerb struct {
	Check  policyCheckVerb  `cmd:"" help:"Read a policy and tell every mistake in it, with its line and column."`
	Replay policyReplayVerb `cmd:"" help:"Decide the past again under a policy and say what would have been otherwise."`
}

// policyCheckVerb reads a policy strictly.
type policyCheckVerb struct {
	File string `arg:"" optional:"" placeholder:"duly.yaml" help:"The policy; duly.yaml here, else the one that ships with the product."`
}

// Run says what the policy is, or what is wrong with it.
func (v *policyCheckVerb) Run(c *console) error {
	p, name, err := readPolicy(v.File)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s is right: version %s, credit rules %s, %d of the house's own rules\n", name, p.Version, p.Credit.Digest(), len(p.Credit.Rules))
	return nil
}

// readPolicy reads the named policy, else the one in this folder, else the one
// that ships with the product.
func readPolicy(file string) (*o2c.Policy, string, error) {
	raw, name, err := policyText(file)
	if err != nil {
		return nil, name, err
	}
	p, err := dulyfile.LoadFile(name, raw)
	return p, name, err
}

func policyText(file string) ([]byte, string, error) {
	name := file
	if name == "" {
		name = config.FileName
	}
	raw, err := os.ReadFile(name)
	switch {
	case err != nil && file == "" && os.IsNotExist(err):
		name, raw = "the shipped "+config.FileName, config.Demo()
	case err != nil:
		return nil, name, fault.New(fault.Config, name+" cannot be read", err.Error(), "name another file")
	}
	return raw, name, nil
}
