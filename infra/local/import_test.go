package local

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"duly/infra/local/loopback"
	"duly/shared/handler/api"
	"duly/shared/o2c"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/party"
	"duly/shared/upload"
)

// program asks the API and decodes its answer.
func (g guarded) program(method, path string, in any, want int, out any) {
	g.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		g.t.Fatal(err)
	}
	status, reply, err := g.Program(g.t.Context(), method, path, body)
	if err != nil || status != want {
		g.t.Fatalf("%s %s: %d %s %v", method, path, status, reply, err)
	}
	if err := json.Unmarshal(reply, out); err != nil {
		g.t.Fatal(err)
	}
}

// sends puts a file where the API says, lets the job run, and reads it.
func (g guarded) sends(kind, file string, apply bool) api.JobView {
	g.t.Helper()
	return g.uploads(api.UploadInput{Kind: kind, Name: kind + ".csv", Apply: apply}, file)
}

func (g guarded) uploads(in api.UploadInput, file string) api.JobView {
	g.t.Helper()
	g.pass(time.Second) // requests of the same instant with the same body are one
	var up api.Upload
	g.program(http.MethodPost, "/v1/uploads", in, http.StatusAccepted, &up)
	g.puts(up.Method, up.URL, file)
	var job api.JobView
	g.program(http.MethodGet, "/v1/jobs/"+up.Job.ID, nil, http.StatusOK, &job)
	return job
}

// puts a file where the API said, and lets come of it what does.
func (g guarded) puts(method, url, file string) {
	g.t.Helper()
	req, err := http.NewRequestWithContext(g.t.Context(), method, url, strings.NewReader(file))
	if err != nil {
		g.t.Fatal(err)
	}
	answer, err := loopback.Transport{req.URL.Host: g.Outside()}.RoundTrip(req)
	if err != nil || answer.StatusCode != http.StatusOK {
		g.t.Fatalf("%v %v", answer, err)
	}
	if err := g.Settle(g.t.Context()); err != nil {
		g.t.Fatal(err)
	}
}

// sheet has n orders of one line.
func sheet(n int, mend func(row int, line string) string) string {
	var b bytes.Buffer
	b.WriteString("order,date,company,email,street,postal code,city,country,sku,description,quantity,unit price,tax rate\n")
	for i := range n {
		line := fmt.Sprintf("K-%d,2026-01-05,Acme BV,a@acme.example,Dam 1,1012 JS,Amsterdam,NL,CHAIR,Chair,%d,12.50,21", i+1, 1+i%3)
		b.WriteString(mend(i+2, line) + "\n")
	}
	return b.String()
}

func asItIs(_ int, line string) string { return line }

// TestAnImportIsLookedAtFirst: of 200 rows three are bad. Each is named with row, column, value and what to do, nothing
// is written; mended and applied it is, and applied again changes nothing (check 29 of ux.md).
func TestAnImportIsLookedAtFirst(t *testing.T) {
	g := guard(t)
	bad := sheet(200, func(row int, line string) string {
		switch row {
		case 10:
			return strings.Replace(line, "12.50", "1.240", 1)
		case 60:
			return strings.Replace(line, "a@acme.example", "a@", 1)
		case 150:
			return strings.Replace(line, "CHAIR,Chair,", ",,", 1)
		}
		return line
	})
	for _, apply := range []bool{false, true} {
		job := g.sends("orders", bad, apply)
		var said []string
		for _, e := range job.Errors {
			said = append(said, fmt.Sprintf("%d %s %q %s — %s", e.Row, e.Column, e.Value, e.Why, e.Do))
		}
		g.expect("errors", strings.Join(said, "\n"), `10 unit price "1.240" it could be 1240.00 or 1.24 — write 1240,00
60 email "a@" it is no mail address — write name@company.example
150 sku "" it is empty — fill it in`)
		g.expect("written", len(g.orders()), 0)
	}
	counts := func(j api.JobView) string {
		return fmt.Sprintf("%s %d new, %d changed, %d same, %d removed, %d failed", j.Status, j.New, j.Changed, j.Same, j.Removed, j.Failed)
	}
	g.expect("the look", counts(g.sends("orders", sheet(200, asItIs), false)), "done 200 new, 0 changed, 0 same, 0 removed, 0 failed")
	g.expect("after the look", len(g.orders()), 0)
	g.expect("applied", counts(g.sends("orders", sheet(200, asItIs), true)), "done 200 new, 0 changed, 0 same, 0 removed, 0 failed")
	g.expect("orders", len(g.orders()), 200)
	g.expect("again", counts(g.sends("orders", sheet(200, asItIs), true)), "done 0 new, 0 changed, 200 same, 0 removed, 0 failed")
	more := sheet(203, func(row int, line string) string {
		if row == 9 {
			return strings.Replace(line, "12.50", "11.50", 1)
		}
		return line
	})
	g.expect("with news", counts(g.sends("orders", more, false)), "done 3 new, 1 changed, 199 same, 0 removed, 0 failed")
	g.expect("no csv at all", g.sends("orders", "\x00", true).Status, "failed")
}

// TestCustomersAndStockAreImported: known by their number or register number, counted on the shelf, and left alone where
// the file says nothing.
func TestCustomersAndStockAreImported(t *testing.T) {
	g := guard(t)
	g.sends("customers", "customer;name;email;kvk;terms\n12;Acme BV;a@acme.example;87654321;14\n13;Vos;v@vos.example;;\n", true)
	j := g.sends("customers", "customer;name;kvk\n99;Acme Holding BV;8765 4321\n13;Vos;\n", true)
	g.expect("customers", fmt.Sprint(j.New, j.Changed, j.Same), "0 1 1")
	all, err := o2c.ListOf[party.Customer](t.Context(), g.Cycle, 10, "")
	if err != nil || len(all.Items) != 2 {
		t.Fatalf("%d customers, %v", len(all.Items), err)
	}
	for _, c := range all.Items {
		if d := c.Data(); d.KVK != "" && (d.Name != "Acme Holding BV" || *d.TermsDays != 14 || d.Emails[0] != "a@acme.example") {
			t.Errorf("%+v", d)
		}
	}
	g.sends("products", "sku,name,price,stock,reorder point\nCHAIR,Chair,12.50,40,5\n", true)
	j = g.sends("products", "sku,stock\nCHAIR,35\nTABLE,2\n", true)
	g.expect("products", fmt.Sprint(j.New, j.Changed, j.Same), "1 1 0")
	p, err := o2c.Read[fulfilment.Product](t.Context(), g.Cycle, "CHAIR")
	if err != nil || p.Data().Price.Minor != 1250 || p.Data().ReorderPoint != 5 {
		t.Errorf("%+v %v", p, err)
	}
}

// TestACustomerOfNoCountryIsNamed: two letters are no country yet; nor is a path's dot an SKU that could be read again.
func TestACustomerOfNoCountryIsNamed(t *testing.T) {
	g := guard(t)
	said := func(j api.JobView) string {
		var all []string
		for _, e := range j.Errors {
			all = append(all, fmt.Sprintf("%d %s %q %s — %s", e.Row, e.Column, e.Value, e.Why, e.Do))
		}
		return strings.Join(all, "\n")
	}
	j := g.sends("customers", "customer;name;land\n12;Acme BV;nl\n13;Vos;ZZ\n14;Kurz;UK\n15;Zoë;\n", true)
	g.expect("errors", said(j), `3 land "ZZ" it is no country code of ISO 3166-1 — write its two letters, such as NL
4 land "UK" it is no country code of ISO 3166-1 — write its two letters, such as NL`)
	all, err := o2c.ListOf[party.Customer](t.Context(), g.Cycle, 10, "")
	if err != nil || len(all.Items) != 0 {
		t.Errorf("%d customers, %v", len(all.Items), err)
	}
	j = g.sends("products", "sku;name\nCHAIR;Chair\n..;Dots\n", true)
	g.expect("dots", said(j), `3 sku ".." an SKU ".." cannot be part of an address — write one with a letter or a digit`)
}

// TestFC_45_AnImportGoesOnWhereItStopped: a file of more than a commit can hold is taken in chunks; stopped after each of
// them, and with a rival that works on it too, it ends with every order once.
func TestFC_45_AnImportGoesOnWhereItStopped(t *testing.T) {
	g := guard(t)
	file, err := upload.Read(o2c.ImportOrders, []byte(sheet(450, asItIs)), "EUR")
	if err != nil {
		t.Fatal(err)
	}
	at := g.Clock.Now()
	if _, err := g.Cycle.OpenJob(t.Context(), o2c.Stamp{At: at, Actor: "api:test"}, "job_1", o2c.ImportOrders, "x.csv", true, nil); err != nil {
		t.Fatal(err)
	}
	runs := 0
	for done := false; !done; runs++ {
		if runs > 30 {
			t.Fatal("it never ends")
		}
		once := true
		in := o2c.Import{More: func() bool { was := once; once = false; return was }}
		in.Read = func(ctx context.Context, _, _ string) (o2c.ImportFile, error) {
			if runs%3 == 1 { // a rival takes this chunk
				rival := true
				r := o2c.Import{More: func() bool { was := rival; rival = false; return was }, Read: func(context.Context, string, string) (o2c.ImportFile, error) { return file, nil }}
				if _, err := g.Cycle.RunJob(ctx, at, "job_1", r); err != nil {
					return o2c.ImportFile{}, err
				}
			}
			return file, nil
		}
		d, err := g.Cycle.RunJob(t.Context(), at, "job_1", in)
		if err != nil && runs%3 != 1 {
			t.Fatal(err)
		}
		done = d.Finished()
		if due, err := g.Cycle.DueJobs(t.Context(), at.Add(o2c.JobPatience)); err != nil || (len(due) == 1) == done {
			if j, _ := o2c.Read[o2c.Job](t.Context(), g.Cycle, "job_1"); !j.Data().Finished() {
				t.Errorf("run %d: due %v, %v", runs, due, err)
			}
		}
		if j, _ := o2c.Read[o2c.Job](t.Context(), g.Cycle, "job_1"); j.Data().Finished() {
			done = true
		}
	}
	g.expect("orders", len(g.orders()), 450)
	j, err := o2c.Read[o2c.Job](t.Context(), g.Cycle, "job_1")
	if err != nil || j.Data().New+j.Data().Same != 450 || j.Data().Status != o2c.JobDone {
		t.Errorf("%+v %v", j.Data(), err)
	}
}
