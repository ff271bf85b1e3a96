package dulyfile

import (
	"strings"
	"testing"

	"duly/shared/boot/config"
)

// TestTheEnvironmentPrevails: what it says stands in the place of what the file says, sections that the file lacks too;
// what is no key, or no value of one, is refused as in the file.
func TestTheEnvironmentPrevails(t *testing.T) {
	raw, set, err := Overlay(config.Demo(), []string{"HOME=/", "DULY_YAML_TERMS_DEFAULT_DAYS=14", "DULY_YAML_CREDIT_NEW_CUSTOMERS_ORDERS=3", "DULY_YAML_CREDIT_NEW_CUSTOMERS_AUTO_APPROVE=100.00", "DULY_YAML_CREDIT_AUTO_APPROVE=1000.00"})
	if err != nil || strings.Join(set, " ") != "terms.default_days credit.auto_approve credit.new_customers.orders credit.new_customers.auto_approve" {
		t.Fatalf("%v %v", set, err)
	}
	p, err := Load(raw)
	if err != nil || p.TermsDays != 14 || p.Credit.AutoApprove.Minor != 100_000 {
		t.Errorf("%v: %d days, %s", err, p.TermsDays, p.Credit.AutoApprove)
	}
	if _, _, err := Overlay(config.Demo(), []string{"DULY_YAML_TERMS_DEFAULTDAYS=14"}); err == nil || !strings.Contains(err.Error(), "did you mean DULY_YAML_TERMS_DEFAULT_DAYS?") {
		t.Errorf("no key: %v", err)
	}
	raw, _, err = Overlay(config.Demo(), []string{"DULY_YAML_TERMS_DEFAULT_DAYS=thirty"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Load(raw); err == nil || !strings.Contains(err.Error(), `terms.default_days is "thirty"`) {
		t.Errorf("no value: %v", err)
	}
	if same, set, err := Overlay(config.Demo(), []string{"HOME=/"}); err != nil || set != nil || string(same) != string(config.Demo()) {
		t.Error("an environment that says nothing changed the file")
	}
}
