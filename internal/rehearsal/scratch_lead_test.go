package rehearsal

import (
	"context"
	"os"
	"testing"
)

func TestLeadScratch(t *testing.T) {
	rep, err := Run(context.Background(), os.Getenv("SCRATCH_DIR"), Options{Progress: func(s string) { t.Log(s) }})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range rep.Parts {
		for _, c := range p.Cases {
			t.Logf("%d %s %s %s %s:%d %v", p.Number, c.Name, c.Result, c.Detail, c.Script, c.Line, c.Mutations)
			if c.Result != Passed { t.Fail() }
		}
	}
}
