// Package lazy reads the tables and patterns that are part of the program when they are first used: a function that starts
// must not wait for what its event does not need. It does not own any of them.
package lazy

import (
	"encoding/json"
	"regexp"
	"sync"
)

// JSON is an embedded table. One that cannot be read is a defect of the build, and a panic; a test reads each.
func JSON[T any](name string, file []byte) func() T {
	return sync.OnceValue(func() T {
		var table T
		if err := json.Unmarshal(file, &table); err != nil {
			panic(name + ": " + err.Error())
		}
		return table
	})
}

// Pattern is a regular expression.
func Pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
