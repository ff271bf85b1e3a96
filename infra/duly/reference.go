package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"gopkg.in/yaml.v3"

	"duly/events"
	"duly/shared/boot/config"
	"duly/shared/handler/slack"
	"duly/shared/o2c/fault"
)

// pagesVerb writes the reference from what the program is made of.
type pagesVerb struct {
	Out string `help:"The folder." default:"reference" type:"path"`
}

// Run writes a page each for commands, configuration, events and error codes.
func (v *pagesVerb) Run(c *console) error {
	all, err := reference()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(v.Out, 0o755); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := os.WriteFile(filepath.Join(v.Out, name), []byte(all[name]), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(c.out, filepath.Join(v.Out, name))
	}
	return nil
}

const generated = "<!-- Written by `go run ./infra/duly reference`; a test holds it to the program. -->\n\n"

// reference is every page by its file name.
func reference() (map[string]string, error) {
	commands, err := commandPage()
	if err != nil {
		return nil, err
	}
	keys, err := configPage()
	if err != nil {
		return nil, err
	}
	published, err := eventPage()
	if err != nil {
		return nil, err
	}
	return map[string]string{"commands.md": commands, "config.md": keys, "events.md": published, "errors.md": errorPage()}, nil
}

// commandPage lists the operator's verbs and what people type in Slack.
func commandPage() (string, error) {
	var c commands
	parser, err := kong.New(&c, kong.Name("duly"))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("# Commands\n\n" + generated + "## In a terminal\n\n`go run ./infra/duly`, or `duly` once it is built.\n\n| command | does |\n|---|---|\n")
	var walk func(n *kong.Node)
	walk = func(n *kong.Node) {
		if n.Type == kong.CommandNode && len(n.Children) == 0 {
			fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(n.Summary(), "|", "\\|"), cell(n.Help))
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(parser.Model.Node)
	b.WriteString("\n## In Slack\n\n| command | does |\n|---|---|\n")
	for _, t := range slack.Commands() {
		fmt.Fprintf(&b, "| %s | %s |\n", cell("`/duly "+strings.Join(t.Examples, "`, `/duly ")+"`"), cell(t.Does))
	}
	return b.String(), nil
}

func cell(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "|", "\\|"), "\n", " ")
}

// configPage lists the keys of duly.yaml with what the shipped one says of them.
func configPage() (string, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(config.Demo(), &doc); err != nil {
		return "", err
	}
	said := map[string][2]string{}
	remarks("", doc.Content[0], said)
	var b strings.Builder
	b.WriteString("# Configuration\n\n" + generated + "Every key of `duly.yaml`. `[]` is each entry of a list, `*` any name. A key without an example is optional. A variable of the environment prevails over the file and over what is set in Slack: `DULY_YAML_TERMS_DEFAULT_DAYS` over `terms.default_days`; `duly config show --origin` says which won.\n\n| key | is | as shipped | meaning |\n|---|---|---|---|\n")
	for _, k := range config.Keys() {
		value := said[k.Path][0]
		if value != "" {
			value = "`" + value + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", k.Path, k.Kind, cell(value), cell(said[k.Path][1]))
	}
	return b.String(), nil
}

// remarks collects the value and the comment of each key, the first of a list's.
func remarks(path string, n *yaml.Node, said map[string][2]string) {
	switch n.Kind {
	case yaml.SequenceNode:
		for _, child := range n.Content {
			remarks(path+"[]", child, said)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			at := strings.TrimPrefix(path+"."+key.Value, ".")
			if _, known := said[at]; !known && value.Kind == yaml.ScalarNode {
				said[at] = [2]string{value.Value, strings.TrimSpace(strings.TrimLeft(cmp.Or(value.LineComment, key.LineComment), "# "))}
			}
			remarks(at, value, said)
		}
	}
}

// eventPage lists what is published.
func eventPage() (string, error) {
	files, err := fs.Glob(events.FS, "out/*.json")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("# Published events\n\n" + generated + "CloudEvents 1.0, on the bus and as signed webhooks (Standard Webhooks). The schemas are in `events/out/`.\n\n| type | when | data |\n|---|---|---|\n")
	for _, name := range files {
		raw, err := events.FS.ReadFile(name)
		if err != nil {
			return "", err
		}
		var schema struct {
			Title       string `json:"title"`
			Description string `json:"description"`
			Properties  struct {
				Data struct {
					Properties map[string]json.RawMessage `json:"properties"`
				} `json:"data"`
			} `json:"properties"`
		}
		if err := json.Unmarshal(raw, &schema); err != nil {
			return "", fmt.Errorf("read %s: %w", name, err)
		}
		when, _, _ := strings.Cut(schema.Description, " A CloudEvent")
		fmt.Fprintf(&b, "| `%s` | %s | `%s` |\n", schema.Title, cell(when), strings.Join(slices.Sorted(maps.Keys(schema.Properties.Data.Properties)), "` `"))
	}
	return b.String(), nil
}

// errorPage has a part for every code; duly explain prints the same.
func errorPage() string {
	var b strings.Builder
	b.WriteString("# Error codes\n\n" + generated + "Every message ends with its code; over HTTP it is the field `code` of the problem (RFC 9457). `duly explain CODE` prints the same in a terminal.\n")
	for _, code := range fault.Codes() {
		m, p := code.Meaning(), pages[code]
		again := "no"
		if m.Retry {
			again = "yes"
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n- **Usual cause**: %s\n- **What to do**: %s\n- **HTTP status**: %d. **Worth repeating unchanged**: %s.\n", code, m.Text, p.Cause, p.Do, m.Status, again)
	}
	return b.String()
}
