package chat

import (
	"encoding/json"
	"slices"
	"testing"

	"duly/shared/o2c"
)

// TestActionTable: every button of every card, form and Home has a row, and every row has a button.
func TestActionTable(t *testing.T) {
	v := NewVoice(policy("en"))
	shown := map[string]bool{}
	for name, card := range cards() {
		m, err := v.Render(card)
		if err != nil {
			t.Fatal(err)
		}
		collect(t, name, m, shown)
	}
	for name, m := range forms(v) {
		collect(t, name, m, shown)
		raw, _ := json.Marshal(m)
		var view struct {
			Callback string `json:"callback_id"`
			Submit   any    `json:"submit"`
		}
		if err := json.Unmarshal(raw, &view); err != nil {
			t.Fatal(err)
		}
		if a, ok := ActionOf(view.Callback); view.Submit != nil && (!ok || !a.Modal) {
			t.Errorf("form %s submits %q, which no row opens", name, view.Callback)
		}
	}
	collect(t, "home", sampleHome(v), shown)
	collect(t, "home of an admin", v.Home(o2c.Person{ID: "U07", Name: "Sam", Role: o2c.Admin}, o2c.Workday{}, o2c.TourData{}, at("2026-01-05T09:00:00Z"), false, HomeExtras{Views: []o2c.SavedView{{Name: "Late", Path: "/invoices?status=overdue"}}}), shown)
	for _, id := range Actions() {
		if !shown[id] {
			t.Errorf("row %s has no button", id)
		}
		if row, _ := ActionOf(id); len(row.Roles) == 0 {
			t.Errorf("row %s has no role", id)
		}
	}
}

// collect notes the buttons, and refuses one without a row and one that carries more than opaque ids.
func collect(t *testing.T, name string, v any, shown map[string]bool) {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	walk(tree, func(node map[string]any) {
		if node["type"] == "overflow" {
			collectMenu(t, name, node, shown)
		}
		if node["type"] != "button" {
			return
		}
		id, _ := node["action_id"].(string)
		if _, ok := ActionOf(id); !ok {
			t.Errorf("%s: button %q has no row", name, id)
		}
		shown[id] = true
		value, _ := node["value"].(string)
		_, ref := ParseRef(value)
		_, pair := ParsePair(value)
		if node["url"] == nil && !ref && !pair {
			t.Errorf("%s: button %s carries %q, which is no reference", name, id, value)
		}
	})
}

// collectMenu notes the entries of a menu: each is an action with a reference behind it.
func collectMenu(t *testing.T, name string, menu map[string]any, shown map[string]bool) {
	t.Helper()
	for _, o := range menu["options"].([]any) {
		value, _ := o.(map[string]any)["value"].(string)
		id, ref := ofMenu(value)
		if _, ok := ActionOf(id); !ok {
			t.Errorf("%s: entry %q has no row", name, id)
		}
		if _, ok := ParseRef(ref); !ok {
			t.Errorf("%s: entry %s carries %q, which is no reference", name, id, ref)
		}
		shown[id] = true
	}
}

func walk(node any, visit func(map[string]any)) {
	switch node := node.(type) {
	case []any:
		for _, n := range node {
			walk(n, visit)
		}
	case map[string]any:
		visit(node)
		for _, n := range node {
			walk(n, visit)
		}
	}
}

// TestFC_26_RoleMatrix is the matrix of ux.md §2.3 as far as there are buttons.
func TestFC_26_RoleMatrix(t *testing.T) {
	everyone := []o2c.Role{o2c.Viewer, o2c.Sales, o2c.Collector, o2c.Approver, o2c.Bookkeeper, o2c.Admin}
	for id, may := range map[string][]o2c.Role{
		ActCreditApprove: {o2c.Approver, o2c.Admin}, ActCreditApproveWith: {o2c.Approver, o2c.Admin}, ActCreditReject: {o2c.Approver, o2c.Admin},
		ActCreditAskSales: {o2c.Approver, o2c.Admin}, ActCreditSnooze: {o2c.Approver, o2c.Admin}, ActCreditUndo: {o2c.Approver, o2c.Admin},
		ActCreditCustomer: {o2c.Sales, o2c.Collector, o2c.Approver, o2c.Bookkeeper, o2c.Admin},
		ActCreditAsk:      {o2c.Sales, o2c.Collector, o2c.Approver, o2c.Bookkeeper, o2c.Admin},
		ActOverdueTake:    {o2c.Collector, o2c.Approver, o2c.Admin}, ActOverduePromise: {o2c.Collector, o2c.Approver, o2c.Admin}, ActOverdueSnooze: {o2c.Collector, o2c.Approver, o2c.Admin},
		ActInvoiceCopyLink: {o2c.Sales, o2c.Collector, o2c.Approver, o2c.Bookkeeper, o2c.Admin}, ActInvoiceOpen: everyone,
		ActInvoiceComplete: {o2c.Collector, o2c.Approver, o2c.Bookkeeper, o2c.Admin},
		ActInvoiceRetry:    {o2c.Collector, o2c.Approver, o2c.Bookkeeper, o2c.Admin}, ActCashMatch: {o2c.Collector, o2c.Approver, o2c.Bookkeeper, o2c.Admin},
		ActCashSplit: {o2c.Collector, o2c.Approver, o2c.Bookkeeper, o2c.Admin}, ActCashKeep: {o2c.Collector, o2c.Approver, o2c.Bookkeeper, o2c.Admin},
		ActStockShipPart: {o2c.Sales, o2c.Collector, o2c.Approver, o2c.Admin},
	} {
		row, _ := ActionOf(id)
		for _, role := range everyone {
			if got, want := row.May(role, false), slices.Contains(may, role); got != want {
				t.Errorf("%s by %s: %v, want %v", id, role, got, want)
			}
			own := slices.Contains([]string{ActOverdueTake, ActOverduePromise, ActOverdueSnooze}, id) && role == o2c.Sales
			if got, want := row.May(role, true), slices.Contains(may, role) || own; got != want {
				t.Errorf("%s by %s for an own customer: %v, want %v", id, role, got, want)
			}
		}
		if row.May("", true) {
			t.Errorf("%s: somebody without a role may", id)
		}
	}
}

func TestRefs(t *testing.T) {
	if got, ok := ParseRef(Ref{ID: "o_1", Version: 7}.String()); !ok || got != (Ref{ID: "o_1", Version: 7}) {
		t.Errorf("got %v %v", got, ok)
	}
	for _, s := range []string{"", "o_1", "|3", "o_1|", "o_1|x", "o_1|-1", "o_1|3|4"} {
		if got, ok := ParseRef(s); ok {
			t.Errorf("%q refers to %v", s, got)
		}
	}
	if got, ok := ParsePair(Pair{ReceiptID: "r_1", InvoiceID: "i_1"}.String()); !ok || got != (Pair{ReceiptID: "r_1", InvoiceID: "i_1"}) {
		t.Errorf("got %v %v", got, ok)
	}
	for _, s := range []string{"", "r_1", "|i_1", "r_1|", "r_1|i_1|x"} {
		if got, ok := ParsePair(s); ok {
			t.Errorf("%q refers to %v", s, got)
		}
	}
}
