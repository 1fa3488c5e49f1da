package inventory

import (
	"runtime/debug"
	"slices"
	"syscall"
	"testing"
	"time"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// TestLargeFarm: from the facts of 10,000 servers a topology follows within the second that a user waits, and so does the
// state of its plan. The time is that of the processor, so that a busy machine does not matter.
func TestLargeFarm(t *testing.T) {
	if info, ok := debug.ReadBuildInfo(); testing.Short() || ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("not timed under the race detector, which makes everything slower")
	}
	text, lync := largeFarm(t)
	var farm *Farm
	read := func() {
		file, findings := Load("exchange.json", text)
		if file == nil {
			t.Fatal(findings)
		}
		farm, _ = Merge([]*File{file, lync})
	}
	var yaml []byte
	within(t, "init", func() {
		read()
		proposal, err := farm.Propose(Choice{Registrar: "lync-dub.contoso.com"})
		if err != nil {
			t.Fatal(err)
		}
		if yaml, err = proposal.YAML(); err != nil {
			t.Fatal(err)
		}
	})
	within(t, "plan", func() {
		read()
		top, places, findings := topology.LoadWithPlaces("t.yaml", yaml)
		if top == nil {
			t.Fatal(findings)
		}
		farm.Check("t.yaml", yaml, top, places, plan.Integrate)
		p, findings := plan.Build(top, yaml, plan.Integrate)
		if p == nil {
			t.Fatal(findings)
		}
		farm.Mark(p)
	})
}

// within fails if a command takes more than a second of one processor. What the garbage collector does beside it, a user
// does not wait for: the best of three counts.
func within(t *testing.T, name string, do func()) {
	t.Helper()
	best := time.Hour
	for range 3 {
		start := processorTime(t)
		do()
		best = min(best, processorTime(t)-start)
	}
	t.Logf("%s: %v", name, best)
	if best > time.Second {
		t.Errorf("%s takes %v of processor time", name, best)
	}
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
