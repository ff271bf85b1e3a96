package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// doctorVerb looks at what this machine has.
type doctorVerb struct {
	Port  int    `default:"8700" env:"PORT" help:"Port that the demo would take."`
	State string `default:".duly" env:"STATE" help:"Folder that would keep the state."`
	JSON  bool   `help:"Print the findings as JSON."`
}

// finding is one thing that was looked at.
type finding struct {
	Name     string `json:"name"`
	OK       bool   `json:"ok"`
	Found    string `json:"found"`
	Required bool   `json:"required"`
	Fix      string `json:"fix,omitempty"` // when it is not as it should be
}

// Run prints the findings; only what is required decides how it ends.
func (v *doctorVerb) Run(c *console) error {
	all := []finding{
		tool(c.ctx, "go", "1.26", true, "Install Go 1.26 or newer", "go", "version"),
		tool(c.ctx, "node", "20.0", false, "Install Node 20 or newer; CDK needs it: make synth, make test", "node", "--version"),
		tool(c.ctx, "make", "4.0", false, "Install GNU make", "make", "--version"),
		tool(c.ctx, "git", "2.0", false, "Install git", "git", "--version"),
		tool(c.ctx, "chromium", "100.0", false, "Install chromium; only the browser checks use it", "chromium", "--version"),
		v.port(), v.disk(), liveKey(),
	}
	if v.JSON {
		enc := json.NewEncoder(c.out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(all); err != nil {
			return err
		}
	}
	missing := 0
	for _, f := range all {
		mark := map[bool]string{true: "ok", false: "MISSING"}[f.OK]
		if !f.OK && !f.Required {
			mark = "–"
		}
		if !f.OK && f.Required {
			missing++
		}
		if v.JSON {
			continue
		}
		fmt.Fprintf(c.out, "%-8s %-10s %s\n", mark, f.Name, f.Found)
		if !f.OK {
			fmt.Fprintf(c.out, "%19s %s\n", "", f.Fix)
		}
	}
	if missing > 0 {
		return fmt.Errorf("%d of what is required is missing", missing)
	}
	return nil
}

// versionPattern finds a version in what a tool says of itself.
var versionPattern = regexp.MustCompile(`(\d+)\.(\d+)(\.\d+)?`)

// tool asks a program for its version.
func tool(ctx context.Context, name, atLeast string, required bool, fix string, command ...string) finding {
	f := finding{Name: name, Required: required, Found: "not found", Fix: fix}
	asking, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	said, err := exec.CommandContext(asking, command[0], command[1:]...).Output() //nolint:gosec // the commands stand above
	if err != nil {
		return f
	}
	version := versionPattern.FindString(string(said))
	f.Found, f.OK = version+" (needs "+atLeast+")", newer(version, atLeast)
	return f
}

// newer compares major and minor.
func newer(version, atLeast string) bool {
	number := func(v string, i int) int {
		parts := strings.Split(v, ".")
		if i >= len(parts) {
			return 0
		}
		n, err := strconv.Atoi(parts[i])
		if err != nil {
			return -1
		}
		return n
	}
	if a, b := number(version, 0), number(atLeast, 0); a != b {
		return a > b
	}
	return number(version, 1) >= number(atLeast, 1)
}

func (v *doctorVerb) port() finding {
	f := finding{Name: "port", Found: fmt.Sprintf("%d is free", v.Port), OK: true}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(v.Port)))
	if err != nil {
		f.OK, f.Found, f.Fix = false, fmt.Sprintf("%d is taken", v.Port), fmt.Sprintf("Run: make demo PORT=%d", v.Port+1)
		return f
	}
	_ = listener.Close() // it was only tried
	return f
}

// disk tries to make a durable write where the state would be.
func (v *doctorVerb) disk() finding {
	f := finding{Name: "disk", Required: true, Fix: "Choose another folder with STATE="}
	dir := filepath.Dir(filepath.Clean(v.State))
	file, err := os.CreateTemp(dir, ".duly-doctor-*")
	if err != nil {
		f.Found = dir + " cannot be written"
		return f
	}
	began := time.Now()
	_, err = file.WriteString("x")
	err = errors.Join(err, file.Sync(), file.Close(), os.Remove(file.Name()))
	f.OK, f.Found = err == nil, fmt.Sprintf("a durable write takes %.1f ms", float64(time.Since(began).Microseconds())/1000)
	return f
}

// liveKey looks for a key that the demo refuses.
func liveKey() finding {
	f := finding{Name: "stripe", Required: true, OK: true, Found: "no live key in the environment", Fix: "Unset STRIPE_SECRET_KEY"}
	if key := os.Getenv("STRIPE_SECRET_KEY"); strings.HasPrefix(key, "sk_live_") || strings.HasPrefix(key, "rk_live_") {
		f.OK, f.Found = false, "STRIPE_SECRET_KEY holds a live key"
	}
	return f
}
