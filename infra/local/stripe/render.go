package stripe

import (
	"cmp"
	"fmt"
)

func (s *Server) renderSession(r *session) object {
	var details any
	if r.Email != "" || r.Name != "" {
		details = object{"address": noAddress(), "email": orNull(r.Email), "name": orNull(r.Name),
			"phone": nil, "tax_exempt": "none", "tax_ids": []object{}}
	}
	url := any(nil)
	if r.Status == "open" {
		url = r.URL
	}
	amount := any(r.Amount)
	if r.Mode == "setup" {
		amount = nil
	}
	methods := r.Methods
	if len(methods) == 0 {
		methods = []string{"card", "ideal", "sepa_debit", "customer_balance"}
	}
	return object{
		"id": r.ID, "object": "checkout.session", "livemode": false, "created": r.Created,
		"mode": cmp.Or(r.Mode, "payment"), "status": r.Status, "payment_status": r.PaymentStatus,
		"amount_subtotal": amount, "amount_total": amount, "currency": orNull(r.Currency),
		"client_reference_id": orNull(r.ClientReferenceID), "metadata": orEmpty(r.Metadata),
		"payment_intent": orNull(r.IntentID), "payment_method_types": methods,
		"success_url": r.SuccessURL, "cancel_url": orNull(r.CancelURL), "url": url, "expires_at": r.ExpiresAt,
		"customer_email": orNull(r.Email), "customer_details": details, "locale": orNull(r.Locale),
		"total_details": object{"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
		"automatic_tax": object{"enabled": false, "liability": nil, "status": nil},
		"custom_text":   object{"after_submit": nil, "shipping_address": nil, "submit": nil, "terms_of_service_acceptance": nil},
		"invoice_creation": object{"enabled": false, "invoice_data": object{"account_tax_ids": nil, "custom_fields": nil,
			"description": nil, "footer": nil, "issuer": nil, "metadata": object{}, "rendering_options": nil}},
		"phone_number_collection":              object{"enabled": false},
		"payment_method_options":               object{},
		"payment_method_collection":            "if_required",
		"after_expiration":                     nil,
		"allow_promotion_codes":                nil,
		"billing_address_collection":           nil,
		"client_secret":                        nil,
		"consent":                              nil,
		"consent_collection":                   nil,
		"currency_conversion":                  nil,
		"custom_fields":                        []object{},
		"customer":                             orNull(r.CustomerID),
		"customer_creation":                    "if_required",
		"invoice":                              nil,
		"payment_link":                         nil,
		"payment_method_configuration_details": nil,
		"recovered_from":                       nil,
		"setup_intent":                         orNull(r.SetupID),
		"shipping_address_collection":          nil,
		"shipping_cost":                        nil,
		"shipping_details":                     nil,
		"shipping_options":                     []object{},
		"submit_type":                          nil,
		"subscription":                         nil,
		"ui_mode":                              "hosted",
	}
}

func (s *Server) renderIntent(r *intent) object {
	o := object{
		"id": r.ID, "object": "payment_intent", "livemode": false, "created": r.Created,
		"amount": r.Amount, "amount_capturable": 0, "amount_received": r.Received, "amount_details": object{"tip": object{}},
		"currency": r.Currency, "status": r.Status, "metadata": orEmpty(r.Metadata), "description": orNull(r.Description),
		"latest_charge": orNull(r.ChargeID), "last_payment_error": nil, "next_action": nil, "processing": nil,
		"payment_method": nil, "payment_method_types": []string{stripeMethod(r.Method)}, "payment_method_options": object{},
		"client_secret": r.ID + "_secret_loopback", "capture_method": "automatic", "confirmation_method": "automatic",
		"application": nil, "application_fee_amount": nil, "automatic_payment_methods": nil, "canceled_at": nil,
		"cancellation_reason": nil, "customer": orNull(r.CustomerID), "invoice": nil, "on_behalf_of": nil,
		"payment_method_configuration_details": nil, "receipt_email": nil, "review": nil, "setup_future_usage": s.usage(r),
		"shipping": nil, "source": nil, "statement_descriptor": nil, "statement_descriptor_suffix": nil,
		"transfer_data": nil, "transfer_group": nil,
	}
	if r.ChargeID != "" && r.Status != "requires_payment_method" {
		o["payment_method"] = cmp.Or(r.MethodID, "pm_"+r.ChargeID[3:])
	}
	if f := r.Failure; f != nil {
		o["last_payment_error"] = object{"charge": r.ChargeID, "code": f.Code, "decline_code": orNull(f.DeclineCode),
			"doc_url": "https://stripe.com/docs/error-codes/" + f.Code, "message": f.Message, "type": "card_error",
			"payment_method": object{"id": "pm_" + r.ChargeID[3:], "object": "payment_method", "type": stripeMethod(r.Method)}}
	}
	if r.Status == "requires_action" {
		o["next_action"] = object{"type": "display_bank_transfer_instructions",
			"display_bank_transfer_instructions": object{"amount_remaining": r.Amount - r.Received, "currency": r.Currency,
				"hosted_instructions_url": nil, "reference": r.ID[len(r.ID)-8:], "type": "eu_bank_transfer"}}
	}
	return o
}

// usage is what a payment's method may be used for later.
func (s *Server) usage(r *intent) any {
	if page, ok := s.state.Sessions.get(r.SessionID); ok && page.Keeps {
		return "off_session"
	}
	return nil
}

func (s *Server) renderCharge(r *charge) object {
	o := object{
		"id": r.ID, "object": "charge", "livemode": false, "created": r.Created,
		"amount": r.Amount, "amount_captured": 0, "amount_refunded": r.Refunded, "currency": r.Currency,
		"status": r.Status, "paid": r.Status == "succeeded", "captured": r.Status == "succeeded",
		"refunded": r.Refunded > 0 && r.Refunded == r.Amount, "disputed": r.Disputed,
		"payment_intent": r.IntentID, "metadata": orEmpty(r.Metadata), "description": orNull(r.Description),
		"balance_transaction": orNull(r.TransactionID), "payment_method": cmp.Or(r.MethodID, "pm_"+r.ID[3:]),
		"payment_method_details":          s.methodDetails(r),
		"billing_details":                 object{"address": noAddress(), "email": orNull(r.Email), "name": orNull(r.Name), "phone": nil},
		"calculated_statement_descriptor": nil, "application": nil, "application_fee": nil, "application_fee_amount": nil,
		"customer": orNull(r.CustomerID), "failure_balance_transaction": nil, "failure_code": nil, "failure_message": nil,
		"fraud_details": object{}, "invoice": nil, "on_behalf_of": nil, "radar_options": object{},
		"outcome":       object{"network_status": "approved_by_network", "reason": nil, "seller_message": "Payment complete.", "type": "authorized"},
		"receipt_email": nil, "receipt_number": nil, "receipt_url": nil, "review": nil, "shipping": nil, "source": nil,
		"source_transfer": nil, "statement_descriptor": nil, "statement_descriptor_suffix": nil,
		"transfer_data": nil, "transfer_group": nil,
	}
	if r.Status == "succeeded" {
		o["amount_captured"] = r.Amount
	}
	if f := r.Failure; f != nil {
		o["failure_code"], o["failure_message"] = f.Code, f.Message
		o["outcome"] = object{"network_status": "declined_by_network", "reason": orNull(f.DeclineCode),
			"seller_message": "The bank did not accept the payment.", "type": "issuer_declined"}
	}
	return o
}

// methodDetails are invented but well-formed: no card number exists anywhere,
// the last four digits are those of Stripe's own test instruments.
func (s *Server) methodDetails(r *charge) object {
	kind := stripeMethod(r.Method)
	kept, _ := s.state.Methods.get(cmp.Or(r.MethodID, r.GeneratedID))
	if kept == nil {
		kept = &method{Brand: "visa", Last4: map[string]string{Card: "4242", SEPADebit: "3000"}[r.Method], ExpMonth: 12, ExpYear: 2034, Mandate: "mandate_" + r.ID[3:]}
	}
	switch r.Method {
	case IDEAL:
		mandate := ""
		if r.GeneratedID != "" {
			mandate = kept.Mandate
		}
		return object{"type": kind, kind: object{"bank": "ing", "bic": "INGBNL2A", "generated_sepa_debit": orNull(r.GeneratedID),
			"generated_sepa_debit_mandate": orNull(mandate), "iban_last4": "5264", "verified_name": orNull(r.Name)}}
	case Card:
		return object{"type": kind, kind: object{"brand": kept.Brand, "country": "NL", "exp_month": kept.ExpMonth, "exp_year": kept.ExpYear,
			"checks":      object{"address_line1_check": nil, "address_postal_code_check": nil, "cvc_check": "pass"},
			"fingerprint": "Xt5EWLLDS7FJjR1c", "funding": "debit", "installments": nil, "last4": kept.Last4, "mandate": nil,
			"network": kept.Brand, "network_token": object{"used": false}, "three_d_secure": nil, "wallet": nil}}
	case SEPADebit:
		return object{"type": kind, kind: object{"bank_code": "37040044", "branch_code": "", "country": "DE",
			"fingerprint": "FD81kbVPe7M05BMj", "last4": kept.Last4, "mandate": kept.Mandate}}
	}
	return object{"type": kind, kind: object{}}
}

func (s *Server) renderRefund(r *refund) object {
	o := object{
		"id": r.ID, "object": "refund", "amount": r.Amount, "currency": r.Currency, "status": r.Status, "created": r.Created,
		"charge": r.ChargeID, "payment_intent": r.IntentID, "metadata": orEmpty(r.Metadata), "reason": orNull(r.Reason),
		"balance_transaction": orNull(r.TransactionID), "destination_details": nil, "receipt_number": nil,
		"source_transfer_reversal": nil, "transfer_reversal": nil,
	}
	if r.Status == "failed" {
		o["failure_reason"], o["failure_balance_transaction"] = r.FailureReason, orNull(r.FailureTransactionID)
	}
	return o
}

func (s *Server) renderDispute(r *dispute) object {
	transactions := make([]object, 0, len(r.TransactionIDs))
	for _, id := range r.TransactionIDs {
		transactions = append(transactions, s.renderTransaction(s.state.Transactions.index[id]))
	}
	evidence := object{}
	for _, field := range []string{"access_activity_log", "billing_address", "cancellation_policy", "customer_communication",
		"customer_email_address", "customer_name", "customer_signature", "product_description", "receipt", "refund_policy",
		"service_date", "shipping_address", "shipping_carrier", "shipping_date", "shipping_documentation",
		"shipping_tracking_number", "uncategorized_file", "uncategorized_text"} {
		evidence[field] = nil
	}
	const daysForEvidence = 7
	return object{
		"id": r.ID, "object": "dispute", "livemode": false, "created": r.Created, "amount": r.Amount, "currency": r.Currency,
		"charge": r.ChargeID, "payment_intent": r.IntentID, "status": r.Status, "reason": r.Reason, "metadata": object{},
		"balance_transactions": transactions, "is_charge_refundable": false, "evidence": evidence,
		"evidence_details": object{"due_by": r.Created + daysForEvidence*86400, "has_evidence": false, "past_due": false, "submission_count": 0},
	}
}

func (s *Server) renderPayout(r *payout) object {
	reconciliation := "completed"
	switch {
	case r.Manual:
		reconciliation = "not_applicable"
	case r.ReconciliationPending:
		reconciliation = "in_progress"
	}
	return object{
		"id": r.ID, "object": "payout", "livemode": false, "created": r.Created, "arrival_date": r.ArrivalDate,
		"amount": r.Amount, "currency": r.Currency, "status": r.Status, "automatic": !r.Manual, "method": "standard",
		"balance_transaction": orNull(r.TransactionID), "description": r.Description, "destination": orNull(r.Destination),
		"failure_balance_transaction": orNull(r.FailureTransactionID), "failure_code": orNull(r.Failure),
		"failure_message": nil, "metadata": object{}, "original_payout": nil, "reconciliation_status": reconciliation,
		"reversed_by": nil, "source_type": "card", "statement_descriptor": "STRIPE", "type": "bank_account",
		"application_fee": nil, "application_fee_amount": nil,
		"trace_id": object{"status": "supported", "value": r.ID},
	}
}

func (s *Server) renderTransaction(r *transaction) object {
	details := []object{}
	if r.Fee != 0 {
		details = append(details, object{"amount": r.Fee, "application": nil, "currency": r.Currency,
			"description": "Stripe processing fees", "type": "stripe_fee"})
	}
	return object{
		"id": r.ID, "object": "balance_transaction", "amount": r.Amount, "fee": r.Fee, "net": r.net(), "fee_details": details,
		"currency": r.Currency, "type": r.Type, "reporting_category": r.Category, "source": r.Source, "created": r.Created,
		"available_on": r.Created, "status": "available", "description": orNull(r.Description), "exchange_rate": nil,
	}
}

func (s *Server) renderEvent(r *event) object {
	data := object{"object": r.Object}
	if len(r.Previous) > 0 {
		data["previous_attributes"] = r.Previous
	}
	pending := 1
	if r.Delivered || s.options.Deliver == nil {
		pending = 0
	}
	return object{
		"id": r.ID, "object": "event", "api_version": s.options.APIVersion, "created": r.Created, "livemode": false,
		"type": r.Type, "data": data, "pending_webhooks": pending,
		"request": object{"id": orNull(r.RequestID), "idempotency_key": orNull(r.Key)},
	}
}

func (s *Server) renderEndpoint(r *webhookEndpoint) object {
	return object{
		"id": r.ID, "object": "webhook_endpoint", "livemode": false, "created": r.Created, "url": r.URL,
		"api_version": orNull(r.Version), "application": nil, "description": orNull(r.Description),
		"enabled_events": r.Events, "metadata": orEmpty(r.Metadata), "status": "enabled",
	}
}

// renderAny renders the object that an id names, by its prefix; it is how
// expand[] and balance_transaction.source find their targets.
func (s *Server) renderAny(id string) (object, bool) {
	if r, ok := s.state.Intents.get(id); ok {
		return s.renderIntent(r), true
	}
	if r, ok := s.state.Charges.get(id); ok {
		return s.renderCharge(r), true
	}
	if r, ok := s.state.Transactions.get(id); ok {
		return s.renderTransaction(r), true
	}
	if r, ok := s.state.Refunds.get(id); ok {
		return s.renderRefund(r), true
	}
	if r, ok := s.state.Disputes.get(id); ok {
		return s.renderDispute(r), true
	}
	if r, ok := s.state.Payouts.get(id); ok {
		return s.renderPayout(r), true
	}
	return nil, false
}

// describe is the description that a balance transaction carries for a payment.
func describe(r *charge) string {
	if r.Description != "" {
		return r.Description
	}
	return fmt.Sprintf("Payment %s", r.IntentID)
}
