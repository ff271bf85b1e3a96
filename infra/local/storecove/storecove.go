// Package storecove plays the access point Storecove in the local runtime: the
// requests of its API v2 that sending takes, with its queue of webhooks and its
// refusals, before the network on this machine. It does not own the network.
package storecove

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"duly/infra/local/peppol"
	"duly/shared/o2c"
)

// Server is the access point.
type Server struct {
	Key     string
	Entity  int64
	Network *peppol.AccessPoint
	// Absent are identifiers that nobody in the network has, "NL:KVK 12345678".
	Absent []string

	mu    sync.Mutex
	queue []event
	sent  map[string]string // idempotencyGuid to the submission's own
}

// event is a webhook that waits to be pulled.
type event struct {
	GUID string `json:"guid"`
	Body string `json:"body"`
}

type problem struct {
	Source  string `json:"source"`
	Details string `json:"details"`
}

// ServeHTTP answers below /api/v2.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, found := strings.CutPrefix(r.URL.Path, "/api/v2/")
	if r.Header.Get("Authorization") != "Bearer "+s.Key {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	guid, deletes := strings.CutPrefix(path, "webhook_instances/")
	switch {
	case found && r.Method == http.MethodPost && path == "discovery/receives":
		s.discover(w, r)
	case found && r.Method == http.MethodPost && path == "document_submissions":
		s.submit(w, r)
	case found && r.Method == http.MethodGet && path == "webhook_instances/":
		s.next(w, r)
	case found && r.Method == http.MethodDelete && deletes:
		s.drop(w, guid)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (s *Server) discover(w http.ResponseWriter, r *http.Request) {
	var in struct{ Network, MetaScheme, Scheme, Identifier string }
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Network != "peppol" || in.MetaScheme != "iso6523-actorid-upis" || !strings.Contains(in.Scheme, ":") {
		answer(w, http.StatusUnprocessableEntity, []problem{{"scheme", "is not known"}})
		return
	}
	code := "OK"
	for _, a := range s.Absent {
		if a == in.Scheme+" "+in.Identifier {
			code = "NOK"
		}
	}
	answer(w, http.StatusOK, map[string]any{"code": code, "email": false})
}

// submission is what is read of a document submission.
type submission struct {
	Entity  int64  `json:"legalEntityId"`
	Once    string `json:"idempotencyGuid"`
	Routing struct {
		Identifiers []struct{ Scheme, ID string } `json:"eIdentifiers"`
	} `json:"routing"`
	Document struct {
		Type string `json:"documentType"`
		Raw  struct {
			Document string `json:"document"`
			Parse    string `json:"parseStrategy"`
		} `json:"rawDocumentData"`
	} `json:"document"`
}

func (s *Server) submit(w http.ResponseWriter, r *http.Request) {
	var in submission
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	ubl, err := base64.StdEncoding.DecodeString(in.Document.Raw.Document)
	var wrong []problem
	for _, c := range []struct {
		bad             bool
		source, details string
	}{
		{in.Entity != s.Entity, "legalEntityId", "is not yours"},
		{len(in.Once) != 36, "idempotencyGuid", "must have 36 characters"},
		{len(in.Routing.Identifiers) != 1, "routing", "names no receiver"},
		{in.Document.Type != "invoice", "documentType", "is not supported"},
		{in.Document.Raw.Parse != "ubl" || err != nil, "rawDocumentData", "cannot be read"},
		{s.sent[in.Once] != "", "idempotencyGuid", "has already been taken"},
	} {
		if c.bad {
			wrong = append(wrong, problem{c.source, c.details})
		}
	}
	if len(wrong) > 0 {
		answer(w, http.StatusUnprocessableEntity, wrong)
		return
	}
	to := in.Routing.Identifiers[0]
	id, err := s.Network.Submit(r.Context(), o2c.EDocument{Tag: in.Once, Scheme: to.Scheme, To: to.ID, UBL: ubl})
	if err != nil {
		answer(w, http.StatusUnprocessableEntity, []problem{{"document", "cannot be parsed"}})
		return
	}
	if s.sent == nil {
		s.sent = map[string]string{}
	}
	s.sent[in.Once] = id
	answer(w, http.StatusOK, map[string]string{"guid": id})
}

// next is the head of the queue, once the network's news stand in it; nothing is
// 204.
func (s *Server) next(w http.ResponseWriter, r *http.Request) {
	_ = s.Network.Collect(r.Context(), func(n o2c.MailNews) error { s.enqueue(n); return nil }) // enqueue refuses nothing
	if len(s.queue) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answer(w, http.StatusOK, s.queue[0])
}

// enqueue spells a piece of news as a webhook's body.
func (s *Server) enqueue(n o2c.MailNews) {
	name := map[string]string{"deliver": "succeeded", "reject": "rejected"}[n.Verb]
	body, err := json.Marshal(map[string]any{
		"event_type": "document_submission", "event_group": "invoice", "event": name, "details": strings.Trim(n.Code+" "+n.Reason, " "),
		"guid": s.sent[n.Effect], "idempotencyGuid": n.Effect, "tenant_id": "demo",
	})
	if err == nil {
		s.queue = append(s.queue, event{GUID: fmt.Sprintf("wi-%d", len(s.queue)+1) + "-" + n.Effect + "-" + name, Body: string(body)})
	}
}

func (s *Server) drop(w http.ResponseWriter, guid string) {
	for i, e := range s.queue {
		if e.GUID == guid {
			s.queue = append(s.queue[:i], s.queue[i+1:]...)
			w.WriteHeader(http.StatusNoContent)
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who went away gets nothing
}
