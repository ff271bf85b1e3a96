package portal

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"duly/functions"
)

// TestRoutesAreTheManifests: a page that the gateway does not bring here would be answered by the team's pages instead.
func TestRoutesAreTheManifests(t *testing.T) {
	source, err := os.ReadFile("portal.go")
	if err != nil {
		t.Fatal(err)
	}
	var served, brought []string
	for _, m := range regexp.MustCompile(`HandleFunc\("([A-Z]+ /[^"]+)"`).FindAllSubmatch(source, -1) {
		served = append(served, string(m[1]))
	}
	for _, f := range functions.All() {
		if f.Name == "portal" {
			for _, r := range f.Routes {
				brought = append(brought, r.Method+" "+r.Path)
			}
		}
	}
	slices.Sort(served)
	slices.Sort(brought)
	if len(served) == 0 || !slices.Equal(served, brought) {
		t.Errorf("served\n%q\nbrought by the gateway\n%q", served, brought)
	}
}
