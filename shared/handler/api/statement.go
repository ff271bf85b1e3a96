package api

import (
	"bytes"
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"duly/shared/bank"
	"duly/shared/o2c"
)

// Imported is what a bank file did. A file with several statements sums them
// up; statements has each.
type Imported struct {
	ID         string              `json:"id"`
	Account    string              `json:"account" doc:"IBAN; of a file with several accounts, the first"`
	Entries    int                 `json:"entries"`
	New        int                 `json:"new" doc:"Not known from an earlier file"`
	Applied    int                 `json:"applied" doc:"Found their open item or payout"`
	Unmatched  int                 `json:"unmatched" doc:"Ask a person"`
	Statements []ImportedStatement `json:"statements" nullable:"false"`
}

// ImportedStatement is what one statement did.
type ImportedStatement struct {
	ID        string `json:"id"`
	Account   string `json:"account"`
	From      string `json:"from" format:"date"`
	To        string `json:"to" format:"date"`
	Opening   Money  `json:"opening"`
	Closing   Money  `json:"closing"`
	Entries   int    `json:"entries"`
	New       int    `json:"new"`
	Applied   int    `json:"applied"`
	Unmatched int    `json:"unmatched"`
}

func (s server) statements() {
	type upload struct{ RawBody []byte }
	op := made("import-bank-statement", "/v1/bank-statements", "Import a bank file, its format detected; 200 when nothing in it is new")
	op.RequestBody = &huma.RequestBody{Required: true, Description: "The file as the bank gave it: CAMT.053, .052, .054, MT940, OFX, or the CSV of a bank that is known"}
	same := &huma.MediaType{Schema: s.schema(reflect.TypeFor[Imported]())}
	op.Responses = map[string]*huma.Response{
		"200": {Description: "Nothing in it is new", Content: map[string]*huma.MediaType{"application/json": same}},
		"201": {Description: "Created", Content: map[string]*huma.MediaType{"application/json": same}},
	}
	route(s, op, func(ctx context.Context, in *upload) (*outcome[Imported], error) {
		told, err := bank.Read(bytes.NewReader(in.RawBody))
		if err != nil {
			return nil, err
		}
		out := &outcome[Imported]{Status: http.StatusOK, Body: Imported{Statements: []ImportedStatement{}}}
		for _, statement := range told {
			r, err := s.Cycle.ImportStatement(ctx, s.stamp(ctx), statement)
			if err != nil {
				return nil, err
			}
			out.Body.add(r, ImportedStatement{
				From: statement.From.String(), To: statement.To.String(), Opening: moneyOf(statement.Opening), Closing: moneyOf(statement.Closing),
			})
			if !r.Replay {
				out.Status = http.StatusCreated
			}
		}
		return out, nil
	})
}

func (i *Imported) add(r o2c.StatementResult, row ImportedStatement) {
	row.ID, row.Account, row.Entries, row.New, row.Applied, row.Unmatched = r.ID, r.Account, r.Entries, r.New, r.Applied, r.Unmatched
	if i.Statements = append(i.Statements, row); len(i.Statements) == 1 {
		i.ID, i.Account = r.ID, r.Account
	}
	i.Entries, i.New, i.Applied, i.Unmatched = i.Entries+r.Entries, i.New+r.New, i.Applied+r.Applied, i.Unmatched+r.Unmatched
}
