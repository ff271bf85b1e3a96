package shop

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duly/events"
	"duly/shared/o2c/fault"
)

var update = flag.Bool("update", false, "write the golden files anew")

// topicOf is the topic under which a sample travels, by its file's name.
func topicOf(platform, file string) string {
	stem := strings.TrimSuffix(file, filepath.Ext(file))
	resource, event, _ := strings.Cut(stem, "-")
	event, _, _ = strings.Cut(event, "-")
	switch platform {
	case "shopify":
		return resource + "/" + event
	case "woocommerce":
		return resource + "." + event
	case "bigcommerce":
		if resource == "order" {
			return "store/order/updated"
		}
		return map[string]string{"product": "store/product/inventory/updated"}[resource]
	}
	return ""
}

// Every sample translates to what its golden file says; sample in, golden out.
func TestGolden(t *testing.T) {
	for _, platform := range []string{"shopify", "woocommerce", "bigcommerce", "generic"} {
		files, err := events.FS.ReadDir(platform)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if filepath.Ext(f.Name()) != ".json" {
				continue
			}
			t.Run(platform+"/"+f.Name(), func(t *testing.T) {
				body, err := events.FS.ReadFile(platform + "/" + f.Name())
				if err != nil {
					t.Fatal(err)
				}
				p, _ := Find(platform)
				m, err := p.Translate(topicOf(platform, f.Name()), body)
				got := any(m)
				if err != nil {
					got = map[string]any{"verb": m.Verb, "problem": fault.Of(err).Error()}
				}
				compare(t, filepath.Join("testdata", platform, f.Name()), got)
			})
		}
	}
}

func compare(t *testing.T, path string, got any) {
	t.Helper()
	out, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	out = append(out, '\n')
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, out, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out, want) {
		t.Errorf("%s differs:\n%s", path, out)
	}
}

// Every row of the table is what README's recipe asks for: a file of its own,
// samples in events/ and what becomes of them.
func TestEveryPlatformFollowsTheRecipe(t *testing.T) {
	for name, p := range platforms {
		if _, err := os.Stat(name + ".go"); err != nil || p.Translate == nil {
			t.Errorf("%s: %v", name, err)
		}
		said, err := events.FS.ReadDir(name)
		if err != nil {
			t.Errorf("%s has no samples: %v", name, err)
		}
		for _, f := range said {
			if _, err := os.Stat(filepath.Join("testdata", name, f.Name())); filepath.Ext(f.Name()) == ".json" && err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
