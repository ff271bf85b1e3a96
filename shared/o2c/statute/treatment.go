package statute

// NotSubject is the category of what is supplied where no VAT of the Union is
// owed: services to a business outside it (directive 2006/112/EC, article 44).
const NotSubject Category = "O"

// Supply is what the law asks of a sale to know whose VAT is owed on it, and by
// whom.
type Supply struct {
	From          string // country of the seller, ISO 3166-1 alpha-2
	To            string // where the goods go; of services, where the customer is
	Business      bool   // the customer acts as a taxable person
	VATID         string // the customer's, checked; "" when there is none
	Services      bool   // nothing of it is goods
	SmallBusiness bool   // the seller takes part in its country's scheme for small businesses
	OneStopShop   bool   // the seller takes part in the Union's One Stop Shop
}

// Treatment is how a sale is taxed.
type Treatment struct {
	Category Category // under which no tax is charged; "": tax is charged, by each product's class
	Country  string   // whose VAT it is that is charged or not
}

// Treat decides, by directive 2006/112/EC: small businesses (articles 281 to
// 294; in the Netherlands article 25 Wet OB 1968, the KOR) charge none; goods
// that leave the Union are exempt (146), so are goods for a business in another
// member state that has a VAT id there (138); services for such a business are
// taxed where it is, and it accounts for the tax itself (44 and 196). Consumers
// elsewhere in the Union pay their own country's tax under the One Stop Shop (33
// and 369a), else the seller's, as under its threshold (59c).
//
// Whether goods were in fact carried away, services that are taxed elsewhere by
// their nature, margin schemes and Northern Ireland are not decided here: a
// channel that knows better sends rate and category with its lines.
func Treat(s Supply) Treatment {
	to := s.To
	if to == "" {
		to = s.From
	}
	registered := s.Business && s.VATID != "" && VATCountry(s.VATID) != s.From && InUnion(VATCountry(s.VATID))
	switch {
	case s.SmallBusiness:
		return Treatment{Category: Exempt, Country: s.From}
	case to == s.From:
		return Treatment{Country: s.From}
	case !s.Services && (!InUnion(to) || !InUnion(s.From)):
		return Treatment{Category: Export, Country: s.From}
	case !InUnion(to) && s.Business:
		return Treatment{Category: NotSubject, Country: to}
	case !InUnion(to):
		return Treatment{Country: s.From}
	case registered && s.Services:
		return Treatment{Category: ReverseCharge, Country: to}
	case registered:
		return Treatment{Category: IntraEU, Country: s.From}
	case s.OneStopShop && !s.Business && !s.Services:
		return Treatment{Country: to}
	}
	return Treatment{Country: s.From}
}

// VATCountry is the country whose VAT id it is: ids of Greece begin with EL
// (directive 2006/112/EC, article 215).
func VATCountry(id string) string {
	switch {
	case len(id) < 2:
		return ""
	case id[:2] == "EL":
		return "GR"
	}
	return id[:2]
}
