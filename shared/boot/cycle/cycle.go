// Package cycle builds the cycle from the environment: the table and the
// policy. What only some functions need, such as link keys, they add.
package cycle

import (
	"duly/shared/boot/config"
	"duly/shared/boot/store"
	"duly/shared/o2c"
)

// FromEnvironment reads duly.yaml beside the binary and the table's name.
func FromEnvironment() (*o2c.Cycle, error) {
	policy, err := config.FromEnvironment()
	if err != nil {
		return nil, err
	}
	table, err := store.Lazy()()
	if err != nil {
		return nil, err
	}
	return &o2c.Cycle{Store: table, Policy: policy, Sandboxes: table}, nil
}
