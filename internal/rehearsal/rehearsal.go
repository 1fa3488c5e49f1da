// Package rehearsal runs a change bundle's own, unmodified scripts under a real PowerShell engine against a
// simulated Lync and Exchange farm, and reports what they did.
//
// The farm's state is a value (Farm, and the files of its hosts): a run takes one world and gives another, so
// that any moment of a change can be taken up again. The cmdlets' behaviour is in farm/*.ps1; what the scripts
// are to do is in the bundle's plan. Nothing here knows how a bundle is rendered, and nothing here may ever
// reach a real farm: see check.
package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Options says how to rehearse.
type Options struct {
	Engine   string            // path of the PowerShell engine; "" looks for pwsh, then powershell, on PATH
	Progress func(line string) // called before each case; may be nil
}

// The errors of Run that say that nothing was rehearsed.
var (
	ErrNoEngine = errors.New("no PowerShell engine found")
	ErrRealFarm = errors.New("this computer has real Lync or Exchange management tools")
)

// Run rehearses the bundle in dir. A case that fails is in the report; an error says that the rehearsal itself
// could not be done.
func Run(ctx context.Context, dir string, opt Options) (*Report, error) {
	return rehearse(ctx, dir, opt, parts)
}

func rehearse(ctx context.Context, dir string, opt Options, parts []part) (*Report, error) {
	b, err := readBundle(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.MkdirTemp("", "lyncowa-rehearsal-")
	if err != nil {
		return nil, fmt.Errorf("make the rehearsal's folder: %w", err)
	}
	defer os.RemoveAll(root)

	r, err := openRehearsal(ctx, b, root, opt)
	if err != nil {
		return nil, err
	}
	defer r.closeStages()
	return r.report, r.play(parts)
}

// openRehearsal makes everything ready below root, which is the caller's to remove.
func openRehearsal(ctx context.Context, b *bundle, root string, opt Options) (*rehearsal, error) {
	r := &rehearsal{progress: opt.Progress}
	r.open = func(number int) (*stage, error) {
		return newStage(ctx, filepath.Join(root, strconv.Itoa(number)), b, opt.Engine)
	}
	var err error
	if r.stage, err = r.open(0); err != nil {
		return nil, err
	}
	r.stages = []*stage{r.stage}
	r.report = newReport(b, r.engine.version)
	return r, nil
}

// rehearsal is one run of the seven parts.
type rehearsal struct {
	*stage            // for what has to go in order
	stages   []*stage // for what need not; the first is the same
	open     func(number int) (*stage, error)
	report   *Report
	progress func(string)
	part     *Part

	preview  []outcome // each changing script under -WhatIf on a fresh farm, from part 1
	forward  sequence  // the scripts in order, from part 2
	backward sequence  // the back-outs in reverse order, from part 4
}

// part is one of the parts of a rehearsal, and how to play it.
type part struct {
	number int
	title  string
	play   func(*rehearsal) error
}

// parts are the seven parts of a rehearsal, after the check that makes it safe. A part that fails ends it: the next
// ones start from what it shows.
var parts = []part{
	{0, "Every command in the scripts is one that the farm stands in for", (*rehearsal).checkCommands},
	{1, "-WhatIf on a fresh farm: no mutation and no file written", (*rehearsal).rehearseWhatIf},
	{2, "The run in order: exactly the plan's commands, and the verification passes", (*rehearsal).rehearseForward},
	{3, "The same again: nothing to do", (*rehearsal).rehearseAgain},
	{4, "The back-out in reverse order: as it was; then forward again: as after part 2", (*rehearsal).rehearseBackOut},
	{5, "Broken off after each mutation, and each mutation failing: a re-run and a back-out still end well", (*rehearsal).rehearseBreakOff},
	{6, "Trouble: refused with nothing changed, or seen to be no obstacle", (*rehearsal).rehearseTrouble},
	{7, "Through run.ps1: the same ending; broken off and continued; trouble with evidence", (*rehearsal).rehearseGuided},
}

func (r *rehearsal) play(parts []part) error {
	kind, err := r.bundle.kind()
	if err != nil {
		return err
	}
	if r.forward.start, err = r.beginning(kind); err != nil {
		return err
	}
	for _, part := range parts {
		title := strings.Replace(part.title, "a fresh farm", r.farmName(), 1)
		r.report.Parts = append(r.report.Parts, Part{Number: part.number, Title: title, Cases: []Case{}})
		r.part = &r.report.Parts[len(r.report.Parts)-1]
		if err := part.play(r); err != nil {
			return fmt.Errorf("part %d: %w", part.number, err)
		}
		if r.report.FirstFailure() != nil {
			return nil
		}
	}
	for _, name := range r.bundle.moduleFunctions() {
		if !slices.ContainsFunc(r.stages, func(s *stage) bool { return s.called[name] }) {
			r.report.Uncalled = append(r.report.Uncalled, name)
		}
	}
	return nil
}

// beginning is the farm of parts 1 to 5: as the bundle's inventories have it, or else as the change finds it by its kind.
func (r *rehearsal) beginning(k kind) (w world, err error) {
	if r.bundle.inventory == nil {
		return r.tell(k.begin)
	}
	w, r.report.FromTopology, err = r.asRead()
	return w, err
}

func (r *rehearsal) farmName() string {
	if r.bundle.inventory == nil {
		return "a fresh farm"
	}
	return "the farm as it was read"
}

// announce tells the person who waits what is being done.
func (r *rehearsal) announce(name string) {
	if r.progress != nil {
		r.progress(fmt.Sprintf("part %d: %s", r.part.Number, name))
	}
}

// record adds a case and tells whether it passed; complaint "" means it did.
func (r *rehearsal) record(name, detail, complaint string, o outcome) bool {
	r.part.Cases = append(r.part.Cases, newCase(name, detail, complaint, o))
	return complaint == ""
}

// try is a case that starts from a world of its own, so that it can be played at any time on any stage.
type try struct {
	name string
	do   func(*stage) (detail, complaint string, about outcome, err error)
}

// tryAll plays the tries on all stages at once and records them in their own order.
func (r *rehearsal) tryAll(tries []try) error {
	if err := r.openStages(); err != nil {
		return err
	}
	cases := make([]Case, len(tries))
	failures := make([]error, len(r.stages))
	var next atomic.Int64
	var announcing sync.Mutex
	var players sync.WaitGroup
	for k, s := range r.stages {
		players.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(tries) {
					return
				}
				announcing.Lock()
				r.announce(tries[n].name)
				announcing.Unlock()
				detail, complaint, about, err := tries[n].do(s)
				if err != nil {
					failures[k] = err
					return
				}
				cases[n] = newCase(tries[n].name, detail, complaint, about)
			}
		})
	}
	players.Wait()
	r.part.Cases = append(r.part.Cases, cases...)
	return errors.Join(failures...)
}

// openStages adds stages until there are as many as there are processors to play on, four at most: each has an
// engine of its own.
func (r *rehearsal) openStages() error {
	for len(r.stages) < min(4, runtime.GOMAXPROCS(0)) {
		s, err := r.open(len(r.stages))
		if err != nil {
			return err
		}
		r.stages = append(r.stages, s)
	}
	return nil
}

func (r *rehearsal) closeStages() {
	for _, s := range r.stages {
		s.engine.close()
	}
}
