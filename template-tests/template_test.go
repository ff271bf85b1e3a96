// Package templatetests owns what the synthesized stack must mean: who may do what, what wakes what, what is kept and
// what raises an alarm. It reads the template as CloudFormation will, not the code that made it, so that a construct
// which does more than it was asked is seen. It does not count resources.
package templatetests

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/jsii-runtime-go"

	"duly/functions"
	"duly/infra/stack"
)

func TestMain(m *testing.M) {
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

// template is one synthesized stack, with references spelled out: the table is "Table", its ARN "Table.Arn".
type template struct {
	Parameters map[string]map[string]any
	Rules      map[string]any
	Resources  map[string]resource
	Outputs    map[string]any

	raw []byte
}

type resource struct {
	Type                string
	Properties          map[string]any
	Metadata            map[string]any
	Condition           string
	DeletionPolicy      string
	UpdateReplacePolicy string

	logicalID string
}

// prod is the template of a fresh clone, unbuilt; made once.
var prod = sync.OnceValue(func() template { return synth(functions.StageLive, "no-such-folder") })

func synth(stage, build string) template {
	app := stack.NewApp()
	stack.New(app, stack.Props{Stage: stage, Build: build})
	out := *app.Synth(nil).Directory() // a fresh one, as CDK_OUTDIR is not set
	defer func() { must(os.RemoveAll(out)) }()
	raw, err := os.ReadFile(filepath.Join(out, "duly-"+stage+".template.json"))
	must(err)
	return parse(raw)
}

// built makes a folder as make build leaves it, with stand-ins for the programs.
func built(t *testing.T) string {
	root := t.TempDir()
	for _, f := range functions.All() {
		must(os.MkdirAll(filepath.Join(root, f.Name), 0o755))
		must(os.WriteFile(filepath.Join(root, f.Name, "bootstrap"), []byte(f.Name), 0o755))
	}
	return root
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// parse reads a template and names every resource by its construct, without CDK's hash.
func parse(raw []byte) template {
	var t template
	must(json.Unmarshal(raw, &t))
	t.raw = raw
	named := map[string]resource{}
	for id, r := range t.Resources {
		r.logicalID = id
		r.Properties, _ = flat(r.Properties).(map[string]any)
		named[plain(id)] = r
	}
	if len(named) != len(t.Resources) {
		panic("two resources have the same name without their hash")
	}
	t.Resources = named
	return t
}

var hash = regexp.MustCompile(`[0-9A-F]{8}$`)

func plain(logicalID string) string { return hash.ReplaceAllString(logicalID, "") }

// flat replaces intrinsic functions by text: {"Ref": "Table1234"} is "Table", Fn::GetAtt "Table.Arn", Fn::Join its
// parts in a row, Fn::If "HasDomain ? a : b".
func flat(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = flat(v[i])
		}
		return out
	case map[string]any:
		if len(v) == 1 {
			for name, argument := range v {
				if text, ok := intrinsic(name, argument); ok {
					return text
				}
			}
		}
		out := map[string]any{}
		for k := range v {
			out[k] = flat(v[k])
		}
		return out
	}
	return v
}

func intrinsic(name string, argument any) (string, bool) {
	switch name {
	case "Ref":
		return plain(argument.(string)), true
	case "Fn::GetAtt":
		parts := argument.([]any)
		return plain(parts[0].(string)) + "." + parts[1].(string), true
	case "Fn::Join":
		parts := argument.([]any)
		return strings.Join(texts(flat(parts[1])), parts[0].(string)), true
	case "Fn::Sub":
		return fmt.Sprint(argument), true
	case "Fn::If":
		parts := argument.([]any)
		return fmt.Sprintf("%s ? %v : %v", parts[0], flat(parts[1]), flat(parts[2])), true
	}
	return "", false
}

// texts reads what CloudFormation lets be one string or a list of them.
func texts(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, one := range v {
			out = append(out, fmt.Sprint(one))
		}
		return out
	}
	panic(fmt.Sprintf("not text: %v", v))
}

// at walks into nested properties; "" or an index are not needed, lists are read with list.
func at(v any, path ...string) any {
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

func list(v any) []map[string]any {
	var out []map[string]any
	all, _ := v.([]any)
	for _, one := range all {
		m, _ := one.(map[string]any)
		out = append(out, m)
	}
	return out
}

func (r resource) at(path ...string) any { return at(r.Properties, path...) }

func (r resource) text(path ...string) string {
	s, _ := r.at(path...).(string)
	return s
}

// of lists the resources of a type by name, sorted.
func (t template) of(kind string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(t.Resources)) {
		if t.Resources[name].Type == kind {
			out = append(out, name)
		}
	}
	return out
}

// pascal is how a function of the manifest is named in the template.
func pascal(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "-") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// statement is one permission.
type statement struct {
	sid       string
	effect    string
	actions   []string
	resources []string
	principal any
	condition any
}

// statements reads a policy document.
func statements(document any) []statement {
	var out []statement
	for _, s := range list(at(document, "Statement")) {
		sid, _ := s["Sid"].(string)
		out = append(out, statement{
			sid: sid, effect: s["Effect"].(string), principal: s["Principal"], condition: s["Condition"],
			actions: texts(s["Action"]), resources: texts(s["Resource"]),
		})
	}
	return out
}

// grants lists everything that a role may do.
func (t template) grants(role string) []statement {
	var out []statement
	for _, p := range list(t.Resources[role].at("Policies")) {
		out = append(out, statements(p["PolicyDocument"])...)
	}
	return out
}

// only is the actions that a function's role may do on the resources that match.
func (t template) allowed(function string, service string) map[string][]string {
	out := map[string][]string{}
	for _, s := range t.grants(pascal(function) + "Role") {
		for _, action := range s.actions {
			if name, ok := strings.CutPrefix(action, service+":"); ok {
				for _, r := range s.resources {
					out[r] = append(out[r], name)
				}
			}
		}
	}
	for r := range out {
		slices.Sort(out[r])
	}
	return out
}
