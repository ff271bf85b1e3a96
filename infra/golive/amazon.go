package golive

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	sestypes "github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"duly/functions"
	"duly/infra/deploy"
	"duly/shared/o2c/fault"
)

// amazon is an account of AWS.
type amazon struct {
	*deploy.Cloud
	mail   *sesv2.Client
	params *ssm.Client
	path   string
}

// Amazon finds the account that the environment's credentials belong to.
func Amazon(stage string) func(context.Context) (Account, string, error) {
	return func(ctx context.Context) (Account, string, error) {
		cloud, err := deploy.Open(ctx)
		if err != nil {
			return nil, "", err
		}
		cfg := cloud.Config()
		a := amazon{Cloud: cloud, mail: sesv2.NewFromConfig(cfg), params: ssm.NewFromConfig(cfg), path: functions.SecretsPath(stage) + "/"}
		return a, cloud.Account + " in " + cloud.Region, nil
	}
}

func (a amazon) Sender(ctx context.Context, domain string) (known, verified bool, err error) {
	out, err := a.mail.GetEmailIdentity(ctx, &sesv2.GetEmailIdentityInput{EmailIdentity: &domain})
	var none *sestypes.NotFoundException
	if errors.As(err, &none) {
		return false, false, nil
	}
	if err != nil {
		return false, false, trouble("SES", err)
	}
	return true, out.VerifiedForSendingStatus, nil
}

func (a amazon) Production(ctx context.Context) (bool, error) {
	out, err := a.mail.GetAccount(ctx, &sesv2.GetAccountInput{})
	if err != nil {
		return false, trouble("SES", err)
	}
	return out.ProductionAccessEnabled, nil
}

func (a amazon) Secret(ctx context.Context, name string) (string, error) {
	out, err := a.params.GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String(a.path + name), WithDecryption: aws.Bool(true)})
	var none *ssmtypes.ParameterNotFound
	if errors.As(err, &none) {
		return "", nil
	}
	if err != nil {
		return "", trouble("The parameter store", err)
	}
	return aws.ToString(out.Parameter.Value), nil
}

func trouble(what string, err error) error {
	return fault.New(fault.Unavailable, what+" does not answer as it should", err.Error(), "check the rights of the credentials, then: duly go-live").Because(err)
}

func (s *Site) openAccount(ctx context.Context) (found string, err error) {
	s.account, found, err = s.Open(ctx)
	return found, err
}

func (s *Site) bootstrap(ctx context.Context) (string, error) {
	status, outputs, err := s.account.Stack(ctx, "CDKToolkit")
	if err != nil {
		return "", err
	}
	if status == "" {
		return "", fault.New(fault.Refused, "The account is not prepared for CDK", "there is no stack CDKToolkit in this region", "run: "+deploy.Make("deploy", s.name())+" — it prepares the account, and asks before it changes anything")
	}
	return "version " + outputs["BootstrapVersion"], nil
}

func (s *Site) name() string { return functions.StackName(s.Stage) }

func (s *Site) stack(ctx context.Context) (string, error) {
	status, outputs, err := s.account.Stack(ctx, s.name())
	if err != nil {
		return "", err
	}
	s.outputs = outputs
	found := s.base()
	if outputs["HasDashboard"] == "no" {
		found += `; no dashboard, USD 3 a month at list price, nothing for an account with fewer than three: ` + deploy.Make("deploy", s.name()) + ` SET="--set WithDashboard=yes"`
	}
	return found, deploy.AtRest(s.name(), "this region", status, outputs)
}

// base is where the deployment answers, or what stands in its place.
func (s *Site) base() string { return strings.TrimSuffix(cmp.Or(s.Address, s.outputs["BaseURL"]), "/") }

// mailDomain is the domain that sends: the one that a DKIM record names.
func (s *Site) mailDomain() string {
	_, domain, _ := strings.Cut(s.outputs["Dkim1Name"], "._domainkey.")
	return domain
}

func (s *Site) mail(ctx context.Context) (string, error) {
	domain := s.mailDomain()
	known, verified, err := s.account.Sender(ctx, domain)
	if err != nil {
		return "", err
	}
	if !known || !verified {
		var records []string
		for _, n := range []string{"1", "2", "3"} {
			records = append(records, fmt.Sprintf("%s CNAME %s", s.outputs["Dkim"+n+"Name"], s.outputs["Dkim"+n+"Value"]))
		}
		return "", fault.New(fault.Refused, domain+" may not send yet", "SES has not found its three DNS records", "enter at your DNS: "+strings.Join(records, "; ")+"; and for replies "+s.outputs["ReplyMx"]+"; then: duly go-live")
	}
	return domain + "; replies: aws ses set-active-receipt-rule-set --rule-set-name " + s.outputs["ReplyRuleSet"], nil
}

func (s *Site) sandbox(ctx context.Context) (string, error) {
	production, err := s.account.Production(ctx)
	switch {
	case err != nil:
		return "", err
	case !production && s.live():
		return "", fault.New(fault.Refused, "Mail reaches nobody yet", "SES is in its sandbox and sends to verified addresses alone", "run: aws sesv2 put-account-details --production-access-enabled --mail-type TRANSACTIONAL --website-url https://"+s.mailDomain()+" — AWS answers within a day")
	case !production:
		return "sandbox: mail goes to verified addresses alone", nil
	}
	return "out of the sandbox", nil
}

func (s *Site) linkKey(ctx context.Context) (string, error) {
	do := "run: (printf k1:; openssl rand -base64 32) | " + s.entry(functions.SecretLinkKey)
	written, err := s.account.Secret(ctx, functions.SecretLinkKey)
	if err != nil {
		return "", err
	}
	lines := strings.Fields(written)
	if len(lines) == 0 {
		return "", fault.New(fault.Config, "Customers' links have no key", "nobody entered "+functions.SecretLinkKey, do)
	}
	for _, line := range lines {
		id, encoded, _ := strings.Cut(line, ":")
		if raw, err := base64.StdEncoding.DecodeString(encoded); err != nil || len(id) != 2 || len(raw) < 16 {
			return "", fault.New(fault.Config, "The key of the customers' links cannot be used", "a line is not of the form k1:<16 bytes or more in base64>", do)
		}
	}
	return fmt.Sprintf("%d, newest %s", len(lines), lines[0][:2]), nil
}
