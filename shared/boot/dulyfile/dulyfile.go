// Package dulyfile owns duly.yaml as people write it: YAML with the place of each of
// its parts, its mistakes of form, and the packed form of it that functions read. It
// does not own what the file may say: that is config. Functions do without it.
package dulyfile

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"duly/shared/boot/config"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/lazy"
)

// Load reads and checks a policy. All mistakes are told at once, each with its
// line and column.
func Load(raw []byte) (*o2c.Policy, error) { return LoadFile(config.FileName, raw) }

// LoadFile is Load for a file of another name.
func LoadFile(name string, raw []byte) (*o2c.Policy, error) { return LoadWith(name, raw, nil) }

// LoadWith is LoadFile with what the environment ("NAME=value" each) says before the
// file.
func LoadWith(name string, raw []byte, environ []string) (*o2c.Policy, error) {
	root, err := parse(name, raw)
	if err != nil {
		return nil, err
	}
	return config.Make(name, root, environ)
}

// Packed is the form of a right file that functions read; a wrong one is refused
// with its mistakes.
func Packed(raw []byte) ([]byte, error) {
	if _, err := Load(raw); err != nil {
		return nil, err
	}
	root, err := parse(config.FileName, raw)
	return config.Pack(root), err
}

// Overlay puts what the environment says in the place of what the file says, in its
// text, and tells which keys those are.
func Overlay(raw []byte, environ []string) (merged []byte, set []string, err error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil || len(doc.Content) == 0 {
		return raw, nil, nil //nolint:nilerr // Load says what is wrong with the file
	}
	said, err := config.Said(environ)
	if err != nil || len(said) == 0 {
		return raw, nil, err
	}
	for _, one := range said {
		put(doc.Content[0], strings.Split(one.Path, "."), one.Value)
		set = append(set, one.Path)
	}
	merged, err = yaml.Marshal(&doc)
	return merged, set, err
}

// put writes a value at a path of names, with the sections that it lacks.
func put(at *yaml.Node, path []string, value string) {
	var next *yaml.Node
	for i := 0; i+1 < len(at.Content); i += 2 {
		if at.Content[i].Value == path[0] {
			next = at.Content[i+1]
		}
	}
	if next == nil {
		next = &yaml.Node{Kind: yaml.MappingNode}
		at.Content = append(at.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: path[0]}, next)
	}
	if len(path) > 1 {
		put(next, path[1:], value)
		return
	}
	*next = yaml.Node{Kind: yaml.ScalarNode, Value: value, Style: next.Style}
}

// parse reads YAML.
func parse(name string, raw []byte) (*config.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, unreadable(name, raw, err)
	}
	if len(doc.Content) == 0 {
		return &config.Node{Kind: config.Section}, nil
	}
	return nodeOf(doc.Content[0], strings.Split(string(raw), "\n")), nil
}

func nodeOf(n *yaml.Node, lines []string) *config.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	out := &config.Node{Line: n.Line, Column: n.Column}
	switch {
	case n.Kind == yaml.MappingNode:
		out.Kind = config.Section
	case n.Kind == yaml.SequenceNode:
		out.Kind = config.List
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		out.Kind = config.Block
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		out.Kind = config.Quoted
	case n.ShortTag() == "!!null":
		out.Kind = config.Nothing
	default:
		out.Kind = config.Plain
	}
	if out.Text = n.Value; strings.Contains(n.Value, "\n") {
		out.Indent = indent(lines, n.Line+1)
	}
	for _, part := range n.Content {
		out.Parts = append(out.Parts, nodeOf(part, lines))
	}
	return out
}

// indent is how far a line is moved in.
func indent(lines []string, line int) int {
	if line < 1 || line > len(lines) {
		return 0
	}
	return len(lines[line-1]) - len(strings.TrimLeft(lines[line-1], " "))
}

// lineOf reads where the parser stopped.
var lineOf = lazy.Pattern(`^(?:yaml: )?line (\d+): (.*)$`)

// unreadable tells of a file that is no YAML.
func unreadable(name string, raw []byte, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if m := lineOf().FindStringSubmatch(text); m != nil {
		line, _ := strconv.Atoi(m[1]) // digits, by the pattern
		text = fmt.Sprintf("%d:%d: %s", line, indent(strings.Split(string(raw), "\n"), line)+1, m[2])
	} else {
		text = " " + text
	}
	return fault.New(fault.Config, name+":"+text, "", "")
}
