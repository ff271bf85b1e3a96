package config

import (
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"duly/functions"
	"duly/shared/o2c/fault"
)

// EnvPrefix begins the variables that prevail over duly.yaml and over what is set
// in Slack: DULY_YAML_ROOM_WEEKLY_CHARTS is room.weekly_charts.
const EnvPrefix = functions.EnvPolicy

// Variable is the environment's name of a key; "" where a key is an entry of a
// list or has a name of the house's own.
func Variable(key string) string {
	if strings.ContainsAny(key, "[*") {
		return ""
	}
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// Overlay puts what the environment ("NAME=value" each) says in the place of what
// the file says, and tells which keys those are. The functions do without the
// text between: load.
func Overlay(raw []byte, environ []string) (merged []byte, set []string, err error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return raw, nil, nil //nolint:nilerr // Load says what is wrong with the file
	}
	if set, err = overlay(&doc, environ); err != nil || len(set) == 0 {
		return raw, nil, err
	}
	merged, err = yaml.Marshal(&doc)
	return merged, set, err
}

func overlay(doc *yaml.Node, environ []string) (set []string, err error) {
	said := map[string]string{}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && strings.HasPrefix(name, EnvPrefix) {
			said[name] = value
		}
	}
	if len(said) == 0 || len(doc.Content) == 0 {
		return nil, nil
	}
	var names []string
	for _, k := range Keys() {
		name := Variable(k.Path)
		if name == "" {
			continue
		}
		names = append(names, name)
		if value, ok := said[name]; ok {
			put(doc.Content[0], strings.Split(k.Path, "."), value)
			set = append(set, k.Path)
			delete(said, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(said)) {
		return nil, fault.New(fault.Config, name+" is no key of "+FileName, instead(name, names), "unset it, or correct its name")
	}
	return set, nil
}

// put writes a value at a path of names, with the sections that it lacks.
func put(at *yaml.Node, path []string, value string) {
	next := child(at, path[0])
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
