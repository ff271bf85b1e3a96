package cash

import (
	_ "embed" // the gateways
	"slices"
	"strings"

	"duly/shared/o2c/lazy"
)

// gateways says by which names in bank lines a gateway's transfers are known.
var gateways = lazy.JSON[[]gatewayRow]("cash: gateways.json", gatewayFile)

//go:embed gateways.json
var gatewayFile []byte

// gatewayRow is one gateway.
type gatewayRow struct {
	Gateway string   `json:"gateway"`
	Payers  []string `json:"payers"` // how the names of its accounts begin
	Bare    bool     `json:"bare"`   // its bank lines are all there is: a card terminal, the till
}

// GatewayOf is the gateway whose account a bank line names as the other party;
// "" when it names none. The name must be the whole or begin with whole words:
// a customer called Mollier is no gateway.
func GatewayOf(payer string) string {
	name := strings.Join(strings.Fields(strings.ToUpper(payer)), " ")
	for _, g := range gateways() {
		for _, p := range g.Payers {
			if rest, ok := strings.CutPrefix(name, p); ok && (rest == "" || rest[0] == ' ') {
				return g.Gateway
			}
		}
	}
	return ""
}

// Bare reports whether a gateway tells nothing of what it pays: its bank lines
// close its account by themselves.
func Bare(gateway string) bool {
	return slices.ContainsFunc(gateways(), func(g gatewayRow) bool { return g.Gateway == gateway && g.Bare })
}
