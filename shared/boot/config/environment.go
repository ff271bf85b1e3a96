package config

import (
	"maps"
	"slices"
	"strings"

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

// Override is a value of the environment that prevails over the file's.
type Override struct{ Path, Value string }

// Said is what the environment ("NAME=value" each) says in the place of the file,
// in the order of its keys; a name that is no key is refused.
func Said(environ []string) ([]Override, error) {
	said := map[string]string{}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && strings.HasPrefix(name, EnvPrefix) {
			said[name] = value
		}
	}
	if len(said) == 0 {
		return nil, nil
	}
	var set []Override
	var names []string
	for _, k := range Keys() {
		name := Variable(k.Path)
		if name == "" {
			continue
		}
		names = append(names, name)
		if value, ok := said[name]; ok {
			set = append(set, Override{k.Path, value})
			delete(said, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(said)) {
		return nil, fault.New(fault.Config, name+" is no key of "+FileName, instead(name, names), "unset it, or correct its name")
	}
	return set, nil
}
