package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"duly/infra/local/demo"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// doctorVerb looks at what this machine has, or at a deployment.
type doctorVerb struct {
	Port  int    `default:"8700" env:"PORT" help:"Port that the demo would take."`
	State string `default:".duly" env:"STATE" help:"Folder that would keep the state."`
	Stage string `placeholder:"prod" help:"Look at the deployment of that stage instead: each thing it lives by, when it went well last, and what to do."`
	File  string `help:"With --stage: another policy than the one that is deployed." placeholder:"duly.yaml"`
	JSON  bool   `help:"Print the findings as JSON."`
}

// finding is one thing that was looked at.
type finding struct {
	Name     string    `json:"name"`
	OK       bool      `json:"ok"`
	Found    string    `json:"found"`
	Required bool      `json:"required"`
	Last     time.Time `json:"last,omitzero"` // when it went well last, of what a deployment lives by
	Fix      string    `json:"fix,omitempty"` // when it is not as it should be
}

// Run prints the findings; only what is required decides how it ends.
func (v *doctorVerb) Run(c *console) error {
	all, err := v.look(c)
	if err != nil {
		return err
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
		fmt.Fprintf(c.out, "%-8s %-28s %s\n", mark, f.Name, f.Found)
		if !f.OK {
			fmt.Fprintf(c.out, "%37s %s\n", "→", f.Fix)
		}
	}
	switch {
	case missing > 0 && v.Stage != "":
		return fmt.Errorf("%d of what %s lives by is not well — see → above", missing, v.Stage)
	case missing > 0:
		return fmt.Errorf("%d of what is required is missing", missing)
	}
	return nil
}

// look is everything that was looked at: a deployment, or this machine and the demo that runs on it.
func (v *doctorVerb) look(c *console) ([]finding, error) {
	if v.Stage != "" {
		return v.deployment(c)
	}
	all := []finding{
		tool(c.ctx, "go", "1.26", true, "Install Go 1.26 or newer", "go", "version"),
		tool(c.ctx, "node", "20.0", false, "Install Node 20 or newer; CDK needs it: make synth, make test", "node", "--version"),
		tool(c.ctx, "make", "4.0", false, "Install GNU make", "make", "--version"),
		tool(c.ctx, "git", "2.0", false, "Install git", "git", "--version"),
		tool(c.ctx, "chromium", "100.0", false, "Install chromium; only the browser checks use it", "chromium", "--version"),
		v.port(), v.disk(), liveKey(),
	}
	if _, err := demo.ReadInfo(v.State); err != nil { // no demo runs on it
		return all, nil
	}
	d, err := demo.Attach(c.ctx, v.State, 0, c.log)
	if err != nil || !d.Running() {
		return all, err
	}
	var pulses []o2c.Pulse
	err = d.Do(c.ctx, http.MethodGet, "/demo/health", nil, &pulses)
	return append(all, felt(pulses, false)...), errors.Join(err, d.Close())
}

// felt are pulses as findings.
func felt(pulses []o2c.Pulse, required bool) []finding {
	var all []finding
	for _, p := range pulses {
		all = append(all, finding{Name: p.Name, OK: p.OK, Found: p.Found, Required: required, Last: p.Last, Fix: p.Fix})
	}
	return all
}

// deployment goes through the go-live list past what is wrong, then feels the pulse in the table.
func (v *doctorVerb) deployment(c *console) ([]finding, error) {
	var all []finding
	for _, f := range goLiveSite(v.Stage, v.File).Look(c.ctx) {
		one := finding{Name: f.Name, OK: f.Err == nil, Found: f.Found, Required: true}
		var said *fault.Error
		if errors.As(f.Err, &said) {
			one.Found, one.Fix = said.What+" — "+said.Why, said.Do
		} else if f.Err != nil {
			one.Found, one.Fix = f.Err.Error(), "look at the network, then: duly doctor --stage "+v.Stage
		}
		all = append(all, one)
	}
	at, err := reach(c.ctx, v.Stage)
	if err != nil { // it stands in the list
		return all, nil
	}
	pulses, err := at.cycle.Health(c.ctx, time.Now())
	if err != nil {
		return append(all, finding{Name: "the table", Required: true, Found: fault.Of(err).Error(), Fix: "check the rights of the credentials"}), nil
	}
	return append(all, felt(pulses, true)...), nil
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
