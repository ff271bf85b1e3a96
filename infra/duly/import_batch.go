package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"duly/infra/local/demo"
	"duly/shared/handler/api"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// batch releases or undoes an import, step by step until nothing is left.
func (v *importVerb) batch(c *console, d *demo.Client) error {
	done, kept := 0, 0
	for after := ""; ; {
		var step api.BatchView
		if err := d.Do(c.ctx, http.MethodPost, "/v1/jobs/"+url.PathEscape(v.File)+"/"+v.Kind, api.BatchInput{After: after}, &step); err != nil {
			return err
		}
		for _, k := range step.Kept {
			fmt.Fprintf(c.out, "%s stays: %s\n", k.Number, k.Why)
		}
		done, kept = done+step.Done, kept+len(step.Kept)
		if after = step.Next; after == "" {
			break
		}
	}
	if v.Kind == "release" {
		fmt.Fprintf(c.out, "%d released: reminders about them go out from the next working morning on; in safe mode they wait for a press\n", done)
		return nil
	}
	fmt.Fprintf(c.out, "%d taken back, %d stay\n", done, kept)
	return nil
}

// moneyOf reads a typed amount.
func moneyOf(typed, currency string) (api.Money, error) {
	d, err := money.Read(typed, currency)
	var m *money.Misread
	if errors.As(err, &m) && m.Ambiguous() {
		return api.Money{}, fault.Bad("/total", "it could be "+m.Large+" or "+m.Small, "write "+m.Write)
	}
	if err != nil {
		return api.Money{}, fault.Bad("/total", "it is no amount", "write 1240,00")
	}
	a, err := money.FromDecimal(d, currency)
	if err != nil {
		return api.Money{}, fault.Bad("/total", err.Error(), "write it with cents")
	}
	return api.Money{Amount: a.Minor, Currency: a.Currency}, nil
}
