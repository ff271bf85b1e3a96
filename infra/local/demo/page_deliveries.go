package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"duly/infra/local"
	"duly/shared/o2c"
)

type deliveriesView struct {
	Parked  []parkedLine
	Waiting []queueLine
	Came    []cameLine
}

type parkedLine struct {
	At                                 time.Time
	ID, Endpoint, Topic, Problem, Body string
	Replayed                           bool
}

type queueLine struct {
	Queue string
	Count int
}

type cameLine struct {
	local.Delivery
	Topic, Tone, Status, Took, Request, Reply string
}

// deliveriesShown is how many deliveries the page lists.
const deliveriesShown = 120

func (s *site) deliveriesPage(r *http.Request) (any, error) {
	parked, err := o2c.ListOf[o2c.Parked](r.Context(), s.runtime.Cycle, 50, "")
	if err != nil {
		return nil, err
	}
	var v deliveriesView
	for _, p := range parked.Items {
		d := p.Data()
		v.Parked = append(v.Parked, parkedLine{ID: d.ID, At: d.At, Endpoint: d.Endpoint, Topic: d.Topic, Problem: d.Problem, Body: readable(d.Body), Replayed: !d.Replayed.IsZero()})
	}
	for _, name := range s.runtime.Inboxes() {
		if n := len(s.runtime.Queues.Messages(name)); n > 0 {
			v.Waiting = append(v.Waiting, queueLine{Queue: name, Count: n})
		}
	}
	for i, d := range s.runtime.Deliveries() {
		if i == deliveriesShown {
			break
		}
		v.Came = append(v.Came, came(d))
	}
	return v, nil
}

func came(d local.Delivery) cameLine {
	line := cameLine{Delivery: d, Topic: topic(d), Status: strconv.Itoa(d.Status), Tone: tone(d.Status), Reply: readable(d.Reply), Took: fmt.Sprintf("%.1f", float64(d.Took.Microseconds())/1000)}
	line.Notes = explained(d)
	if d.Status == 0 {
		line.Status, line.Tone = "under way", "wait"
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(d.Header)) {
		fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(d.Header[name], ", "))
	}
	line.Request = b.String() + "\n" + readable(d.Body)
	return line
}

// causes say why a signature was refused; the sender is told none of this.
var causes = map[string]string{
	"mismatch":  "Signature does not match this body. Check the secret of %s [DULY-2001]",
	"missing":   "A signature header is missing. Check what %s sends [DULY-2001]",
	"malformed": "A signature header has not the scheme's form. Check what %s sends [DULY-2001]",
	"stale":     "The signature is right and too old or ahead: check the clock of %s [DULY-2001]",
}

// explained puts the log's word for a refusal into a sentence.
func explained(d local.Delivery) []string {
	var out []string
	for _, note := range d.Notes {
		for cause, sentence := range causes {
			if strings.HasSuffix(note, "cause="+cause) {
				note = fmt.Sprintf(sentence, path.Base(d.Path))
			}
		}
		out = append(out, note)
	}
	return out
}

// deliveriesReplay hands a parked message to its function again.
func (s *site) deliveriesReplay(r *http.Request) (back, said string, err error) {
	back = "/demo/pages/deliveries"
	status, reply, err := s.runtime.Program(r.Context(), http.MethodPost, "/v1/parked/"+url.PathEscape(r.PostFormValue("id"))+"/replay", nil)
	if err == nil && status >= http.StatusBadRequest {
		err = fmt.Errorf("the replay was answered %d: %s", status, reply)
	}
	return back, "The message was handled again.", err
}

func tone(status int) string {
	switch {
	case status >= 500:
		return "bad"
	case status >= 400:
		return "wait"
	case status >= 200 && status < 300:
		return "good"
	}
	return ""
}

// topic is what the sender says it is about.
func topic(d local.Delivery) string {
	for _, name := range []string{"X-Shopify-Topic", "X-Wc-Webhook-Topic"} {
		if v := d.Header.Get(name); v != "" {
			return v
		}
	}
	var body struct {
		Type string `json:"type"`
	}
	raw := d.Body
	if form, err := url.ParseQuery(string(d.Body)); err == nil && form.Get("payload") != "" {
		raw = []byte(form.Get("payload"))
	} else if err == nil && form.Get("command") != "" {
		return form.Get("command") + " " + form.Get("text")
	}
	_ = json.Unmarshal(raw, &body) // what is no JSON has no type
	return body.Type
}

// readable is a body as people read it.
func readable(raw []byte) string {
	if form, err := url.ParseQuery(string(raw)); err == nil && form.Get("payload") != "" {
		raw = []byte(form.Get("payload"))
	}
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") == nil {
		return b.String()
	}
	return string(raw)
}
