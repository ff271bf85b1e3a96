package upload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/upload"
)

func read(t *testing.T, kind, raw string) o2c.ImportFile {
	t.Helper()
	f, err := upload.Read(kind, []byte(raw), "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestTheSameSheetHoweverItIsWritten: separators, byte order marks, encodings, line ends, and headers in four languages
// give the same order.
func TestTheSameSheetHoweverItIsWritten(t *testing.T) {
	want := "A-1 Café Zoë zoe@cafe.example NL KOF-1 Koffie 3 12.5 9"
	for name, raw := range map[string]string{
		"comma":        "order,company,email,country,sku,description,quantity,unit price,tax rate\nA-1,Café Zoë,zoe@cafe.example,nl,KOF-1,Koffie,3,12.50,9\n",
		"dutch, BOM":   "\ufeffBestelnummer;Bedrijf;E-mail;Land;Artikelnummer;Omschrijving;Aantal;Prijs;BTW %\r\nA-1;Café Zoë;zoe@cafe.example;NL;KOF-1;Koffie;3;12,50;9%\r\n",
		"german, tabs": "Bestellnummer\tFirma\tE-Mail\tLand\tArtikelnummer\tBezeichnung\tMenge\tEinzelpreis\tMwSt\nA-1\tCafé Zoë\tzoe@cafe.example\tNL\tKOF-1\tKoffie\t3\t12,5\t9,0\n",
		"french":       "Numéro de commande;Société;Courriel;Pays;Référence;Désignation;Quantité;Prix unitaire;TVA\nA-1;\"Café Zoë\";zoe@cafe.example;NL;'KOF-1;Koffie;3;€ 12,50;9\n",
		"windows-1252": "order;company;email;country;sku;description;quantity;unit price;tax rate\nA-1;Caf\xe9 Zo\xeb;zoe@cafe.example;NL;KOF-1;Koffie;3;12,50;9\n",
	} {
		f := read(t, o2c.ImportOrders, raw)
		if len(f.Items) != 1 || f.Faults > 0 {
			t.Errorf("%s: %d orders, errors %v", name, len(f.Items), f.Errors)
			continue
		}
		o := f.Items[0].Order
		l := o.Lines[0]
		if got := fmt.Sprint(o.ExternalID, " ", o.Buyer.Company, " ", o.Buyer.Email, " ", o.Buyer.Address.Country, " ", l.SKU, " ", l.Name, " ", l.Quantity, " ", l.UnitPrice, " ", l.TaxRate); got != want {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

func TestRowsOfOneOrderAreOneOrder(t *testing.T) {
	f := read(t, o2c.ImportOrders, "order,company,sku,quantity,unit price,tax rate,shipping\nA-1,Acme,X,1,5.00,21,4.95\nA-2,Vos,X,1,5.00,21,\nA-1,,Y,2,,,\n")
	if len(f.Items) != 2 || len(f.Items[0].Order.Lines) != 3 || fmt.Sprint(f.Items[0].Lines) != "[2 2 4]" {
		t.Errorf("%+v", f.Items)
	}
	if l := f.Items[0].Order.Lines[2]; !l.Unpriced || !l.Untaxed {
		t.Errorf("a line that leaves price and tax to the product: %+v", l)
	}
}

// TestEachBadCellIsNamed with its row, column and value, and with what to write instead.
func TestEachBadCellIsNamed(t *testing.T) {
	f := read(t, o2c.ImportOrders, "Order No;E-mail;SKU;Aantal;Prijs;BTW %;Datum;Land\n;;;;;;;\n;a@b.example;X;1;5,00;21;;\nA-2;a@;X;1,5;1.240;210;31-31-2026;Holland\n")
	want := []o2c.RowError{
		{Row: 3, Column: "Order No", Value: "", Why: "it is empty", Do: "fill it in"},
		{Row: 4, Column: "Datum", Value: "31-31-2026", Why: "it is no date", Do: "write 2026-01-31"},
		{Row: 4, Column: "E-mail", Value: "a@", Why: "it is no mail address", Do: "write name@company.example"},
		{Row: 4, Column: "Land", Value: "Holland", Why: "it is no country code of ISO 3166-1", Do: "write its two letters, such as NL"},
		{Row: 4, Column: "Land", Value: "Holland", Why: "it is no country code of ISO 3166-1", Do: "write its two letters, such as NL"},
		{Row: 4, Column: "Aantal", Value: "1,5", Why: "it is no whole number from 1 on", Do: "write it in digits, without separators"},
		{Row: 4, Column: "Prijs", Value: "1.240", Why: "it could be 1240.00 or 1.24", Do: "write 1240,00"},
		{Row: 4, Column: "BTW %", Value: "210", Why: "it is no percentage", Do: "write 21, 9 or 0"},
	}
	if diff := cmp.Diff(want, f.Errors); diff != "" {
		t.Error(diff)
	}
}

// TestACountryIsOneOfTheList: two letters alone are none.
func TestACountryIsOneOfTheList(t *testing.T) {
	f := read(t, o2c.ImportCustomers, "customer,name,country\n1,Acme,be\n2,Vos,ZZ\n3,Zoë,\n")
	want := []o2c.RowError{{Row: 3, Column: "country", Value: "ZZ", Why: "it is no country code of ISO 3166-1", Do: "write its two letters, such as NL"}}
	if diff := cmp.Diff(want, f.Errors); diff != "" || f.Items[0].Customer.Address.Country != "BE" {
		t.Error(diff, f.Items[0].Customer)
	}
}

func TestCustomersAndProducts(t *testing.T) {
	f := read(t, o2c.ImportCustomers, "customer,name,terms,credit limit,kind\n1,Acme,14,\"10,000.00\",company\n1,Acme again,,,\n2,,200,-5,alien\n")
	c := f.Items[0].Customer
	if *c.TermsDays != 14 || c.CreditLimit.Minor != 1_000_000 || c.Kind != "company" || f.Faults != 5 {
		t.Errorf("%+v, %v", c, f.Errors)
	}
	f = read(t, o2c.ImportProducts, "sku;omschrijving;prijs;btw;voorraad;bestelpunt\nKOF;Koffie;12,50;laag;40;5\nTHEE;;;;;\nKOF;;;;;\nX;;;quux;-1;\n")
	p, bare := f.Items[0].Product, f.Items[1].Product
	if p.Data.Price.Minor != 1250 || p.Data.VATClass != "reduced" || *p.Stock != 40 || p.Data.ReorderPoint != 5 || bare.Priced || bare.Reordered || bare.Stock != nil || f.Faults != 3 {
		t.Errorf("%+v %+v, %v", p, bare, f.Errors)
	}
}

func TestFilesThatCannotBeUsed(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing": "", "no rows": "order,sku\n", "no column for the order": "sku,quantity,price\nX,1,2\n", "twice the same": "order,order number,sku\n1,1,X\n",
		"no text": "order\x00,sku\nA,B\n", "a loose quote": "order,sku\n\"A,B\n",
	} {
		if _, err := upload.Read(o2c.ImportOrders, []byte(raw), "EUR"); !fault.Is(err, fault.Unreadable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := upload.Read("bananas", []byte("a,b\n1,2\n"), "EUR"); !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
	huge := "order,sku\n" + strings.Repeat("A,B\n", upload.RowsMax+1)
	if _, err := upload.Read(o2c.ImportOrders, []byte(huge), "EUR"); !fault.Is(err, fault.Unreadable) {
		t.Errorf("%v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("orders", []byte("order;sku\nA;B\n"))
	f.Add("customers", []byte("\xef\xbb\xbfcustomer,name\n1,\"x\ny\"\n"))
	f.Add("products", []byte("sku\tprice\nA\t1.240\n"))
	f.Fuzz(func(t *testing.T, kind string, raw []byte) {
		file, err := upload.Read(kind, raw, "EUR")
		if err == nil && len(file.Errors) > o2c.ErrorsMax {
			t.Errorf("%d errors", len(file.Errors))
		}
	})
}
