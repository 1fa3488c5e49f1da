package rehearsal

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
)

// FormatVersion is the version of the report's shape.
const FormatVersion = 1

// Report says what a rehearsal showed. The same bundle under the same engine gives the same bytes: it holds no
// clock, host, user or path.
type Report struct {
	FormatVersion int       `json:"formatVersion"`
	Tool          plan.Tool `json:"tool"`
	Bundle        string    `json:"bundle"` // name of the folder
	Digest        string    `json:"digest"` // SHA-256 of its SHA256SUMS, lower-case hex
	Engine        string    `json:"engine"` // version of the PowerShell engine
	// Inventories are the files that the farm of parts 1 to 5 is built from; absent without any.
	Inventories  []plan.Inventory `json:"inventories,omitempty"`
	FromTopology []string         `json:"fromTopology,omitempty"` // what no inventory holds of that farm, sorted
	Result       Result           `json:"result"`
	Parts        []Part           `json:"parts"`
	Uncalled     []string         `json:"uncalled"` // functions of the bundle's module that no case called, sorted
}

// Part is one of the parts of a rehearsal. Cases is never nil.
type Part struct {
	Number int    `json:"number"`
	Title  string `json:"title"`
	Cases  []Case `json:"cases"`
}

// Case is one thing that was tried.
type Case struct {
	Name      string   `json:"name"`
	Result    Result   `json:"result"`
	Detail    string   `json:"detail"`    // what was seen; of a failed case: what is wrong
	Script    string   `json:"script"`    // path in the bundle; "" when the case is about no single script
	Line      int      `json:"line"`      // of a failed case, in Script; 0 when unknown
	Mutations []string `json:"mutations"` // of a failed case: what the script did, in order
}

// Result tells whether a case, or all of them, passed.
type Result string

// The results.
const (
	Passed Result = "passed"
	Failed Result = "failed"
)

// newCase is a case that passed with that detail, or failed with that complaint.
func newCase(name, detail, complaint string, o outcome) Case {
	c := Case{Name: name, Result: Passed, Detail: detail, Script: o.Script, Mutations: []string{}}
	if complaint == "" {
		return c
	}
	c.Result, c.Detail = Failed, complaint
	c.Script, c.Line = o.place()
	for _, m := range o.Mutations {
		c.Mutations = append(c.Mutations, m.String())
	}
	return c
}

func newReport(b *bundle, engine string) *Report {
	tool := plan.Tool{Name: plan.ToolName, Version: plan.ToolVersion}
	return &Report{FormatVersion: FormatVersion, Tool: tool, Bundle: b.name, Digest: b.digest, Engine: engine, Inventories: b.plan.Inventories, Result: Passed, Parts: []Part{}, Uncalled: []string{}}
}

// FirstFailure returns the first failed case, or nil.
func (r *Report) FirstFailure() *Case {
	for _, part := range r.Parts {
		for i := range part.Cases {
			if part.Cases[i].Result == Failed {
				return &part.Cases[i]
			}
		}
	}
	return nil
}

// JSON is the report as it is kept beside the bundle.
func (r *Report) JSON() []byte {
	r.Result = Passed
	if r.FirstFailure() != nil {
		r.Result = Failed
	}
	var out bytes.Buffer
	if err := finding.EncodeJSON(&out, r); err != nil {
		panic(err) // strings and numbers only
	}
	return out.Bytes()
}

// ReportPath is where the report of the bundle in dir is kept: beside it.
func ReportPath(dir string) string { return filepath.Clean(dir) + ".rehearsal.json" }

// Save writes the report beside the bundle in dir: the whole of it, or nothing.
func (r *Report) Save(dir string) error {
	path := ReportPath(dir)
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(r.JSON()); err == nil {
		err = f.Chmod(0o644)
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// WriteTable shows the report to a person: each case on a line, then the first failure in full. What scripts print is
// foreign text: characters that a terminal could obey are shown by their code points.
func (r *Report) WriteTable(w io.Writer) error {
	var out strings.Builder
	fmt.Fprintf(&out, "%s, rehearsed under PowerShell %s\ndigest %s\n", r.Bundle, r.Engine, r.Digest)
	for _, i := range r.Inventories {
		fmt.Fprintf(&out, "%s of %s, SHA-256 %s\n", i.Path, i.TakenAt, i.Digest)
	}
	if len(r.FromTopology) > 0 {
		fmt.Fprintf(&out, "not in an inventory, so as the topology has it: %s\n", strings.Join(r.FromTopology, ", "))
	}
	count := 0
	for _, part := range r.Parts {
		fmt.Fprintf(&out, "\n%d. %s\n", part.Number, part.Title)
		for _, c := range part.Cases {
			count++
			fmt.Fprintf(&out, "   %-6s  %s%s\n", c.Result, c.Name, dashed(c.Detail))
		}
	}
	if failure := r.FirstFailure(); failure != nil {
		out.WriteString(failure.inFull())
	} else {
		fmt.Fprintf(&out, "\nAll %d cases passed.\n", count)
	}
	_, err := io.WriteString(w, finding.Visible(out.String(), "\t\n"))
	return err
}

// inFull is a failed case with its place and what was done until then.
func (c *Case) inFull() string {
	var out strings.Builder
	fmt.Fprintf(&out, "\nFailed: %s\n", c.Name)
	if c.Script != "" {
		fmt.Fprintf(&out, "  script      %s", c.Script)
		if c.Line > 0 {
			fmt.Fprintf(&out, ", line %d", c.Line)
		}
		out.WriteByte('\n')
	}
	fmt.Fprintf(&out, "  what        %s\n", c.Detail)
	for i, m := range c.Mutations {
		fmt.Fprintf(&out, "  mutation %-2d %s\n", i+1, m)
	}
	return out.String()
}

func dashed(detail string) string {
	if detail == "" {
		return ""
	}
	return ": " + strings.ReplaceAll(detail, "\n", "; ")
}
