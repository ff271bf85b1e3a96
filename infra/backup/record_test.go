package backup

import "testing"

// TestTrainingIsNoRecord: what somebody exercised on does not leave with the house's records.
func TestTrainingIsNoRecord(t *testing.T) {
	for line, want := range map[string]string{
		`{"pk":{"S":"order#o_1"},"sk":{"S":"doc"},"kind":{"S":"order"},"body":{"S":"{}"}}`:                                 "order {}",
		`{"pk":{"S":"apart#U1.1"},"sk":{"S":"order#o_1\u001fdoc"},"kind":{"S":"apart"},"body":{"S":"{}"}}`:                 " ",
		`{"pk":{"S":"apart#U1.1"},"sk":{"S":"effect#e_1\u001fdoc"},"kind":{"S":"effect"},"body":{"S":"{\"does\":\"x\"}"}}`: " ",
	} {
		if kind, body, err := record([]byte(line)); err != nil || kind+" "+body != want {
			t.Errorf("%s is the record %q %q, %v", line, kind, body, err)
		}
	}
}
