// Package vies asks the Commission's register of VAT ids (VIES on the web), by its
// REST interface. It does not own what follows from the answers.
package vies

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// URL is the service; POST below it is documented at
// ec.europa.eu/taxation_customs/vies/#/technical-information.
const URL = "https://ec.europa.eu/taxation_customs/vies/rest-api"

// Register asks VIES.
type Register struct {
	URL  string
	HTTP *http.Client
}

// Bounds of one answer and of its wait: some member states take a quarter of a
// minute.
const (
	answerMax  = 1 << 20
	answerTime = 20 * time.Second
)

// request names the requester, for which VIES gives the number of the
// consultation in return: without it an answer proves nothing.
type request struct {
	Country          string `json:"countryCode"`
	Number           string `json:"vatNumber"`
	RequesterCountry string `json:"requesterMemberStateCode,omitempty"`
	Requester        string `json:"requesterNumber,omitempty"`
}

type answer struct {
	Valid        *bool   `json:"valid"`
	Consultation string  `json:"requestIdentifier"`
	Name         string  `json:"name"`
	Address      string  `json:"address"`
	Errors       []wrong `json:"errorWrappers"`
}

type wrong struct {
	Error string `json:"error"` // "MS_UNAVAILABLE", "INVALID_INPUT", …
}

// Check asks about a VAT id for the holder of another. What the service or a
// member state cannot say now is unverified, and no failure: the day after it can.
func (r Register) Check(ctx context.Context, id, requester string) (invoice.VIES, error) {
	said := invoice.VIES{VATID: id, Status: invoice.VIESUnverified}
	if len(id) < 4 {
		said.Status = invoice.VIESInvalid
		return said, nil
	}
	in := request{Country: id[:2], Number: id[2:]}
	if len(requester) > 3 {
		in.RequesterCountry, in.Requester = requester[:2], requester[2:]
	}
	raw, err := json.Marshal(in)
	if err != nil {
		return said, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL+"/check-vat-number", bytes.NewReader(raw))
	if err != nil {
		return said, fault.New(fault.Config, "VIES cannot be asked", "its address is wrong", "mend it").Keyed("service.config").Because(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	got, err := r.HTTP.Do(req)
	if err != nil {
		return said, nil //nolint:nilerr // nobody could be asked, which is an answer
	}
	defer func() { _ = got.Body.Close() }() // read, or given up
	body, err := io.ReadAll(io.LimitReader(got.Body, answerMax))
	var a answer
	if err != nil || json.Unmarshal(body, &a) != nil {
		return said, nil //nolint:nilerr // as above
	}
	return a.into(said), nil
}

// into is what the answer means. "---" is what member states say that keep names
// to themselves.
func (a answer) into(said invoice.VIES) invoice.VIES {
	for _, w := range a.Errors {
		if w.Error == "INVALID_INPUT" { // no number of that member state looks so
			said.Status = invoice.VIESInvalid
		}
	}
	if a.Valid == nil || len(a.Errors) > 0 {
		return said
	}
	said.Status = invoice.VIESInvalid
	if *a.Valid {
		said.Status = invoice.VIESValid
	}
	said.Consultation, said.Name, said.Address = strings.TrimSpace(a.Consultation), disclosed(a.Name), disclosed(a.Address)
	return said
}

func disclosed(s string) string {
	if s = strings.Join(strings.Fields(s), " "); s == "---" {
		return ""
	}
	return s
}
