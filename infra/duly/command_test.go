package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"duly/infra/local"
	"duly/shared/o2c/fault"
)

// run executes a command line.
func run(args ...string) (code int, out, problems string) {
	var o, p bytes.Buffer
	code = execute(context.Background(), args, &o, &p)
	return code, o.String(), p.String()
}

// TestACommandTellsWhatTheLogWould: nobody at a terminal has the log that a defect points to; keys stay out of it.
func TestACommandTellsWhatTheLogWould(t *testing.T) {
	err := fault.New(fault.Internal, "The change cannot be committed", "the table refuses it", "look at the cause in the log").Because(errors.New("ValidationException: xoxb-123456789012-abcdef is too long"))
	const want = "The change cannot be committed — the table refuses it: ValidationException: [secret] is too long — a defect of ours: report this line; what it was about is as it was before"
	if got := sentence(err); !strings.HasPrefix(got, want) {
		t.Errorf("got %q", got)
	}
}

// stopped is a state on which no demo runs.
func stopped(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "state")
	r, err := local.Open(local.Options{Dir: dir, BaseURL: "http://127.0.0.1:8700", Seed: 42, Start: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestVerbsWorkOnAStoppedState(t *testing.T) {
	dir := stopped(t)
	if code, out, problems := run("clock", "+3d", "--state", dir); code != 0 || !strings.HasPrefix(out, "2026-01-08T08:0") {
		t.Errorf("clock: %d %s %s", code, out, problems)
	}
	if code, out, problems := run("trigger", "shop.order", "--state", dir, "--customer", "acme", "--line", "ESPRESSO-2=4"); code != 0 || !strings.Contains(out, `"status": 200`) {
		t.Errorf("trigger shop.order: %d %s %s", code, out, problems)
	}
	if code, out, problems := run("trigger", "slack.press", "--state", dir, "--number", "SO-1001"); code != 0 {
		t.Errorf("trigger slack.press: %d %s %s", code, out, problems)
	}
	if code, out, problems := run("trigger", "shop.ship", "--state", dir, "--number", "SO-1001"); code != 0 {
		t.Errorf("trigger shop.ship: %d %s %s", code, out, problems)
	}
	code, out, problems := run("verify", "--state", dir, "--json")
	var found report
	if err := json.Unmarshal([]byte(out), &found); code != 0 || err != nil || !found.OK || len(found.Checks) < 8 {
		t.Errorf("verify: %d %s %s", code, out, problems)
	}
	if found.Checks[0].Checked == 0 {
		t.Errorf("nothing was booked: %s", out)
	}
}

// TestQuotesByCommand: drafted, sent and shown, and refused with the way out.
func TestQuotesByCommand(t *testing.T) {
	dir := stopped(t)
	if code, _, problems := run("trigger", "shop.order", "--state", dir, "--customer", "acme", "--line", "ESPRESSO-2=1"); code != 0 {
		t.Fatal(problems)
	}
	code, out, problems := run("quote", "new", "--state", dir, "--customer", "acme", "--line", "2 x Oak table @ 450,00 21%", "--line", "1 x Delivery @ 45,00 9%", "--send")
	if code != 0 || !strings.Contains(out, "Q2026-0001  sent") || !strings.Contains(out, "€1,138.05") || !strings.Contains(out, "credit: approved") {
		t.Errorf("quote new: %d %s %s", code, out, problems)
	}
	if code, out, _ := run("quote", "list", "--state", dir, "--status", "sent"); code != 0 || !strings.HasPrefix(out, "Q2026-0001") {
		t.Errorf("quote list: %d %s", code, out)
	}
	if code, out, _ := run("quote", "show", "Q2026-0001", "--state", dir); code != 0 || !strings.Contains(out, "http://127.0.0.1:8700/q/") {
		t.Errorf("quote show: %d %s", code, out)
	}
	for problem, args := range map[string][]string{
		"write it like 12 x FLOUR-25":        {"--customer", "acme", "--line", "tables"},
		"There is no customer nobody":        {"--customer", "nobody", "--line", "1 x Table @ 450"},
		"businesses agree on at most 60 day": {"--customer", "acme", "--line", "1 x Table @ 450", "--terms", "90", "--send"},
	} {
		if code, _, said := run(append([]string{"quote", "new", "--state", dir}, args...)...); code == 0 || !strings.Contains(said, problem) {
			t.Errorf("%v: %d %s", args, code, said)
		}
	}
}

func TestAStateThatIsOpenElsewhereIsOneSentence(t *testing.T) {
	dir := stopped(t)
	r, err := local.Open(local.Options{Dir: dir, BaseURL: "http://127.0.0.1:8700", Seed: 42})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	code, _, problems := run("verify", "--state", dir)
	if code != exitUnreachable || !strings.Contains(problems, "[DULY-1202]") || strings.Count(problems, "\n") != 1 {
		t.Errorf("%d %s", code, problems)
	}
}

func TestFailuresSayWhatToDoAndHowTheyEnd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	port := listener.Addr().(*net.TCPAddr).Port
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no such verb", []string{"dance"}, exitUsage, "dance"},
		{"no state", []string{"clock", "--state", filepath.Join(t.TempDir(), "none")}, exitFailed, "run: make demo STATE="},
		{"no date", []string{"demo", "--state", t.TempDir(), "--start", "monday"}, exitUsage, "write it as 2026-01-05"},
		{"no port", []string{"demo", "--state", t.TempDir(), "--port", "99999"}, exitUsage, "--port 99999 is no port"},
		{"no span", []string{"clock", "--state", t.TempDir(), "banana"}, exitUsage, "banana"},
		{"port taken", []string{"demo", "--state", t.TempDir(), "--empty", "--port", strconv.Itoa(port)}, exitUnreachable, "is used by another program. Run: make demo PORT=" + strconv.Itoa(port+1) + " [DULY-1201]"},
		{"no code", []string{"explain", "DULY-9"}, exitFailed, "There is no code DULY-9"},
	} {
		code, _, problems := run(c.args...)
		if code != c.code || !strings.Contains(problems, c.want) {
			t.Errorf("%s: %d %s", c.name, code, problems)
		}
	}
	t.Setenv("STRIPE_SECRET_KEY", "sk_live_secret")
	if code, out, problems := run("demo", "--state", t.TempDir(), "--empty", "--port", "0"); code != exitConfig || strings.Contains(out+problems, "sk_live_secret") || !strings.Contains(problems, "[DULY-1302]") {
		t.Errorf("a live key: %d %s", code, problems)
	}
}

func TestEveryCodeIsExplained(t *testing.T) {
	_, table, _ := run("explain")
	for _, code := range fault.Codes() {
		exit, out, _ := run("explain", strings.ToLower(string(code)))
		if exit != 0 || len(out) < 40 || !strings.Contains(table, string(code)) {
			t.Errorf("%s: %d %s", code, exit, out)
		}
	}
}

// TestTheManifestOfTheSlackAppNamesAddressesOrNone: with Socket Mode Slack asks for none.
func TestTheManifestOfTheSlackAppNamesAddressesOrNone(t *testing.T) {
	_, out, _ := run("slack", "manifest", "--base-url", "https://duly.example/")
	for _, want := range []string{"https://duly.example/slack/events", "https://duly.example/slack/actions", "https://duly.example/slack/commands", `"socket_mode_enabled": false`, `"duly.example"`, "link_shared", "links:write"} {
		if !strings.Contains(out, want) {
			t.Errorf("%s is not in %s", want, out)
		}
	}
	if _, out, _ := run("slack", "manifest", "--socket"); strings.Contains(out, "url\"") || !strings.Contains(out, `"socket_mode_enabled": true`) || !json.Valid([]byte(out)) {
		t.Error(out)
	}
	if code, _, _ := run("slack", "manifest"); code != exitUsage {
		t.Error("a manifest without a way to reach Duly")
	}
}

func TestDoctorPrintsJSON(t *testing.T) {
	_, out, _ := run("doctor", "--json", "--state", filepath.Join(t.TempDir(), "state"), "--port", "0")
	var all []finding
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) < 6 || all[0].Name != "go" {
		t.Errorf("%v: %s", err, out)
	}
	if !newer("1.26.8", "1.26") || newer("1.25", "1.26") || !newer("22", "20.0") || newer("", "1.0") {
		t.Error("versions are compared wrongly")
	}
}

func TestEventIsSignedForTheState(t *testing.T) {
	dir := stopped(t)
	code, out, problems := run("event", "shopify.order", "--sign", "--state", dir, "--amount", "1240.00")
	head, body, found := strings.Cut(out, "\n\n")
	if code != 0 || !found || !strings.Contains(head, "X-Shopify-Hmac-Sha256: ") || !json.Valid([]byte(body)) {
		t.Errorf("%d %s %s", code, head, problems)
	}
}

// Asked what it does, a command says so and does nothing: deploy and uninstall too.
func TestHelpDoesNothingElse(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{{"--help"}, {"clock", "--help"}, {"deploy", "--help"}, {"deploy", "--uninstall", "--help"}, {"import", "--help"}, {"safe-mode", "--help"}, {"restore", "-h"}} {
		if code, out, problems := run(args...); code != 0 || problems != "" || !strings.HasPrefix(out, "Usage: duly") {
			t.Errorf("%v: %d %q %q", args, code, out, problems)
		}
	}
}
