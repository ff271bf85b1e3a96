package sim

import "testing"

// TestFC_52_OldAndNewCodeWorkTogether: a release that stores invoices under another version comes in the middle of the run,
// with every fault. Each release reads what the other wrote, and the end is as sound as ever.
func TestFC_52_OldAndNewCodeWorkTogether(t *testing.T) {
	var all Result
	for _, r := range runAll(t, 6, func(seed int) Options { return Options{Seed: uint64(5200 + seed), Orders: 16, Days: 45, Deploy: true} }) {
		for _, b := range r.Broken {
			t.Errorf("seed %d: %s", r.Seed, b)
		}
		all.Lifted += r.Lifted
		all.Booted[0] += r.Booted[0]
		all.Booted[1] += r.Booted[1]
	}
	if all.Lifted == 0 || all.Booted[0] == 0 || all.Booted[1] == 0 {
		t.Errorf("they never met: %d records lifted, %v booted", all.Lifted, all.Booted)
	}
	t.Logf("%d records of the old release lifted, %d old and %d new environments while both worked", all.Lifted, all.Booted[0], all.Booted[1])
}
