package demo

import (
	"net/http"

	"duly/infra/local/peppol"
	"duly/shared/o2c/fault"
)

// peppolTaken lists the e-invoices that the access point took, newest first.
func (s *site) peppolTaken(r *http.Request) (int, any, error) {
	taken := s.runtime.Network.Documents()
	all := make([]peppol.Document, 0, len(taken))
	for i := len(taken) - 1; i >= 0; i-- {
		all = append(all, taken[i])
	}
	return list(r, all, func(d peppol.Document) string { return d.ID })
}

// peppolReject lets the reader of an e-invoice reject it; the product hears of
// it when it next asks the access point.
func (s *site) peppolReject(r *http.Request) (int, any, error) {
	in := struct {
		Code   string `json:"code"`
		Reason string `json:"reason"`
	}{Code: "RE", Reason: "The order number is unknown here."}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if err := s.runtime.Network.Reject(r.PathValue("id"), in.Code, in.Reason); err != nil {
		return 0, nil, fault.Missing("e-invoice", r.PathValue("id")).Because(err)
	}
	return http.StatusOK, map[string]string{"status": "rejected"}, nil
}
