package api

import (
	"context"
	"net/http"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/party"
)

// EnclosureInput asks to put a file beside a customer or a claim.
type EnclosureInput struct {
	Label string `json:"label" enum:"annual-accounts,summons,payment-order,judgment,bankruptcy,other" doc:"What it is: annual-accounts and other beside a customer, the rest and other beside a claim" example:"annual-accounts"`
	Name  string `json:"name" minLength:"1" maxLength:"200" doc:"What you call the file" example:"accounts-2025.pdf"`
	Year  int    `json:"year,omitempty" minimum:"1990" maximum:"2100" doc:"Financial year, of annual accounts" example:"2025"`
}

// Enclosure is a file beside a customer or a claim.
type Enclosure struct {
	ID          string    `json:"id" example:"enc_5Z1Q"`
	Label       string    `json:"label"`
	Name        string    `json:"name"`
	Year        int       `json:"year" doc:"0: it has none"`
	Status      string    `json:"status" enum:"waiting,kept,refused"`
	Problem     string    `json:"problem" doc:"Why it was refused"`
	ContentType string    `json:"content_type" doc:"By its content"`
	Bytes       int       `json:"bytes"`
	SHA256      string    `json:"sha256"`
	By          string    `json:"by"`
	CreatedAt   time.Time `json:"created_at"`
}

// EnclosureUpload is where an enclosure's file goes.
type EnclosureUpload struct {
	Enclosure Enclosure `json:"enclosure"`
	Method    string    `json:"method" example:"PUT"`
	URL       string    `json:"url" doc:"Put the file here: PDF, PNG, JPEG, XBRL or a spreadsheet, at most 4 MB"`
	Until     time.Time `json:"until" doc:"The address is good until then"`
}

func enclosureView(d o2c.EnclosureData) Enclosure {
	return Enclosure{
		ID: d.ID, Label: d.Label, Name: d.Name, Year: d.Year, Status: d.Status, Problem: d.Problem,
		ContentType: d.ContentType, Bytes: d.Bytes, SHA256: d.SHA256, By: d.By, CreatedAt: d.CreatedAt,
	}
}

// enclosures are files beside customers and claims: where to put one, what is there, and one read back.
func (s server) enclosures() {
	type customer struct {
		ID string `path:"id"`
	}
	type toCustomer struct {
		customer
		Body EnclosureInput
	}
	type claim struct {
		Number string `path:"number"`
	}
	type toClaim struct {
		claim
		Body EnclosureInput
	}
	const ofCustomer, ofClaim = "/v1/customers/{id}/enclosures", "/v1/invoices/{number}/claim/enclosures"
	const put = ": answers with an address for it"
	route(s, operation(http.MethodPost, "enclose-customer", ofCustomer, "Put a file beside a customer"+put, http.StatusAccepted), func(ctx context.Context, in *toCustomer) (*reply[EnclosureUpload], error) {
		of, err := s.customerKey(ctx, in.ID)
		return s.enclose(ctx, of, in.Body, err)
	})
	route(s, operation(http.MethodPost, "enclose-claim", ofClaim, "Put a file beside a claim"+put, http.StatusAccepted), func(ctx context.Context, in *toClaim) (*reply[EnclosureUpload], error) {
		of, err := s.claimKey(ctx, in.Number)
		return s.enclose(ctx, of, in.Body, err)
	})
	route(s, get("list-customer-enclosures", ofCustomer, "List the files beside a customer"), func(ctx context.Context, in *customer) (*reply[page[Enclosure]], error) {
		of, err := s.customerKey(ctx, in.ID)
		return s.enclosed(ctx, of, err)
	})
	route(s, get("list-claim-enclosures", ofClaim, "List the files beside a claim"), func(ctx context.Context, in *claim) (*reply[page[Enclosure]], error) {
		of, err := s.claimKey(ctx, in.Number)
		return s.enclosed(ctx, of, err)
	})
	op := answering(get("get-enclosure", "/v1/enclosures/{id}", "Read a file that was put beside something"), "application/octet-stream", binary())
	route(s, op, func(ctx context.Context, in *customer) (*file, error) {
		e, err := o2c.Read[o2c.Enclosure](ctx, s.Cycle, in.ID)
		if err != nil {
			return nil, err
		}
		d := e.Data()
		if d.Status != o2c.EnclosureKept {
			return nil, fault.Missing("file", in.ID)
		}
		content, err := s.Files.Get(ctx, d.File())
		return &file{ContentType: d.ContentType, Body: content}, err
	})
}

func (s server) customerKey(ctx context.Context, id string) (o2c.Key, error) {
	c, err := o2c.Read[party.Customer](ctx, s.Cycle, id)
	if err != nil {
		return o2c.Key{}, err
	}
	return o2c.KeyOf(c), nil
}

func (s server) claimKey(ctx context.Context, number string) (o2c.Key, error) {
	v, err := s.claimOn(ctx, claimAsked{Number: number})
	if err == nil && v.File == nil {
		err = fault.Missing("claim", number)
	}
	if err != nil {
		return o2c.Key{}, err
	}
	return o2c.Key{Kind: "recovery", ID: v.File.InvoiceID}, nil
}

func (s server) enclose(ctx context.Context, of o2c.Key, in EnclosureInput, err error) (*reply[EnclosureUpload], error) {
	if err != nil {
		return nil, err
	}
	id := o2c.EnclosurePrefix + s.newID(ctx, "f", in)
	d, err := s.Cycle.Enclose(ctx, s.stamp(ctx), o2c.EnclosureData{ID: id, Of: of, Label: in.Label, Name: in.Name, Year: in.Year})
	if err != nil {
		return nil, err
	}
	url, err := s.Upload(ctx, d.Arrives(), uploadTime)
	return &reply[EnclosureUpload]{EnclosureUpload{Enclosure: enclosureView(d), Method: http.MethodPut, URL: url, Until: s.Now().Add(uploadTime)}}, err
}

func (s server) enclosed(ctx context.Context, of o2c.Key, err error) (*reply[page[Enclosure]], error) {
	if err != nil {
		return nil, err
	}
	there, err := s.Cycle.Enclosed(ctx, of)
	return &reply[page[Enclosure]]{page[Enclosure]{each(there, enclosureView), ""}}, err
}
