// Package mail builds the adapter of the mail service from the environment,
// when it is first asked for. It owns which variables say who sends; it does
// not own the letters.
package mail

import (
	"cmp"
	netmail "net/mail"
	"sync"

	"github.com/caarlos0/env/v11"

	"duly/shared/boot/aws"
	"duly/shared/mail"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/party"
)

// environment is what the mail service reads besides the SDK's own variables.
type environment struct {
	Domain string `env:"MAIL_DOMAIN,required,notEmpty"` // verified at SES
	Set    string `env:"MAIL_SET"`                      // configuration set, which reports bounces
}

// localPart is the address in the mail domain that letters come from.
const localPart = "invoices"

// Lazy gives a function that builds the sender on its first call and returns
// the same one, or the same error, ever after. Letters carry the seller's name, or the one that its look has,
// and answers go to the seller's own address.
func Lazy(seller party.Seller, look o2c.Look) func() (*mail.Sender, error) {
	return sync.OnceValues(func() (*mail.Sender, error) { return open(seller, look) })
}

func open(seller party.Seller, look o2c.Look) (*mail.Sender, error) {
	e, err := env.ParseAs[environment]()
	if err != nil {
		return nil, fault.New(fault.Config, "Letters cannot be sent", "the variable MAIL_DOMAIN is missing", "set MAIL_DOMAIN to the domain that SES has verified").Because(err)
	}
	cfg, err := aws.FromEnvironment()
	if err != nil {
		return nil, fault.New(fault.Config, "Letters cannot be sent", "the AWS configuration cannot be read", "check the variables that begin with AWS_").Because(err)
	}
	from := netmail.Address{Name: cmp.Or(look.Sender, seller.Name), Address: localPart + "@" + e.Domain}
	return mail.New(aws.NewCall(cfg, aws.SendEmail, nil, aws.Patience{Tries: 1}), mail.Options{From: from, ReplyTo: seller.Email, ConfigurationSet: e.Set, Logo: mail.LogoOf(look)}), nil
}
