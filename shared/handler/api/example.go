package api

import (
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"
)

// The examples of the document. A test posts each of them.
const (
	customerExample = `{
		"name": "Bakkerij Vos", "kind": "company", "emails": ["inkoop@bakkerijvos.example"], "language": "nl", "kvk": "12345678", "vat_id": "NL004495445B01",
		"address": {"street": "Haarlemmerdijk 12", "postal_code": "1013 JC", "city": "Amsterdam", "country": "NL"},
		"terms": 14, "credit_limit": {"amount": 500000, "currency": "EUR"}
	}`
	productExample = `{"sku": "FLOUR-25", "name": "Wheat flour, 25 kg", "price": {"amount": 2190, "currency": "EUR"}, "vat_class": "reduced", "stock": 40, "reorder_point": 10}`
	orderExample   = `{
		"external_id": "SO-1001", "currency": "EUR",
		"customer": {
			"name": "Bakkerij Vos", "email": "inkoop@bakkerijvos.example", "kvk": "12345678", "language": "nl",
			"address": {"street": "Haarlemmerdijk 12", "postal_code": "1013 JC", "city": "Amsterdam", "country": "NL"}
		},
		"lines": [
			{"sku": "FLOUR-25", "name": "Wheat flour, 25 kg", "quantity": 12, "unit_price": {"amount": 2190, "currency": "EUR"}, "tax_rate": "9"},
			{"sku": "TIN-30", "name": "Baking tin, 30 cm", "quantity": 8, "unit_price": {"amount": 1745, "currency": "EUR"}, "tax_rate": "21"}
		]
	}`
	quoteExample = `{
		"customer": {
			"name": "Bakkerij Vos", "email": "inkoop@bakkerijvos.example", "kvk": "12345678", "language": "nl",
			"address": {"street": "Haarlemmerdijk 12", "postal_code": "1013 JC", "city": "Amsterdam", "country": "NL"}
		},
		"subject": "Flour for the spring season", "valid_until": "2026-02-04", "terms": 30,
		"lines": [
			{"sku": "FLOUR-25", "name": "Wheat flour, 25 kg", "quantity": 40, "unit_price": {"amount": 2090, "currency": "EUR"}, "tax_rate": "9"},
			{"name": "Delivery", "quantity": 1, "unit_price": {"amount": 4500, "currency": "EUR"}, "tax_rate": "21", "service": true}
		]
	}`
	shipmentExample = `{"lines": [{"sku": "FLOUR-25", "quantity": 5}], "carrier": "PostNL", "tracking": "3SDULY0000001"}`
	decisionExample = `{"decision": "approve_with", "conditions": {"terms": 14}, "reason": "Known for years", "as_user": "U04APPROVE"}`
)

// written is an example as it stands above. It is read for the document, not at the start of a function.
type written string

// exampled adds the example of an operation's body.
func exampled(op huma.Operation, example string) huma.Operation {
	op.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{"application/json": {Example: written(example)}}}
	return op
}

// illustrate reads an operation's example.
func illustrate(op *huma.Operation) {
	if op.RequestBody == nil {
		return
	}
	for _, media := range op.RequestBody.Content {
		example, ok := media.Example.(written)
		if !ok {
			continue
		}
		media.Example = nil
		if err := json.Unmarshal([]byte(example), &media.Example); err != nil {
			panic("api: the example of " + op.OperationID + ": " + err.Error()) // a test reads each
		}
	}
}
