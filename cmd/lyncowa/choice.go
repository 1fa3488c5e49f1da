package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// choice is a flag value out of a fixed list; the first one is the default.
type choice struct {
	value   string
	allowed []string
}

// addChoice defines a flag that takes one of the allowed values, for completion too.
func addChoice(cmd *cobra.Command, name, usage string, allowed ...string) *choice {
	c := &choice{allowed[0], allowed}
	cmd.Flags().Var(c, name, usage+": "+strings.Join(allowed, ", "))
	mustComplete(cmd, name, cobra.FixedCompletions(allowed, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// named is a flag value of any text. Help calls it by a name: DIR.
type named struct{ value, name string }

// addNamed defines a flag that takes any text, "" without it. The usage speaks of the value by its name.
func addNamed(cmd *cobra.Command, flag, shorthand, name, usage string) *string {
	n := &named{name: name}
	cmd.Flags().VarP(n, flag, shorthand, usage)
	return &n.value
}

func (n *named) String() string         { return n.value }
func (n *named) Type() string           { return n.name }
func (n *named) Set(value string) error { n.value = value; return nil }

// mustComplete tells shells what a flag completes to.
func mustComplete(cmd *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // no such flag, or two of one name: a mistake in this program, seen by every test
	}
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return "string" }

func (c *choice) Set(value string) error {
	if !slices.Contains(c.allowed, value) {
		return fmt.Errorf("use one of %s", strings.Join(c.allowed, ", "))
	}
	c.value = value
	return nil
}
