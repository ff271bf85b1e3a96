// Command pack checks the house's duly.yaml and prints the form of it that functions
// read at their start. It owns nothing: what the file may say is in
// shared/boot/config, how it is written in shared/boot/dulyfile.
package main

import (
	"fmt"
	"os"

	"duly/shared/boot/config"
	"duly/shared/boot/dulyfile"
)

func main() {
	packed, err := dulyfile.Packed(config.Demo())
	if err == nil {
		_, err = os.Stdout.Write(packed)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
