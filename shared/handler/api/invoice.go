package api

import (
	"cmp"
	"context"
	"strings"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

type invoiceDoc = invoice.Invoice

func (s server) invoices() {
	type byNumber struct {
		Number string `path:"number" doc:"An id will do as well, for drafts"`
	}
	type query struct {
		Paging
		Customer string `query:"customer" doc:"Id of the customer"`
		Status   string `query:"status" enum:"draft,issued,part_paid,paid,credited,written_off,void"`
		Overdue  string `query:"overdue" enum:"true,false" doc:"Only what is open after its due date, or only what is not"`
	}
	route(s, get("list-invoices", "/v1/invoices", "List invoices"), func(ctx context.Context, in *query) (*reply[page[Invoice]], error) {
		of, err := s.ofCustomer(ctx, in.Customer)
		if err != nil {
			return nil, err
		}
		today := s.today()
		kept, next, err := walk(in.Paging, func(limit int, after string) (o2c.Listing[invoice.Invoice], error) {
			return o2c.ListOf[invoice.Invoice](ctx, s.Cycle, limit, after)
		}, func(i *invoice.Invoice) bool {
			d := i.Data()
			return !i.IsCreditNote() && of(d.CustomerID) && (in.Status == "" || d.Status == in.Status) &&
				(in.Overdue == "" || i.Overdue(today) == (in.Overdue == "true"))
		})
		if err != nil {
			return nil, err
		}
		views, err := s.invoiceViews(ctx, each(kept, (*invoice.Invoice).Data)...)
		return &reply[page[Invoice]]{page[Invoice]{views, next}}, err
	})
	route(s, get("get-invoice", "/v1/invoices/{number}", "Read an invoice"), func(ctx context.Context, in *byNumber) (*reply[Invoice], error) {
		d, err := s.legal(ctx, invoice.Invoices, in.Number)
		if err != nil {
			return nil, err
		}
		return s.invoice(ctx, d)
	})
	route(s, post("issue-invoice", "/v1/invoices/{number}/issue", "Try again to issue a draft, once what it lacked is there"), func(ctx context.Context, in *byNumber) (*reply[Invoice], error) {
		d, err := s.legal(ctx, invoice.Invoices, in.Number)
		if err != nil {
			return nil, err
		}
		if err := s.Cycle.RetryDraft(ctx, s.stamp(ctx), d.ID); err != nil {
			return nil, err
		}
		if d, err = s.legal(ctx, invoice.Invoices, d.ID); err != nil {
			return nil, err
		}
		return s.invoice(ctx, d)
	})
	route(s, pdfOf(get("get-invoice-pdf", "/v1/invoices/{number}/pdf", "Read an invoice as its customer got it")), func(ctx context.Context, in *byNumber) (*file, error) {
		d, err := s.legal(ctx, invoice.Invoices, in.Number)
		if err != nil {
			return nil, err
		}
		return s.pdf(ctx, d)
	})
	s.invoiceDeliveries()
	s.einvoices()
}

// einvoices are UBL as Peppol BIS Billing 3.0 has it, and CII, which Factur-X
// carries.
func (s server) einvoices() {
	type byNumber struct {
		Number string `path:"number"`
	}
	einvoice := func(format string, render func(invoice.Data) ([]byte, error)) {
		op := get("get-invoice-"+format, "/v1/invoices/{number}/"+format, "Read an invoice as "+strings.ToUpper(format)+" of EN 16931")
		route(s, xmlOf(op), func(ctx context.Context, in *byNumber) (*file, error) {
			d, err := s.legal(ctx, invoice.Invoices, in.Number)
			if err != nil {
				return nil, err
			}
			if d.BroughtForward() {
				return nil, foreignPaper(d)
			}
			content, err := render(d)
			return &file{ContentType: "application/xml", Body: content}, err
		})
	}
	einvoice("ubl", func(d invoice.Data) ([]byte, error) { return s.Papers.InvoiceUBL(d) })
	einvoice("cii", func(d invoice.Data) ([]byte, error) { return s.Papers.InvoiceCII(d) })
}

// legal finds a document of a type by its number, or by its id.
func (s server) legal(ctx context.Context, docType, name string) (invoice.Data, error) {
	d, err := s.Cycle.InvoiceByNumber(ctx, name)
	if fault.Is(err, fault.NotFound) && strings.HasPrefix(name, "i_") {
		var inv *invoice.Invoice
		if inv, err = o2c.Read[invoice.Invoice](ctx, s.Cycle, name); err == nil {
			d = inv.Data()
		}
	}
	if err == nil && d.Type != docType {
		err = fault.Missing(strings.ReplaceAll(docType, "_", " "), name)
	}
	return d, err
}

func (s server) invoice(ctx context.Context, d invoice.Data) (*reply[Invoice], error) {
	views, err := s.invoiceViews(ctx, d)
	if err != nil {
		return nil, err
	}
	return &reply[Invoice]{views[0]}, nil
}

func (s server) invoiceViews(ctx context.Context, invoices ...invoice.Data) ([]Invoice, error) {
	views := make([]Invoice, len(invoices))
	for i, d := range invoices {
		url, err := s.portalURL(d)
		if err != nil {
			return nil, err
		}
		views[i] = invoiceView(d, url, s.today())
	}
	return views, nil
}

// portalURL is the customer's address of a document; a draft has none.
func (s server) portalURL(d invoice.Data) (*string, error) {
	if d.Number == "" {
		return nil, nil
	}
	url, err := s.Cycle.InvoiceURL(d)
	return &url, err
}

// pdf is the document as it was first rendered. One that nobody was sent is
// rendered now: the same facts give the same bytes.
func (s server) pdf(ctx context.Context, d invoice.Data) (*file, error) {
	if d.Number == "" {
		return nil, fault.New(fault.Refused, "A draft has no document", "it is not issued yet", "ask again when it has a number")
	}
	if d.BroughtForward() {
		return nil, foreignPaper(d)
	}
	content, err := s.Files.Get(ctx, o2c.PaperName(d))
	if fault.Is(err, fault.NotFound) {
		var url string
		if url, err = s.Cycle.InvoiceURL(d); err == nil {
			content, err = s.Papers.InvoicePDF(d, url)
		}
	}
	return &file{ContentType: "application/pdf", Body: content}, err
}

// foreignPaper refuses to write a paper of ours under another package's number.
func foreignPaper(d invoice.Data) error {
	return fault.New(fault.Refused, "Invoice "+d.Number+" has no paper here", "another package issued it and keeps its paper", "ask for it there")
}

// Invoice is a legal document and how it is being paid.
type Invoice struct {
	ID          string              `json:"id"`
	Number      string              `json:"number" doc:"Empty while a draft" example:"2026-0001"`
	Type        string              `json:"type" enum:"invoice,deposit,prepayment"`
	TypeCode    string              `json:"type_code" doc:"UNTDID 1001: 380 invoice, 386 advance payment" example:"380"`
	Status      string              `json:"status" enum:"draft,issued,part_paid,paid,credited,written_off,void"`
	Total       Money               `json:"total"`
	Open        Money               `json:"open"`
	Credited    Money               `json:"credited" doc:"What credit notes took back"`
	IssuedOn    *string             `json:"issued_on" format:"date"`
	DueOn       *string             `json:"due_on" format:"date"`
	PaidOn      *string             `json:"paid_on" format:"date"`
	Overdue     bool                `json:"overdue"`
	Currency    string              `json:"currency"`
	Lines       []InvoiceLine       `json:"lines" nullable:"false"`
	Taxes       []Tax               `json:"taxes" nullable:"false"`
	Net         Money               `json:"net"`
	Tax         Money               `json:"tax"`
	Rounding    Money               `json:"rounding"`
	Books       Null[BooksView]     `json:"in_books" doc:"As the ledger took it, when it is in another currency than the books; null otherwise, and for drafts"`
	Preceding   []Preceding         `json:"preceding" nullable:"false" doc:"Deposit invoices that this one takes off, by lines below zero"`
	Instalments []InvoiceInstalment `json:"instalments" nullable:"false" doc:"When the invoice has several due dates; due_on is the first"`
	OrderID     string              `json:"order_id"`
	OrderNumber string              `json:"order_number"`
	Supplies    []BilledSupply      `json:"supplies" nullable:"false" doc:"What a collective invoice bills, by supply; its order_id is empty. None on other invoices"`
	PeriodEnd   *string             `json:"period_end" format:"date" doc:"Last day of the period that a collective invoice is made for"`
	PONumber    string              `json:"po_number" doc:"The customer's own number of the order; the one told last, which its copy bears"`
	CustomerID  string              `json:"customer_id"`
	Customer    string              `json:"customer_name" doc:"As the document shows it"`
	PortalURL   *string             `json:"portal_url" doc:"The customer's own address of it"`
	Reference   string              `json:"reference" doc:"ISO 11649; a transfer that carries it finds the invoice"`
	Dunning     DunningView         `json:"dunning"`
	Documents   []Document          `json:"documents" nullable:"false"`
	CreditNotes []string            `json:"credit_notes" nullable:"false" doc:"Numbers"`
	VATCheck    Null[VATCheck]      `json:"vat_check" doc:"What VIES said of the VAT id that it bears no VAT on; null where none matters"`
	Missing     []string            `json:"missing" nullable:"false" doc:"Particulars without which a draft cannot be issued"`
}

// Preceding is a deposit invoice that a later one takes off (EN 16931 BG-3).
type Preceding struct {
	Number   string `json:"number" example:"2026-0001"`
	IssuedOn string `json:"issued_on" format:"date"`
	Amount   Money  `json:"amount" doc:"Tax included"`
}

// VATCheck is what VIES said of the buyer's VAT id before the invoice was issued:
// the evidence of a supply without VAT.
type VATCheck struct {
	VATID        string     `json:"vat_id"`
	Status       string     `json:"status" enum:"valid,invalid,unverified"`
	Consultation string     `json:"consultation" doc:"The service's own number of the question"`
	Name         string     `json:"name" doc:"As the member state knows it, where it says so"`
	AskedAt      *time.Time `json:"asked_at"`
}

func vatCheck(v invoice.VIES) Null[VATCheck] {
	if v.Status == "" {
		return Null[VATCheck]{}
	}
	return some(VATCheck{VATID: v.VATID, Status: v.Status, Consultation: v.Consultation, Name: v.Name, AskedAt: instantOrNull(v.AskedAt)})
}

// BilledSupply is one of the supplies that a collective invoice bills.
type BilledSupply struct {
	OrderID     string `json:"order_id"`
	OrderNumber string `json:"order_number"`
	PONumber    string `json:"po_number"`
	ShipmentID  string `json:"shipment_id"`
	On          string `json:"on" format:"date" doc:"Of supply"`
	Total       Money  `json:"total" doc:"Tax included"`
}

func supplyRow(d invoice.Supply) BilledSupply {
	return BilledSupply{OrderID: d.OrderID, OrderNumber: d.OrderNo, PONumber: d.PONumber, ShipmentID: d.ShipmentID, On: d.On.String(), Total: moneyOf(d.Total)}
}

// BooksView is a document in the currency of the books.
type BooksView struct {
	Net        Money  `json:"net"`
	Tax        Money  `json:"tax" doc:"EN 16931 BT-111: the sum of its rates, each rounded once"`
	Total      Money  `json:"total"`
	Open       Money  `json:"open"`
	Rate       string `json:"rate" doc:"Units of the books' currency for one of the document's" example:"0.8929"`
	RateOn     string `json:"rate_on" format:"date"`
	RateSource string `json:"rate_source"`
}

func booksView(d invoice.Data) Null[BooksView] {
	if d.Number == "" || d.Rate == nil {
		return Null[BooksView]{}
	}
	b := d.Books()
	return some(BooksView{
		Net: moneyOf(b.Net), Tax: moneyOf(b.Tax), Total: moneyOf(b.Total), Open: moneyOf(d.InBooks(d.Open)),
		Rate: d.Rate.Per.String(), RateOn: d.Rate.On.String(), RateSource: d.Rate.Source,
	})
}

// InvoiceLine is one line; amounts are net of tax.
type InvoiceLine struct {
	N           int    `json:"n"`
	Supply      int    `json:"supply" doc:"Of a collective invoice: the place of its supply in supplies, from 1; 0 on others"`
	SKU         string `json:"sku"`
	Name        string `json:"name"`
	Quantity    int64  `json:"quantity"`
	UnitPrice   Money  `json:"unit_price" doc:"Net, after the allowance"`
	Allowance   Money  `json:"allowance" doc:"Discount on the line (BT-136), net; list price × quantity less it is net"`
	Charge      Money  `json:"charge" doc:"On the line beside its price (BT-141), net"`
	Net         Money  `json:"net"`
	TaxRate     string `json:"tax_rate" doc:"Percent" example:"21"`
	TaxCategory string `json:"tax_category" example:"S"`
	Overall     bool   `json:"overall" doc:"An allowance (BG-20, below zero) or charge (BG-21) of the whole document at this rate; name is its reason"`
}

// DunningView is where the reminders of an invoice stand.
type DunningView struct {
	NextStep *string `json:"next_step"`
	NextOn   *string `json:"next_on" format:"date"`
	PausedBy *string `json:"paused_by" example:"promise"`
	Disputed Money   `json:"disputed" doc:"The part that nobody asks for while it is looked into"`
	Sent     []Step  `json:"sent" nullable:"false"`
}

// Step is a reminder that was sent.
type Step struct {
	Step string `json:"step" example:"friendly"`
	On   string `json:"on" format:"date"`
}

// Document is a rendering of a legal document.
type Document struct {
	Type        string `json:"type" enum:"pdf,ubl,cii"`
	ContentType string `json:"content_type"`
	URL         string `json:"url" doc:"Below the API, with a key" example:"/v1/invoices/2026-0001/pdf"`
}

func invoiceView(d invoice.Data, url *string, today calendar.Date) Invoice {
	v := Invoice{
		ID: d.ID, Number: d.Number, Type: d.Nature(), TypeCode: d.TypeCode(), Status: d.Status, Total: moneyOf(d.Total), Open: moneyOf(d.Open), IssuedOn: dateOrNull(d.IssuedOn),
		DueOn: dateOrNull(d.DueOn), PaidOn: dateOrNull(d.PaidOn), Overdue: d.Open.IsPositive() && today.After(d.NextDue()), Currency: d.Currency,
		Lines: each(d.Lines, invoiceLine), Taxes: each(d.Taxes, taxRow), Net: moneyOf(d.Net), Tax: moneyOf(d.Tax), Rounding: moneyOf(d.Rounding), Books: booksView(d),
		Preceding: each(d.Preceding, func(b invoice.Preceding) Preceding {
			return Preceding{Number: b.Number, IssuedOn: b.IssuedOn.String(), Amount: moneyOf(b.Amount)}
		}),
		OrderID: d.OrderID, OrderNumber: d.OrderNo, Supplies: each(d.Supplies, supplyRow), PeriodEnd: dateOrNull(d.CollectsTo), PONumber: cmp.Or(d.BuyerPO, d.PONumber), CustomerID: d.CustomerID, Customer: d.Buyer.Name, PortalURL: url, Reference: d.Reference,
		Instalments: instalments(d), Credited: moneyOf(d.Credited()), Documents: documents(d, "invoices"), CreditNotes: each(d.Notes, func(n invoice.Note) string { return n.Number }), VATCheck: vatCheck(d.VIES), Missing: append([]string{}, d.Missing...),
		Dunning: DunningView{Disputed: moneyOf(d.Disputed()), Sent: each(d.Dunning.Sent, func(t invoice.Sent) Step { return Step{Step: t.Step, On: t.On.String()} })},
	}
	if d.Open.IsPositive() {
		kind, _, _ := strings.Cut(d.PausedBy(), " ") // "promise p_…"
		v.Dunning.NextStep, v.Dunning.NextOn, v.Dunning.PausedBy = textOrNull(d.Dunning.NextStep), dateOrNull(d.Dunning.NextOn), textOrNull(kind)
	}
	return v
}

func invoiceLine(l invoice.Line) InvoiceLine {
	return InvoiceLine{
		N: l.N, Supply: l.Supply, SKU: l.SKU, Name: l.Name, Quantity: l.Quantity, UnitPrice: moneyOf(l.UnitPrice), Allowance: moneyOf(l.Allowance()), Charge: moneyOf(l.Charged()), Overall: l.Overall, Net: moneyOf(l.Net),
		TaxRate: l.TaxRate.String(), TaxCategory: string(l.Category),
	}
}

func documents(d invoice.Data, collection string) []Document {
	if d.Number == "" || d.BroughtForward() {
		return []Document{}
	}
	at := "/v1/" + collection + "/" + d.Number
	all := []Document{{Type: "pdf", ContentType: "application/pdf", URL: at + "/pdf"}, {Type: "ubl", ContentType: "application/xml", URL: at + "/ubl"}}
	if d.Type == invoice.Invoices {
		all = append(all, Document{Type: "cii", ContentType: "application/xml", URL: at + "/cii"})
	}
	return all
}
