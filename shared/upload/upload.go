// Package upload owns the files that people send in: CSV of orders, customers,
// products and what is open in another package as spreadsheets write them, whatever their separator, encoding
// and language of the header. It turns rows into what the cycle takes and says
// of each cell that cannot be used which it is and how to mend it.
//
// It does not own what becomes of a row, or where a file comes from.
package upload

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// RowsMax bounds a file.
const RowsMax = 100_000

// kinds is the table of what can be read.
var kinds = map[string]func(*sheet){
	o2c.ImportOrders:    orders,
	o2c.ImportCustomers: customers,
	o2c.ImportProducts:  products,
	o2c.ImportOpenItems: openItems,
	o2c.ImportBalances:  balances,
}

// columns are the headers of each kind, by field: the first name is ours, the
// others are what shops and bookkeeping programs write. They are compared without
// blanks, dots, dashes and case.
var columns = map[string][][]string{
	o2c.ImportOrders: {
		{"order", "order number", "order no", "order id", "external id", "name", "bestelling", "bestelnummer", "ordernummer", "bestellnummer", "auftrag", "auftragsnummer", "commande", "numéro de commande"},
		{"date", "order date", "created at", "datum", "besteldatum", "bestelldatum", "date de commande"},
		{"customer", "customer number", "customer id", "klantnummer", "klant", "debiteurnummer", "kundennummer", "numéro client", "client"},
		{"company", "bedrijf", "bedrijfsnaam", "firma", "société", "billing company"},
		{"contact", "customer name", "naam", "klantnaam", "ansprechpartner", "kunde", "nom", "billing name"},
		{"email", "e-mail", "mail", "emailadres", "courriel"},
		{"phone", "telephone", "telefoon", "telefon", "téléphone"},
		{"kind", "type", "soort", "art"},
		{"vat id", "vat number", "vat", "btw nummer", "btw", "ust id", "ustidnr", "numéro de tva", "tva intracommunautaire"},
		{"kvk", "kvk nummer", "chamber of commerce"},
		{"buyer reference", "leitweg id", "leitwegid"},
		{"street", "address", "adres", "straat", "straße", "strasse", "adresse", "rue", "billing street"},
		{"postal code", "postcode", "zip", "plz", "code postal", "billing zip"},
		{"city", "plaats", "stad", "ort", "stadt", "ville", "billing city"},
		{"country", "land", "pays", "billing country"},
		{"language", "taal", "sprache", "langue"},
		{"sku", "article", "article number", "artikel", "artikelnummer", "référence", "lineitem sku"},
		{"description", "item", "product", "omschrijving", "artikelomschrijving", "bezeichnung", "beschreibung", "désignation", "lineitem name"},
		{"quantity", "qty", "aantal", "menge", "anzahl", "quantité", "lineitem quantity"},
		{"unit price", "price", "prijs", "stukprijs", "preis", "einzelpreis", "prix", "prix unitaire", "lineitem price"},
		{"discount", "korting", "rabatt", "remise", "lineitem discount"},
		{"tax rate", "vat rate", "tax", "btw percentage", "btw %", "mwst", "ust", "tva", "taux de tva"},
		{"currency", "valuta", "währung", "devise"},
		{"prices include tax", "taxes included", "incl btw", "inkl mwst", "ttc"},
		{"shipping", "verzendkosten", "versand", "versandkosten", "frais de port"},
		{"note", "notes", "opmerking", "notiz", "remarque"},
	},
	o2c.ImportCustomers: {
		{"customer", "customer number", "customer id", "external id", "id", "klantnummer", "debiteurnummer", "kundennummer", "numéro client"},
		{"name", "company", "bedrijf", "bedrijfsnaam", "naam", "firma", "kunde", "nom", "société"},
		{"email", "e-mail", "mail", "emailadres", "courriel"},
		{"phone", "telephone", "telefoon", "telefon", "téléphone"},
		{"kind", "type", "soort", "art"},
		{"vat id", "vat number", "vat", "btw nummer", "ust id", "ustidnr", "numéro de tva"},
		{"kvk", "kvk nummer", "chamber of commerce"},
		{"buyer reference", "leitweg id", "leitwegid"},
		{"street", "address", "adres", "straat", "straße", "strasse", "adresse", "rue"},
		{"postal code", "postcode", "zip", "plz", "code postal"},
		{"city", "plaats", "stad", "ort", "stadt", "ville"},
		{"country", "land", "pays"},
		{"language", "taal", "sprache", "langue"},
		{"terms", "payment terms", "betalingstermijn", "zahlungsziel", "délai de paiement"},
		{"credit limit", "kredietlimiet", "kreditlimit", "limite de crédit"},
		{"segment", "price group", "prijsgroep", "preisgruppe"},
	},
	o2c.ImportOpenItems: openColumns(),
	o2c.ImportBalances:  balanceColumns(),
	o2c.ImportProducts: {
		{"sku", "article", "article number", "artikel", "artikelnummer", "référence"},
		{"name", "description", "product", "omschrijving", "naam", "bezeichnung", "désignation", "nom"},
		{"price", "unit price", "prijs", "preis", "prix"},
		{"vat class", "tax class", "btw", "btw tarief", "mwst", "tva"},
		{"stock", "on hand", "quantity", "voorraad", "bestand", "lagerbestand", "quantité"},
		{"reorder point", "bestelpunt", "minimumvoorraad", "meldebestand", "mindestbestand", "seuil"},
		{"substitute", "vervanger", "ersatz", "remplaçant"},
	},
}

// Read reads a file of a kind. Amounts without a currency are in the books'. Its
// error is a *fault.Error about the file as a whole; what is wrong in a row is in
// the file's errors.
func Read(kind string, raw []byte, books string) (o2c.ImportFile, error) {
	read, ok := kinds[kind]
	if !ok {
		return o2c.ImportFile{}, fault.Bad("/kind", fmt.Sprintf("nothing is called %q", kind), "write one of "+strings.Join(o2c.ImportKinds(), ", "))
	}
	rows, err := table(raw)
	if err != nil {
		return o2c.ImportFile{}, err
	}
	s := &sheet{file: o2c.ImportFile{Kind: kind, Rows: len(rows) - 1, Columns: map[string]string{}}, books: books, at: map[string]int{}}
	if err := s.header(rows[0], columns[kind]); err != nil {
		return s.file, err
	}
	s.rows = rows[1:]
	read(s)
	return s.file, nil
}

// table cuts the file into rows and cells.
func table(raw []byte) ([][]string, error) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(raw) { // what spreadsheets on Windows write
		decoded, err := charmap.Windows1252.NewDecoder().Bytes(raw)
		if err != nil {
			return nil, unreadable("it is neither UTF-8 nor Windows-1252", "save it as CSV UTF-8")
		}
		raw = decoded
	}
	if bytes.IndexByte(raw, 0) >= 0 {
		return nil, unreadable("it is no text", "save the sheet as CSV UTF-8")
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = separator(raw), -1, true
	var rows [][]string
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unreadable(err.Error(), "save it as CSV again; a quote inside a text is written twice")
		}
		if rows = append(rows, row); len(rows) > RowsMax+1 {
			return nil, unreadable(fmt.Sprintf("it has more than %d rows", RowsMax), "cut it into several files")
		}
	}
	if len(rows) < 2 {
		return nil, unreadable("it has no rows", "write the names of the columns into the first row, and what is to be imported below it")
	}
	return rows, nil
}

// separator is what stands most often in the first row.
func separator(raw []byte) rune {
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	best, most := ',', 0
	for _, c := range ",;\t" {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

func unreadable(why, do string) error {
	return fault.New(fault.Unreadable, "The file cannot be read", why, do)
}

// sheet is a file being read.
type sheet struct {
	file  o2c.ImportFile
	books string         // currency
	at    map[string]int // column of a field
	rows  [][]string
}

// header finds the columns.
func (s *sheet) header(row []string, known [][]string) error {
	var strange []string
	for i, cell := range row {
		field := fieldOf(cell, known)
		if _, twice := s.at[field]; field != "" && twice {
			return unreadable("two columns mean "+field+": "+s.file.Columns[field]+" and "+cell, "keep one of them")
		}
		if field == "" {
			strange = append(strange, cell)
			continue
		}
		s.at[field], s.file.Columns[field] = i, strings.TrimSpace(cell)
	}
	if first := known[0][0]; !s.has(first) && !(s.file.Kind == o2c.ImportBalances && s.has("customer")) {
		return unreadable("it has no column "+first+"; its columns are "+strings.Join(row, ", "), "name the column "+first+", or "+strings.Join(known[0][1:4], ", "))
	}
	s.file.Ignored = strange
	return nil
}

// fieldOf is the field that a header names, "" when none.
func fieldOf(cell string, known [][]string) string {
	for _, names := range known {
		if slices.ContainsFunc(names, func(n string) bool { return bare(n) == bare(cell) }) {
			return names[0]
		}
	}
	return ""
}

func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '%' {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func (s *sheet) has(field string) bool { _, ok := s.at[field]; return ok }
