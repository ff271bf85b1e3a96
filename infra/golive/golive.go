// Package golive owns the list of what stands between a checkout and the first
// real order: each step looks at what is there, in order, and says with the
// command that mends it what is missing. It reads only; deploying, entering
// secrets and connecting shops belong to their own verbs.
package golive

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"duly/functions"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// Account is the AWS account as the list looks at it.
type Account interface {
	// Stack is the status and the outputs of a stack, "" when there is none.
	Stack(ctx context.Context, name string) (status string, outputs map[string]string, err error)
	// Sender reports whether SES may send from a domain.
	Sender(ctx context.Context, domain string) (known, verified bool, err error)
	// Production reports whether SES sends to anybody, not to verified addresses alone.
	Production(ctx context.Context) (bool, error)
	// Secret reads a parameter by its name below the stage's path; "" when nobody entered it.
	Secret(ctx context.Context, name string) (string, error)
}

// Site is what is to go live.
type Site struct {
	Stage  string
	Policy func() (*o2c.Policy, error) // of duly.yaml
	Open   func(ctx context.Context) (Account, string, error)
	Slack  string // address of its API; "": Slack's own
	Stripe string // the same of Stripe
	HTTP   *http.Client
	// Books finds the deployment's books; nil: what stands there is only told of.
	Books func(ctx context.Context) (Books, error)
	// State and Address are a demo in the deployment's place: the folder of its state, and where it answers. The list is
	// walked to its end with them before there is an account. "": the deployment itself.
	State, Address string

	books   Books
	policy  *o2c.Policy
	account Account
	outputs map[string]string
}

// step is one line of the list.
type step struct {
	name  string
	check func(*Site, context.Context) (found string, err error)
	opens string // what comes after and begins so cannot be looked at without it; "*" is everything
}

// steps are the list, in the order in which one thing needs another.
func steps() []step {
	return []step{
		{"one world", (*Site).oneWorld, ""},
		{"your company", (*Site).company, ""},
		{"AWS account and region", (*Site).openAccount, "*"},
		{"CDK bootstrap", (*Site).bootstrap, ""},
		{"the stack", (*Site).stack, "*"},
		{"mail domain", (*Site).mail, ""},
		{"mail to anybody", (*Site).sandbox, ""},
		{"key of the customers' links", (*Site).linkKey, ""},
		{"Slack app", (*Site).slackApp, "Slack"},
		{"Slack channels", (*Site).slackChannels, ""},
		{"Slack people", (*Site).slackPeople, ""},
		{"Stripe key", (*Site).stripeKey, "Stripe"},
		{"Stripe webhook", (*Site).stripeWebhook, ""},
		{"shops", (*Site).shops, ""},
		{"bank", (*Site).bank, ""},
		{"access point", (*Site).accessPoint, ""},
		{"first numbers", (*Site).numbers, ""},
		{"an invoice to yourself", (*Site).specimen, ""},
		{"safe mode", (*Site).safeMode, ""},
	}
}

// Finding is what one step of the list found.
type Finding struct {
	Name, Found string
	Err         error
}

// Look goes through the list past what is wrong, as far as that can be looked at.
func (s *Site) Look(ctx context.Context) []Finding {
	var all []Finding
	closed := ""
	for _, one := range steps() {
		if closed != "" && strings.HasPrefix(one.name, closed) {
			continue
		}
		found, err := one.check(s, ctx)
		all = append(all, Finding{one.name, found, err})
		switch {
		case err != nil && (one.opens == "*" || s.policy == nil && one.name == "your company"):
			return all
		case err != nil && one.opens != "":
			closed = one.opens
		}
	}
	return all
}

// Count is how many steps there are.
func Count() int { return len(steps()) }

// Run checks each step before the next and prints what it found; it stops at the
// first that fails, with the command that mends it.
func (s *Site) Run(ctx context.Context, out io.Writer) (done int, err error) {
	for i, one := range steps() {
		found, err := one.check(s, ctx)
		if err != nil {
			fmt.Fprintf(out, "✗ %2d  %s\n", i+1, one.name)
			return done, err
		}
		fmt.Fprintf(out, "✓ %2d  %-28s %s\n", i+1, one.name, found)
		done++
	}
	return done, nil
}

// where names what the commands of a step are about.
func (s *Site) where() string {
	if s.State != "" {
		return "--state " + s.State
	}
	return "--stage " + s.Stage
}

// live reports whether the stage moves real money.
func (s *Site) live() bool { return s.Stage == functions.StageLive }

// oneWorld refuses to mix played services with real ones where real money moves.
func (s *Site) oneWorld(context.Context) (string, error) {
	played := map[string]bool{"Slack": loopback(s.Slack), "Stripe": loopback(s.Stripe)}
	if s.live() && s.State != "" {
		return "", fault.New(fault.Config, "Real and played services are mixed", "a demo stands in the deployment's place and the stage "+s.Stage+" moves real money", "leave --state away, or choose a test stage: duly go-live --stage test --state "+s.State)
	}
	if !s.live() {
		return "stage " + s.Stage + ": test keys alone", nil
	}
	for _, name := range []string{"Slack", "Stripe"} {
		if played[name] {
			return "", fault.New(fault.Config, "Real and played services are mixed", name+" is played on this machine and the stage "+s.Stage+" moves real money", "unset "+strings.ToUpper(name)+"_API_URL, or choose a test stage: duly go-live --stage test")
		}
	}
	return "stage " + s.Stage + ": live keys alone", nil
}

func loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// demoIBAN is the account of the make-believe company that duly.yaml comes with.
const demoIBAN = "NL91ABNA0417164300"

// company wants the particulars that every invoice shows, and that they are not
// those of the demo.
func (s *Site) company(context.Context) (string, error) {
	var err error
	if s.policy, err = s.Policy(); err != nil {
		return "", err
	}
	c := s.policy.Seller
	const file = "write yours into shared/boot/config/duly.yaml, then: duly policy check"
	switch {
	case strings.ReplaceAll(c.IBAN, " ", "") == demoIBAN && s.live():
		return "", fault.New(fault.Config, "duly.yaml still speaks of the demo's company", c.Name+" with the IBAN of the demo", file)
	case c.Name == "" || c.VATID == "" && !c.SmallBusiness || c.Address.Street == "" || c.Address.City == "":
		return "", fault.New(fault.Config, "The company's particulars are not whole", "an invoice needs name, VAT id and address by law (directive 2006/112/EC, article 226)", file)
	case c.IBAN == "" || c.Email == "":
		return "", fault.New(fault.Config, "The company's particulars are not whole", "customers need an IBAN to pay to and a mailbox to write to", file)
	}
	look := "no logo (look.logo in duly.yaml)"
	if s.policy.Look.HasLogo() {
		look = "with its logo"
	}
	return c.Name + ", " + c.VATID + ", " + c.Address.City + "; " + look, nil
}
