package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duly/shared/boot/config"
)

// written is a policy file with a change.
func written(t *testing.T, change ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "duly.yaml")
	if err := os.WriteFile(path, []byte(strings.NewReplacer(change...).Replace(string(config.Demo()))), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPolicyCheck is check 26 of ux.md: file, line and column, what, what to
// write, the code; two mistakes are both told; exit 3.
func TestPolicyCheck(t *testing.T) {
	if code, out, problems := run("policy", "check"); code != 0 || !strings.Contains(out, "is right: version 2026-01") {
		t.Errorf("%d %s %s", code, out, problems)
	}
	bad := written(t, "default_days: 30 ", "default_days: thirty ", `auto_approve: "2500.00"`, `auto_approve: "much"`)
	code, _, problems := run("policy", "check", bad)
	at := func(key string) string {
		before, _, _ := strings.Cut(string(config.Demo()), key)
		return fmt.Sprintf("%s:%d:17: ", bad, strings.Count(before, "\n")+1)
	}
	want := at("default_days:") + `terms.default_days is "thirty"; write a whole number from 0 to 120, e.g. 30 [DULY-1003]` + "\n" +
		at("auto_approve:") + `credit.auto_approve is "much"; write an amount that is not below zero, e.g. "2500.00" [DULY-1003]` + "\n"
	if code != exitConfig || problems != want {
		t.Errorf("%d\n%s\nwant\n%s", code, problems, want)
	}
	if code, _, problems := run("policy", "check", filepath.Join(t.TempDir(), "none.yaml")); code != exitConfig || strings.Count(problems, "\n") != 1 {
		t.Errorf("%d %s", code, problems)
	}
}

func TestPolicyReplayAndExplain(t *testing.T) {
	dir := stopped(t)
	for _, line := range []string{"KOFFIE-1000=2", "KOFFIE-1000=9"} {
		if code, out, problems := run("trigger", "shop.order", "--state", dir, "--customer", "acme", "--line", line); code != 0 {
			t.Fatalf("%d %s %s", code, out, problems)
		}
	}
	code, out, problems := run("policy", "replay", "--state", dir)
	if code != 0 || !strings.Contains(out, "2 decisions under version 2026-01") || !strings.Contains(out, "2 the very same, 0 the same for other reasons, 0 otherwise") || !strings.Contains(problems, "2 decisions, back to 2026-01-05") {
		t.Errorf("%d %s %s", code, out, problems)
	}
	strict := written(t, `auto_approve: "2500.00"`, `auto_approve: "1.00"`)
	if code, out, _ := run("policy", "replay", "--state", dir, "--policy", strict, "--from", "2026-01-05", "--to", "2026-01-05"); code != 0 || !strings.Contains(out, "refer instead of approve (Orders above 1.00 EUR are decided by a person); not paid yet") {
		t.Errorf("%d %s", code, out)
	}
	if code, out, _ := run("policy", "replay", "--state", dir, "--to", "2026-01-04"); code != 0 || !strings.Contains(out, "0 decisions") {
		t.Errorf("%d %s", code, out)
	}
	if code, _, problems := run("policy", "replay", "--state", dir, "--from", "monday"); code != exitConfig || !strings.Contains(problems, "--from monday is no date") {
		t.Errorf("%d %s", code, problems)
	}
	code, out, problems = run("explain", "order", "SO-1001", "--state", dir)
	for _, want := range []string{"SO-1001 of Acme BV", "said approve:", "within_limit", "limit = 10000.00 EUR", "It knew: 0.00 EUR open", "order 1 of a customer since 2026-01-05, through demo-shopify", "It came to approved by policy"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%d lacks %q: %s %s", code, want, out, problems)
		}
	}
	if code, _, _ := run("explain", "order", "SO-77", "--state", dir); code != exitFailed {
		t.Errorf("an order that is not there: %d", code)
	}
}
