package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"duly/infra/local/demo"
	"duly/shared/o2c/fault"
)

// auditVerb reads the audit trail.
type auditVerb struct {
	target
	Kind string `arg:"" optional:"" placeholder:"invoice" help:"What kind of document: customer, order, invoice, receipt, credit, quote, …"`
	ID   string `arg:"" optional:"" placeholder:"2026-0001" help:"Its id, or the number of an order or an invoice."`
	Year int    `help:"Write every event of this year instead, one a line, with a hash over them at the end."`
	Out  string `help:"Where to; audit-YEAR.jsonl unless said."`
}

// trail is the API's answer.
type trail struct {
	Subject string `json:"subject"`
	Intact  bool   `json:"intact"`
	Items   []struct {
		Seq     int       `json:"seq"`
		Time    time.Time `json:"time"`
		Actor   string    `json:"actor"`
		Type    string    `json:"type"`
		Why     string    `json:"why"`
		Changes []struct {
			Field         string
			Before, After json.RawMessage
		} `json:"changes"`
		Intact bool `json:"intact"`
	} `json:"items"`
}

// Run prints one document's trail, or writes a year's.
func (v *auditVerb) Run(c *console) error {
	switch {
	case v.Year != 0:
		return v.export(c)
	case v.Kind == "" || v.ID == "":
		return fault.Bad("/id", "the document is not named", "write duly audit invoice 2026-0001, or duly audit --year 2026")
	}
	var found trail
	err := v.with(c, func(d *demo.Client) error {
		return d.Do(c.ctx, http.MethodGet, "/v1/audit/"+url.PathEscape(v.Kind)+"/"+url.PathEscape(v.ID), nil, &found)
	})
	if err != nil {
		return err
	}
	for _, l := range found.Items {
		fmt.Fprintf(c.out, "%3d  %s  %-24s %s", l.Seq, l.Time.Format(time.DateTime), l.Type, l.Actor)
		if l.Why != "" {
			fmt.Fprintf(c.out, "  “%s”", l.Why)
		}
		if !l.Intact {
			fmt.Fprint(c.out, "  BROKEN")
		}
		fmt.Fprintln(c.out)
		for _, ch := range l.Changes {
			fmt.Fprintf(c.out, "       %s: %s → %s\n", ch.Field, brief(ch.Before), brief(ch.After))
		}
	}
	if !found.Intact {
		return fmt.Errorf("the trail of %s is not what was written — see above — keep a copy of the state and run duly verify", found.Subject)
	}
	fmt.Fprintf(c.out, "%s: %d events, each as it was written\n", found.Subject, len(found.Items))
	return nil
}

// briefMax is how much of a value fits on a line.
const briefMax = 100

func brief(value json.RawMessage) string {
	s := string(value)
	if r := []rune(s); len(r) > briefMax {
		return string(r[:briefMax]) + "…"
	}
	return s
}

// export writes a year's events, newest first, and a last line that says how
// many they are and the hash of all lines before it.
func (v *auditVerb) export(c *console) (err error) {
	name := v.Out
	if name == "" {
		name = fmt.Sprintf("audit-%04d.jsonl", v.Year)
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out, sum, events := bufio.NewWriter(file), sha256.New(), 0
	lines := io.MultiWriter(out, sum)
	err = v.with(c, func(d *demo.Client) error {
		for after, more := "", true; more; more = after != "" {
			var page struct {
				Items []json.RawMessage `json:"items"`
				Next  string            `json:"next"`
			}
			path := fmt.Sprintf("/v1/events?limit=1000&from=%04d-01-01&to=%04d-12-31&after=%s", v.Year, v.Year, url.QueryEscape(after))
			if err := d.Do(c.ctx, http.MethodGet, path, nil, &page); err != nil {
				return err
			}
			for _, e := range page.Items {
				if _, err := fmt.Fprintln(lines, strings.TrimSpace(string(e))); err != nil {
					return err
				}
				events++
			}
			after = page.Next
		}
		return nil
	})
	if err != nil {
		return err
	}
	hash := hex.EncodeToString(sum.Sum(nil))
	if _, err := fmt.Fprintf(out, `{"year":%d,"events":%d,"sha256":"%s"}`+"\n", v.Year, events, hash); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s: %d events of %d\nsha256 %s\n", name, events, v.Year, hash)
	return out.Flush()
}
