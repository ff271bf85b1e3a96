// Package report asks credit agencies about companies: one adapter per agency
// behind o2c.Reports. It does not own what the house makes of an answer or how
// old one may be.
package report

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

//go:embed offline.csv
var shipped []byte

// Offline answers from a file: what the demo and the tests ask, and a house
// without an agency.
type Offline struct{ rows [][]string }

// Source is what its reports say of where they come from.
const Source = "offline sample"

// The columns of the file, behind a line of their names.
const (
	colKVK = iota
	colVAT
	colName
	colScore
	colGrade
	colLimit
	columns
)

// NewOffline reads the file that ships with the product: invented companies.
func NewOffline() (*Offline, error) { return ReadOffline(shipped) }

// ReadOffline reads a file of one's own.
func ReadOffline(raw []byte) (*Offline, error) {
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord = columns
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("the file of credit reports cannot be read: %w", err)
	}
	for i, row := range rows[min(1, len(rows)):] {
		if n, err := strconv.Atoi(row[colScore]); err != nil || n < 0 || n > 100 {
			return nil, fmt.Errorf("line %d of the credit reports: a score of %q; write 0 to 100", i+2, row[colScore])
		}
	}
	return &Offline{rows: rows[min(1, len(rows)):]}, nil
}

// Report finds a company by its KVK number, else by its VAT id; a name is not
// enough.
func (o *Offline) Report(_ context.Context, about party.Data, currency string) (credit.ReportData, error) {
	d := credit.ReportData{Source: Source}
	i := slices.IndexFunc(o.rows, func(row []string) bool {
		return (about.KVK != "" && row[colKVK] == about.KVK) || (about.VATID != "" && row[colVAT] == about.VATID)
	})
	if i < 0 {
		return d, nil
	}
	row := o.rows[i]
	score, err := strconv.Atoi(row[colScore])
	if err != nil {
		return d, err
	}
	d.Known, d.Score, d.Grade, d.Reference = true, score, row[colGrade], fmt.Sprintf("line %d", i+2)
	if row[colLimit] != "" {
		limit, err := money.Parse(row[colLimit], currency)
		if err != nil {
			return d, err
		}
		d.Limit = &limit
	}
	return d, nil
}
