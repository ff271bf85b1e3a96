package quote

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/lazy"
)

// TermsData is one version of the texts in one language: the purchase agreement,
// whose placeholders a quote fills, and the general terms. Both are plain text:
// "# " begins a heading, an empty line ends a paragraph.
type TermsData struct {
	Version   string    `json:"version"`
	Language  string    `json:"language"` // nl, en
	Agreement string    `json:"agreement"`
	General   string    `json:"general"`
	KeptAt    time.Time `json:"kept_at,omitzero"` // when it was first sent to a customer
}

// TermsRef names the texts that hold for a quote, an order or a contract: the
// version and what it said, by its hash.
type TermsRef struct {
	Version  string `json:"version"`
	Language string `json:"language"`
	Hash     string `json:"hash"` // SHA-256 of both texts
}

// Hash is the SHA-256 of what the texts say.
func (d TermsData) Hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d:%s%d:%s", len(d.Agreement), d.Agreement, len(d.General), d.General))
	return hex.EncodeToString(sum[:])
}

// Ref names the texts.
func (d TermsData) Ref() TermsRef {
	return TermsRef{Version: d.Version, Language: d.Language, Hash: d.Hash()}
}

// Placeholders are what an agreement may name in braces.
func Placeholders() []string {
	return []string{"Seller", "SellerAddress", "SellerKVK", "SellerVAT", "Buyer", "BuyerAddress", "Number", "Version", "Subject", "Date", "Net", "Total", "TermsDays", "TermsVersion", "Start", "End", "Notice"}
}

var placeholder = lazy.Pattern(`\{([^{}]*)\}`)

// Check refuses texts that cannot be used: an empty one, or one with a
// placeholder that nothing fills.
func (d TermsData) Check() error {
	if strings.TrimSpace(d.Agreement) == "" || strings.TrimSpace(d.General) == "" {
		return fmt.Errorf("the terms %s in %q have an empty text", d.Version, d.Language)
	}
	for _, m := range placeholder().FindAllStringSubmatch(d.Agreement+d.General, -1) {
		if !slices.Contains(Placeholders(), m[1]) {
			return fmt.Errorf("the terms %s in %q name {%s}, which is none of %s", d.Version, d.Language, m[1], strings.Join(Placeholders(), ", "))
		}
	}
	return nil
}

// Clause is one heading and what stands below it.
type Clause struct {
	Heading    string
	Paragraphs []string
}

// Clauses reads a text and fills its placeholders. A clause that names something
// that there is none of, such as the end of what has no end, is left out.
func Clauses(said string, values map[string]string) []Clause {
	var all []Clause
	for _, block := range strings.Split("\n"+said, "\n# ")[1:] {
		if lacking(block, values) {
			continue
		}
		heading, body, _ := strings.Cut(fill(block, values), "\n")
		c := Clause{Heading: strings.TrimSpace(heading)}
		for _, p := range strings.Split(body, "\n\n") {
			if p = strings.Join(strings.Fields(p), " "); p != "" {
				c.Paragraphs = append(c.Paragraphs, p)
			}
		}
		all = append(all, c)
	}
	return all
}

func lacking(block string, values map[string]string) bool {
	return slices.ContainsFunc(placeholder().FindAllStringSubmatch(block, -1), func(m []string) bool { return values[m[1]] == "" })
}

func fill(block string, values map[string]string) string {
	return placeholder().ReplaceAllStringFunc(block, func(name string) string { return values[name[1:len(name)-1]] })
}

// TermsText is a version of the texts as it was sent to customers: kept for
// good, and never with other words under the same version.
type TermsText struct{ data TermsData }

// Keep makes the texts a document.
func Keep(d TermsData, at time.Time) *TermsText {
	d.KeptAt = at
	return &TermsText{data: d}
}

// TermsID is the id of the texts of a version in a language.
func TermsID(version, language string) string { return version + "-" + language }

// Data is a copy.
func (t *TermsText) Data() TermsData { return t.data }

// Kind and ID make the texts a document.
func (t *TermsText) Kind() string { return "terms" }
func (t *TermsText) ID() string   { return TermsID(t.data.Version, t.data.Language) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (t *TermsText) MarshalJSON() ([]byte, error) { return json.Marshal(t.data) }
func (t *TermsText) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &t.data) }
