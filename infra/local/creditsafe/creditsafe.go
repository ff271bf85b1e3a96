// Package creditsafe plays the credit agency Creditsafe in the local runtime: the
// three requests of Creditsafe Connect that a report takes, with its tokens and
// its refusals. It does not own what the product makes of a report.
package creditsafe

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Company is one that the agency knows.
type Company struct {
	Country, RegNo, VATNo, Name string
	Rating                      string // A to E; "" is not rated
	Score                       int    // of 100
	Limit                       int64  // in whole units of Currency
	Currency                    string
}

// Server is the agency.
type Server struct {
	User, Password string
	Now            func() time.Time
	Companies      []Company

	mu     sync.Mutex
	tokens map[string]time.Time
}

// tokenLife is how long a token is good
// (doc.creditsafe.com/connect-apis-catalog/information/authentication).
const tokenLife = time.Hour

// ServeHTTP answers below /v1.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, found := strings.CutPrefix(r.URL.Path, "/v1/")
	if !found {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	if path == "authenticate" && r.Method == http.MethodPost {
		s.authenticate(w, r)
		return
	}
	if !s.known(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")) {
		refuse(w, http.StatusUnauthorized, "Access Denied")
		return
	}
	id, one := strings.CutPrefix(path, "companies/")
	switch {
	case r.Method == http.MethodGet && path == "companies":
		s.search(w, r)
	case r.Method == http.MethodGet && one:
		s.report(w, id)
	default:
		refuse(w, http.StatusNotFound, "Not Found")
	}
}

func (s *Server) authenticate(w http.ResponseWriter, r *http.Request) {
	var in struct{ Username, Password string }
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Username != s.User || in.Password != s.Password {
		refuse(w, http.StatusUnauthorized, "Incorrect username or password")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens == nil {
		s.tokens = map[string]time.Time{}
	}
	token := fmt.Sprintf("eyJ.%d.%d", s.Now().Unix(), len(s.tokens))
	s.tokens[token] = s.Now().Add(tokenLife)
	answer(w, map[string]string{"token": token})
}

func (s *Server) known(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	until, ok := s.tokens[token]
	return ok && s.Now().Before(until)
}

func (c Company) id() string { return c.Country + "-0-" + c.RegNo }

func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("countries") == "" || (q.Get("regNo") == "" && q.Get("vatNo") == "") {
		refuse(w, http.StatusBadRequest, "Please provide search criteria")
		return
	}
	found := []any{}
	for _, c := range s.Companies {
		if c.Country == q.Get("countries") && (c.RegNo == q.Get("regNo") && c.RegNo != "" || c.VATNo == q.Get("vatNo") && c.VATNo != "") {
			found = append(found, map[string]any{"id": c.id(), "country": c.Country, "regNo": c.RegNo, "vatNo": []string{c.VATNo}, "name": c.Name, "status": "Active"})
		}
	}
	answer(w, map[string]any{"correlationId": "demo", "totalSize": len(found), "companies": found})
}

func (s *Server) report(w http.ResponseWriter, id string) {
	for _, c := range s.Companies {
		if c.id() == id {
			answer(w, map[string]any{"correlationId": "demo", "report": map[string]any{
				"companyId": id, "language": "EN",
				"companySummary": map[string]any{"businessName": c.Name, "country": c.Country, "companyRegistrationNumber": c.RegNo, "companyStatus": map[string]string{"status": "Active"}, "creditRating": c.rating()},
				"creditScore":    map[string]any{"currentCreditRating": c.rating()},
			}})
			return
		}
	}
	refuse(w, http.StatusNotFound, "Report unavailable")
}

// rating has words where there are no figures, as the agency's has.
func (c Company) rating() map[string]any {
	if c.Rating == "" {
		return map[string]any{"commonValue": "E", "commonDescription": "Not Rated", "creditLimit": map[string]string{"value": "Credit Limit not applicable"},
			"providerValue": map[string]string{"maxValue": "100", "minValue": "0", "value": "Not Rated"}}
	}
	words := map[string]string{"A": "Very Low Risk", "B": "Low Risk", "C": "Moderate Risk", "D": "High Risk"}
	return map[string]any{"commonValue": c.Rating, "commonDescription": words[c.Rating], "creditLimit": map[string]any{"currency": c.Currency, "value": fmt.Sprint(c.Limit)},
		"providerValue": map[string]string{"maxValue": "100", "minValue": "0", "value": fmt.Sprint(c.Score)}}
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(body) // the caller may be gone
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"correlationId": "demo", "message": message})
}
