//go:build mutants

package mutants

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	seeds  = flag.Int("seeds", 100, "seeds in which a mutant must be found")
	orders = flag.Int("orders", 40, "how many customers order in each")
	only   = flag.String("only", "", "plant this one alone")
)

const root = "../../../.."

// found is the first invariant that broke, and the seed that showed it.
var found = regexp.MustCompile(`(?m)^\s+sim_test\.go:\d+: \S+ \S+ (.*)\n\s+go test \S+ -run Sim -seed (\d+)|^\s+fc_test\.go:\d+: (.*)`)

// TestTheSimulationFindsEveryMutant plants one after the other and wants the
// simulation to fail each time.
func TestTheSimulationFindsEveryMutant(t *testing.T) {
	var table strings.Builder
	for _, m := range All() {
		if *only != "" && *only != m.Name {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			out, err := simulate(t, overlay(t, m))
			var ended *exec.ExitError
			switch hit := found.FindStringSubmatch(out); {
			case hit != nil:
				fmt.Fprintf(&table, "killed    %-22s seed %-4s %s%s\n", m.Name, cmp.Or(hit[2], "-"), hit[1], hit[3])
			case err == nil:
				fmt.Fprintf(&table, "SURVIVED  %-22s %d seeds  (%s)\n", m.Name, *seeds, m.Harms)
				t.Errorf("%d seeds found nothing", *seeds)
			case errors.As(err, &ended):
				t.Fatalf("the simulation did not run: %s", out)
			default:
				t.Fatal(err)
			}
		})
	}
	t.Logf("\n%s", table.String())
}

// overlay writes the mutated file and the file that tells the compiler of it.
func overlay(t *testing.T, m Mutant) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, m.File))
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(code), m.Old); n != 1 {
		t.Fatalf("%s: what is to be replaced stands there %d times; write the mutant anew", m.File, n)
	}
	dir := t.TempDir()
	mutated, list := filepath.Join(dir, "mutated.go"), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(mutated, []byte(strings.Replace(string(code), m.Old, m.New, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(map[string]any{"Replace": map[string]string{path: mutated}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(list, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return list
}

func simulate(t *testing.T, list string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), "go", "test", "-overlay", list, "-count=1", "-timeout=30m", "./shared/testkit/sim", "-run=^TestSim$|^TestFC_41", "-first",
		fmt.Sprintf("-seeds=%d", *seeds), fmt.Sprintf("-orders=%d", *orders))
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return string(out), err
}
