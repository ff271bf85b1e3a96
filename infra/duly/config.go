package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"gopkg.in/yaml.v3"

	"duly/infra/local/demo"
	"duly/shared/boot/config"
	"duly/shared/boot/dulyfile"
	"duly/shared/o2c"
)

// configVerb is about the values that hold.
type configVerb struct {
	Show configShowVerb `cmd:"" help:"Print every value that holds: built in, then duly.yaml, then Slack, then the environment (DULY_YAML_…), the later before the earlier."`
}

// configShowVerb prints the values.
type configShowVerb struct {
	target
	File   string `arg:"" optional:"" placeholder:"duly.yaml" help:"The policy; duly.yaml here, else the one that ships with the product."`
	Origin bool   `help:"Say where each value comes from."`
	JSON   bool   `help:"Print as JSON."`
}

// Run prints a line per value.
func (v *configShowVerb) Run(c *console) error {
	raw, name, err := policyText(v.File)
	if err != nil {
		return err
	}
	merged, pinned, err := dulyfile.Overlay(raw, os.Environ())
	if err != nil {
		return err
	}
	if _, err := dulyfile.LoadFile(name, merged); err != nil {
		return err
	}
	set, err := v.inSlack(c)
	if err != nil {
		return err
	}
	all, err := valuesOf(merged, name, pinned, set)
	if err != nil {
		return err
	}
	if v.JSON {
		enc := json.NewEncoder(c.out)
		enc.SetIndent("", "  ")
		return enc.Encode(all)
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, one := range all {
		line := one.Key + "\t" + one.Value
		if v.Origin {
			line += "\t" + one.Origin
		}
		fmt.Fprintln(w, line)
	}
	return w.Flush()
}

// inSlack is what admins set in Slack: of the demo's state, if there is one, or
// of a deployment.
func (v *configShowVerb) inSlack(c *console) ([]o2c.Setting, error) {
	if v.Stage != "" {
		at, err := reach(c.ctx, v.Stage)
		if err != nil {
			return nil, err
		}
		all, _, err := at.cycle.Settings(c.ctx)
		return all, err
	}
	if _, err := os.Stat(v.State); err != nil {
		return nil, nil //nolint:nilerr // nobody has set anything in Slack where there is no state
	}
	var said struct{ Items []o2c.Setting }
	err := v.with(c, func(d *demo.Client) error { return d.Do(c.ctx, http.MethodGet, "/demo/settings", nil, &said) })
	return said.Items, err
}

// valuesOf lists the values of a policy, those that it does not name last.
func valuesOf(raw []byte, name string, pinned []string, set []o2c.Setting) ([]o2c.Setting, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	var all []o2c.Setting
	named := map[string]bool{}
	leaves("", doc.Content[0], func(key, value string) {
		origin := name
		if slices.Contains(pinned, key) {
			origin = "environment"
		}
		for _, s := range set {
			if s.Key == key && strings.HasPrefix(s.Origin, "Slack") && origin != "environment" {
				value, origin = s.Value, s.Origin
			}
		}
		named[key] = true
		all = append(all, o2c.Setting{Key: key, Value: value, Origin: origin})
	})
	for _, k := range config.Keys() {
		if config.Variable(k.Path) != "" && !named[k.Path] {
			all = append(all, o2c.Setting{Key: k.Path, Value: "—", Origin: "built in"})
		}
	}
	return all, nil
}

// leaves walks the values of a document by their keys.
func leaves(path string, n *yaml.Node, each func(key, value string)) {
	switch n.Kind {
	case yaml.SequenceNode:
		for i, child := range n.Content {
			leaves(path+"["+strconv.Itoa(i)+"]", child, each)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			leaves(strings.TrimPrefix(path+"."+n.Content[i].Value, "."), n.Content[i+1], each)
		}
	default:
		each(path, n.Value)
	}
}
