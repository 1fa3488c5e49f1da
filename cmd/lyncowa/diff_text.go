package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"lyncowa/internal/compare"
)

// green is for what is new, beside red for what is gone.
const green = 32

// writeComparison shows a comparison to a person: the steps, then the text.
func writeComparison(w io.Writer, sides [2]compare.Side, c compare.Comparison) error {
	var out bytes.Buffer
	if !c.Different() {
		fmt.Fprintf(&out, "%s and %s are the same\n", printable(sides[0].Name), printable(sides[1].Name))
		_, err := w.Write(out.Bytes())
		return err
	}
	show := comparisonText{&out, w}
	if len(c.Plan) > 0 {
		fmt.Fprintln(&out, "plan: changed")
		show.values(c.Plan)
	}
	for _, s := range c.Steps {
		fmt.Fprintf(&out, "step %d %s: %s: %s\n", s.Order, printable(s.ID), s.Kind, printable(s.Title))
		show.values(s.Values)
	}
	fmt.Fprintln(&out, stepCount(len(c.Steps)))
	for _, f := range c.Files {
		show.file(f)
	}
	_, err := w.Write(out.Bytes())
	return err
}

func stepCount(n int) string {
	switch n {
	case 0:
		return "steps: none differs"
	case 1:
		return "steps: 1 differs"
	default:
		return fmt.Sprintf("steps: %d differ", n)
	}
}

// comparisonText is written to out and coloured for the terminal that w may be.
type comparisonText struct {
	out *bytes.Buffer
	w   io.Writer
}

// values shows what differs in one step, old above new so that the eye can compare long commands.
func (t comparisonText) values(values []compare.Value) {
	heading := ""
	for _, v := range values {
		h := v.Field
		if v.On != "" {
			h += " on " + v.On
		}
		if h != heading {
			heading = h
			fmt.Fprintf(t.out, "  %s\n", printable(heading))
		}
		fmt.Fprintf(t.out, "    old: %s\n", t.value(red, v.Old))
		fmt.Fprintf(t.out, "    new: %s\n", t.value(green, v.New))
	}
}

func (t comparisonText) value(colour int, text string) string {
	if text == "" {
		return "(none)"
	}
	return paint(t.w, colour, printable(text))
}

// file shows the text difference of one file.
func (t comparisonText) file(f compare.FileDifference) {
	if f.Diff == "" {
		fmt.Fprintf(t.out, "\n%s: %s: %s\n", printable(f.Path), f.Kind, cmp.Or(f.Form, "empty"))
		return
	}
	fmt.Fprintf(t.out, "\n%s: %s\n", printable(f.Path), f.Kind)
	for line := range strings.Lines(f.Diff) {
		line = printable(strings.TrimSuffix(line, "\n"))
		switch {
		case strings.HasPrefix(line, "+"):
			line = paint(t.w, green, line)
		case strings.HasPrefix(line, "-"):
			line = paint(t.w, red, line)
		case strings.HasPrefix(line, "@@"):
			line = paint(t.w, cyan, line)
		}
		fmt.Fprintln(t.out, line)
	}
}
