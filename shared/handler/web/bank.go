package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"duly/shared/bank"
	"duly/shared/chat"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/page"
)

// filesPath is where a form with a bank file goes.
const filesPath = "/cash/files"

// linesNow is how many bank lines are booked while their sender waits; more are a job, which reconcile works off.
const linesNow = 250

// bankPages are the pages of bank files and bank lines.
func (d desk) bankPages() {
	d.mux.HandleFunc("POST "+filesPath, d.signed(d.takeFile))
	d.mux.HandleFunc("GET /cash/cards/{purpose}/{id}", d.signed(d.toCard))
}

// takeFile takes a bank file: it is read at once, so that one which is wrong is refused while its sender looks, and booked at
// once or, when it is long, as a job.
func (d desk) takeFile(w http.ResponseWriter, r *http.Request, g guest) {
	back, err := url.Parse(ours(r.PostFormValue("back")))
	if err != nil {
		back = &url.URL{Path: "/cash"}
	}
	job, err := d.bankFile(r, g.who)
	if err != nil {
		d.refuse(w, r, g, back, err)
		return
	}
	redirect(w, r, filesPath+"/"+job.ID)
}

func (d desk) bankFile(r *http.Request, who o2c.Person) (o2c.JobData, error) {
	if !may(who, chat.ActCashMatch, "") {
		return o2c.JobData{}, errRole
	}
	raw, name, err := sent(r)
	if err != nil {
		return o2c.JobData{}, err
	}
	told, err := bank.Read(bytes.NewReader(raw))
	if err != nil {
		return o2c.JobData{}, err
	}
	now := d.Now()
	s := o2c.Stamp{At: now, Actor: "slack:" + who.ID, Cause: o2c.Name("web", who.ID, filesPath, r.PostFormValue("once"))}
	id := o2c.Name("job", "web", s.Cause, now.UTC().Format(time.RFC3339Nano))
	if lines(told) <= linesNow {
		return d.Cycle.ImportPageFile(r.Context(), s, id, name, told)
	}
	if d.Intake == nil {
		return o2c.JobData{}, fault.New(fault.Config, "The file cannot be kept", "this function has no bucket for what comes in", "deploy it with one")
	}
	job, err := d.Cycle.OpenJob(r.Context(), s, id, o2c.ImportBank, name, true, nil)
	if err != nil {
		return job, err
	}
	return job, d.Intake.Put(r.Context(), job.File, "application/octet-stream", raw, calendar.Date{})
}

// sent is the file of a form, and what its sender calls it.
func sent(r *http.Request) (raw []byte, name string, err error) {
	file, head, err := r.FormFile("file")
	if err != nil {
		return nil, "", errNoFile
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	raw, err = io.ReadAll(io.LimitReader(file, trigger.FileMax+1))
	switch {
	case err != nil:
		return nil, "", err
	case len(raw) == 0:
		return nil, "", errNoFile
	case len(raw) > trigger.FileMax:
		return nil, "", errLarge
	}
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(head.Filename, ""), "\\", "/"))
	if all := []rune(name); len(all) > 200 {
		name = string(all[:200])
	}
	return raw, name, nil
}

var (
	errNoFile = fault.Bad("/file", "there is no file", "choose one").Because(told("web.problem.no_file"))
	errLarge  = fault.New(fault.TooLarge, "The file is too large", "", "drop it in Slack").Because(told("web.problem.large_file"))
)

func lines(all []cash.Statement) (n int) {
	for _, st := range all {
		n += len(st.Entries)
	}
	return n
}

// bankFileResult shows what a bank file did, or how far it is.
func (d desk) bankFileResult(r *http.Request, at page.TeamVisit) ([]byte, error) {
	if err := asked(r); err != nil {
		return nil, err
	}
	job, err := o2c.Read[o2c.Job](r.Context(), d.Cycle, r.PathValue("id"))
	if err == nil && job.Data().Kind != o2c.ImportBank {
		err = fault.Missing("bank file", r.PathValue("id"))
	}
	if err != nil {
		return nil, err
	}
	told := job.Data()
	if told.Problem != "" {
		told.Problem = d.voice(at.Lang).Cause(told.Reason, told.Problem)
	}
	return d.pages.BankFile(told, at), nil
}

// lineFilter is what the list of bank lines was narrowed down to.
func lineFilter(r *http.Request) (o2c.LineFilter, error) {
	if err := asked(r, "show", "after", "text", "state", "from", "to"); err != nil {
		return o2c.LineFilter{}, err
	}
	q := r.URL.Query()
	f := o2c.LineFilter{State: q.Get("state"), Text: strings.TrimSpace(q.Get("text")), After: q.Get("after")}
	var err error
	if f.From, err = day(q.Get("from")); err == nil {
		f.To, err = day(q.Get("to"))
	}
	if err != nil {
		return f, fault.By("/from", err, "choose a date")
	}
	return f, nil
}

// bankLines lists bank lines with what became of them.
func (d desk) bankLines(r *http.Request, at page.TeamVisit) ([]byte, error) {
	f, err := lineFilter(r)
	if err != nil {
		return nil, err
	}
	v, err := d.Cycle.TeamCash(r.Context(), o2c.CashLines, "")
	if err != nil {
		return nil, err
	}
	list, err := d.Cycle.TeamLines(r.Context(), f)
	if err != nil {
		return nil, err
	}
	return d.pages.BankLines(v, list, d.moneyWords(at.Lang), at), nil
}

// moneyWords are those of the team's room.
func (d desk) moneyWords(lang string) page.MoneyWords {
	v := d.voice(lang)
	return page.MoneyWords{Because: v.Because, Kind: v.Kind, Broken: v.Broken}
}

// cardSubjects are the cards about money, by their row of the card table, and what each is about.
var cardSubjects = map[string]string{"cash": "receipt", "bankline": "bankline"}

// Permalinks finds messages of the team's room.
type Permalinks interface {
	Permalink(ctx context.Context, at o2c.Place) (string, error)
}

// toCard leads to the card in the team's room that asks about money.
func (d desk) toCard(w http.ResponseWriter, r *http.Request, g guest) {
	purpose := r.PathValue("purpose")
	kind, ok := cardSubjects[purpose]
	if !ok || d.Cards == nil {
		d.fail(w, r, g, fault.Missing("card", purpose))
		return
	}
	at, err := d.Cycle.CardPlace(r.Context(), purpose, o2c.Key{Kind: kind, ID: r.PathValue("id")})
	if err != nil {
		d.fail(w, r, g, err)
		return
	}
	address, err := d.Cards.Permalink(r.Context(), at)
	if err != nil {
		d.fail(w, r, g, err)
		return
	}
	redirect(w, r, address)
}
