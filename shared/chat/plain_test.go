package chat

import (
	"slices"
	"strings"
	"testing"
)

// TestSimplerForms: a workspace that knows no charts gets the table, one that knows no table the text; what it refused once
// is not sent to it again.
func TestSimplerForms(t *testing.T) {
	for _, tt := range []struct {
		refused    []string
		has, lacks []string
	}{
		{nil, []string{"data_visualization", "data_table"}, nil},
		{[]string{"data_visualization"}, []string{"data_table", "▇", "€7,000.00 received\\n", "€7,500.00 received, €9,100.00 forecast"}, []string{"data_visualization"}},
		{[]string{"data_visualization", "data_table"}, []string{"These owe the most", "▇"}, []string{"data_visualization", "data_table"}},
	} {
		s, client, _ := workspace(t, NewVoice(policy("en")))
		s.RefuseBlocks(tt.refused...)
		for range 2 {
			if _, err := client.Post(t.Context(), "C01", sampleWeek("Acme BV")); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range s.Messages() {
			for _, want := range tt.has {
				if !strings.Contains(string(m.Blocks), want) {
					t.Errorf("without %v the message lacks %q: %s", tt.refused, want, m.Blocks)
				}
			}
			if i := slices.IndexFunc(tt.lacks, func(kind string) bool { return strings.Contains(string(m.Blocks), kind) }); i >= 0 || m.Text == "" {
				t.Errorf("without %v the message has them, or no sentence: %s", tt.refused, m.Blocks)
			}
		}
		if got, want := int(client.plainness.Load()), len(tt.refused); got != want {
			t.Errorf("without %v the workspace is taken to need form %d, want %d", tt.refused, got, want)
		}
		if v := s.Violations(); len(v) > 0 {
			t.Errorf("Slack refuses %v", v)
		}
	}
}
