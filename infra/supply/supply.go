// Package supply owns what the product is made of: the bill of materials of its
// programs, as the programs themselves say it. It does not judge the parts.
package supply

import (
	"cmp"
	"debug/buildinfo"
	"fmt"
	"io"
	"runtime/debug"
	"slices"

	"encoding/json"
)

// Component is a module that a program holds (CycloneDX 1.6, component).
type Component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	PURL       string     `json:"purl"`
	Properties []Property `json:"properties,omitempty"`
}

// Property is a fact beside the standard ones.
type Property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Bill is a bill of materials (CycloneDX 1.6).
type Bill struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Version    int         `json:"version"`
	Metadata   Metadata    `json:"metadata"`
	Components []Component `json:"components"`
}

// Metadata says what the bill is of.
type Metadata struct {
	Component Component `json:"component"`
}

// Of reads which modules were linked into programs, each once, by name. The
// standard library is one of them, under the version of Go.
func Of(programs ...string) (Bill, error) {
	b := Bill{Format: "CycloneDX", Spec: "1.6", Version: 1, Components: []Component{}}
	for _, file := range programs {
		info, err := buildinfo.ReadFile(file)
		if err != nil {
			return b, fmt.Errorf("%s says nothing of what it is made of — %w — build it with make build", file, err)
		}
		b.Metadata.Component = component("application", debug.Module{Path: info.Main.Path, Version: info.Main.Version})
		b.add(debug.Module{Path: "stdlib", Version: info.GoVersion})
		for _, m := range info.Deps {
			if m.Replace != nil {
				m = m.Replace
			}
			b.add(*m)
		}
	}
	slices.SortFunc(b.Components, func(x, y Component) int { return cmp.Compare(x.Ref, y.Ref) })
	return b, nil
}

func (b *Bill) add(m debug.Module) {
	c := component("library", m)
	if !slices.ContainsFunc(b.Components, func(known Component) bool { return known.Ref == c.Ref }) {
		b.Components = append(b.Components, c)
	}
}

func component(kind string, m debug.Module) Component {
	purl := "pkg:golang/" + m.Path + "@" + m.Version
	c := Component{Type: kind, Ref: purl, Name: m.Path, Version: m.Version, PURL: purl}
	if m.Sum != "" {
		c.Properties = []Property{{Name: "go:sum", Value: m.Sum}}
	}
	return c
}

// Write writes the bill; the same programs give the same bytes.
func (b Bill) Write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(b)
}
