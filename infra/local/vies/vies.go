// Package vies plays the Commission's register of VAT ids in the local runtime.
// It knows what it is told; about every other id the member state does not
// answer, as without a network nobody would. It does not own what the product
// makes of an answer.
package vies

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// Trader is one whom the register knows.
type Trader struct {
	Valid         bool
	Name, Address string
}

// Server is the register.
type Server struct {
	mu    sync.Mutex
	known map[string]Trader
	asked []string
}

// Know tells the register about a VAT id.
func (s *Server) Know(id string, t Trader) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]Trader{}
	}
	s.known[id] = t
}

// Asked are the ids that were asked about, in order.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.asked...)
}

// ServeHTTP answers POST …/check-vat-number.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	var in struct{ CountryCode, VatNumber, RequesterMemberStateCode, RequesterNumber string }
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/check-vat-number") || json.NewDecoder(r.Body).Decode(&in) != nil {
		http.Error(w, `{"actionSucceed":false,"errorWrappers":[{"error":"INVALID_INPUT"}]}`, http.StatusBadRequest)
		return
	}
	id := in.CountryCode + in.VatNumber
	s.mu.Lock()
	t, known := s.known[id]
	s.asked = append(s.asked, id)
	n := len(s.asked)
	s.mu.Unlock()
	if !known {
		_, _ = w.Write([]byte(`{"actionSucceed":false,"errorWrappers":[{"error":"MS_UNAVAILABLE"}]}`)) // who asked has gone
		return
	}
	out := map[string]any{
		"countryCode": in.CountryCode, "vatNumber": in.VatNumber, "requestDate": "2026-01-05T09:00:00.000Z", "valid": t.Valid, "requestIdentifier": "",
		"name": or(t.Name), "address": or(t.Address),
	}
	if in.RequesterNumber != "" && t.Valid {
		out["requestIdentifier"] = fmt.Sprintf("WAPIAAAA%08d", n)
	}
	_ = json.NewEncoder(w).Encode(out) // who asked has gone
}

func or(s string) string {
	if s == "" {
		return "---"
	}
	return s
}
