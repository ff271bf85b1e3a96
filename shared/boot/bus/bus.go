// Package bus builds the event bus's adapter from the environment, when it is
// first asked for. It owns which variable names the bus; it does not own the
// bus.
package bus

import (
	"sync"

	"github.com/caarlos0/env/v11"

	"duly/shared/boot/aws"
	"duly/shared/bus"
	"duly/shared/o2c/fault"
)

// environment is what the bus reads besides the SDK's own variables.
type environment struct {
	Name string `env:"BUS,required,notEmpty"`
}

// Lazy gives a function that builds the bus on its first call and returns the
// same one, or the same error, ever after.
func Lazy() func() (*bus.Bus, error) { return sync.OnceValues(open) }

func open() (*bus.Bus, error) {
	e, err := env.ParseAs[environment]()
	if err != nil {
		return nil, fault.New(fault.Config, "Events cannot be published", "the variable BUS is missing", "set BUS to the bus's name").Because(err)
	}
	cfg, err := aws.FromEnvironment()
	if err != nil {
		return nil, fault.New(fault.Config, "Events cannot be published", "the AWS configuration cannot be read", "check the variables that begin with AWS_").Because(err)
	}
	return bus.New(aws.NewCall(cfg, aws.PutEvents, nil, aws.Patience{}), e.Name), nil
}
