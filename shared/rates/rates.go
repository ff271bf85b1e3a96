// Package rates reads files of exchange rates: the European Central Bank's euro
// foreign exchange reference rates, as XML and as CSV, and the sheet that ships
// with the product. It does not own what the rates are used for.
package rates

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/exchange"
	"duly/shared/o2c/money"
)

// Source is what the sheets of these files say of where they come from
// (https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates).
const Source = "ECB euro foreign exchange reference rates"

// base is what the ECB's rates are quoted against.
const base = "EUR"

// daysMax bounds a file: the whole series since 1999 is below 8,000 days.
const daysMax = 10_000

// Read reads a file of the ECB in any of its shapes: eurofxref-daily.xml,
// eurofxref-hist.xml, eurofxref.csv and eurofxref-hist.csv; the newest day first.
func Read(raw []byte) ([]*exchange.Sheet, error) {
	raw = bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")))
	read := readCSV
	if bytes.HasPrefix(raw, []byte("<")) {
		read = readXML
	}
	days, err := read(raw)
	if err != nil {
		return nil, err
	}
	if len(days) == 0 || len(days) > daysMax {
		return nil, fmt.Errorf("the file has the rates of %d days; 1 to %d can be read", len(days), daysMax)
	}
	sheets := make([]*exchange.Sheet, len(days))
	for i, d := range days {
		d.Base, d.Source = base, Source
		if sheets[i], err = exchange.NewSheet(d); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(sheets, func(a, b *exchange.Sheet) int { return b.Data().On.Compare(a.Data().On) })
	return sheets, nil
}

// readXML reads <Cube time="…"><Cube currency="USD" rate="1.0705"/>…, whatever
// stands around it.
func readXML(raw []byte) ([]exchange.SheetData, error) {
	var days []exchange.SheetData
	dec := xml.NewDecoder(bytes.NewReader(raw))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return days, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the file is no XML that can be read: %w", err)
		}
		if _, ok := token.(xml.Directive); ok {
			return nil, errors.New("the file declares entities or a document type, which rates never do")
		}
		cube, ok := token.(xml.StartElement)
		if !ok || cube.Name.Local != "Cube" {
			continue
		}
		if on := attribute(cube, "time"); on != "" {
			day, err := calendar.Parse(on)
			if err != nil {
				return nil, err
			}
			days = append(days, exchange.SheetData{On: day, Per: map[string]decimal.Decimal{}})
		}
		if currency := attribute(cube, "currency"); currency != "" && len(days) > 0 {
			if err := put(days[len(days)-1], currency, attribute(cube, "rate")); err != nil {
				return nil, err
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// put takes a rate; currencies that ISO 4217 has given up, as the series since
// 1999 has them, are left out.
func put(d exchange.SheetData, currency, text string) error {
	if !money.Valid(currency) {
		return nil
	}
	per, err := decimal.NewFromString(text)
	if err != nil {
		return fmt.Errorf("the rate of %s on %s is %q, which is no number", currency, d.On, text)
	}
	d.Per[currency] = per
	return nil
}

// readCSV reads a line per day behind a line of currencies. A currency without a
// rate on a day says N/A or nothing.
func readCSV(raw []byte) ([]exchange.SheetData, error) {
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("the file is neither XML nor CSV: %w", err)
	}
	if len(rows) == 0 || len(rows[0]) < 2 || !strings.EqualFold(strings.TrimSpace(rows[0][0]), "date") {
		return nil, errors.New("the file does not begin with a line of Date and currencies")
	}
	var days []exchange.SheetData
	for _, row := range rows[1:] {
		on, err := dateOf(strings.TrimSpace(row[0]))
		if err != nil {
			return nil, err
		}
		day := exchange.SheetData{On: on, Per: map[string]decimal.Decimal{}}
		for i, text := range row[1:] {
			text = strings.TrimSpace(text)
			if i+1 >= len(rows[0]) || text == "" || text == "N/A" {
				continue
			}
			if err := put(day, strings.TrimSpace(rows[0][i+1]), text); err != nil {
				return nil, err
			}
		}
		days = append(days, day)
	}
	return days, nil
}

// dateOf reads "2024-06-28" of the series and "28 June 2024" of the daily file.
func dateOf(text string) (calendar.Date, error) {
	for _, layout := range []string{time.DateOnly, "2 January 2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return calendar.On(t, time.UTC), nil
		}
	}
	return calendar.Date{}, fmt.Errorf("%q is no date of the ECB's files", text)
}

//go:embed shipped.csv
var shipped []byte

// Shipped is the sheet that ships with the product: what stands in until newer
// rates are imported. It says of which day it is.
func Shipped() ([]*exchange.Sheet, error) { return Read(shipped) }
