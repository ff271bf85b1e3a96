package config

import (
	"bytes"
	"strings"
	"testing"
)

func TestDemoPolicyIsRight(t *testing.T) {
	p, err := Load(Demo())
	if err != nil {
		t.Fatal(err)
	}
	if p.Seller.IBAN == "" || p.TermsDays != 30 || len(p.Ladder.Steps) != 3 || p.Credit.DefaultLimit.Minor != 1_000_000 {
		t.Errorf("read %+v", p)
	}
}

func TestMistakesNameLineAndColumnAndComeTogether(t *testing.T) {
	raw := bytes.Replace(Demo(), []byte("default_days: 30 "), []byte("default_days: thirty "), 1)
	raw = bytes.Replace(raw, []byte(`auto_approve: "2500.00"`), []byte(`auto_approve: "much"`), 1)
	_, err := Load(raw)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{`duly.yaml:24:17: terms.default_days is "thirty"; write a whole number from 0 to 120`, `credit.auto_approve is "much"`, "DULY-1003"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
}

func TestUnknownKeyIsRefused(t *testing.T) {
	if _, err := Load(append(Demo(), []byte("\nsurprise: 1\n")...)); err == nil || !strings.Contains(err.Error(), "surprise") {
		t.Errorf("got %v", err)
	}
}
