package record

import (
	"slices"
	"strings"

	"lyncowa/internal/plan"
)

// steps are all steps in order, those to be done at length, the skipped ones with their reasons.
func (r subject) steps() section {
	s := section{ID: "steps", Title: "Steps in order", Blocks: []block{r.overview(), r.howToRun(), r.outputTable(), r.exitTable()}}
	for _, step := range r.Steps {
		if step.Status == plan.Planned {
			s.Sections = append(s.Sections, r.step(step))
		}
	}
	return section{ID: s.ID, Title: s.Title, Blocks: s.Blocks, Sections: append(s.Sections, r.skipped())}
}

func (r subject) overview() block {
	t := newTable("All steps", "Step", "What", "Shell", "Where", "Changes something")
	for _, s := range r.Steps {
		if s.Status == plan.Skipped {
			t.row(say("%s", decimal(s.Order)), say("%s", s.Title), say("-"), say("**skipped**, reason below"), say("no"))
			continue
		}
		t.row(say("%s", decimal(s.Order)), say("%s", s.Title), say("%s", r.shellName(s.Shell)), say("%s", r.where(s)), yesNo(s.Kind == plan.KindChange))
	}
	return t.block()
}

// where says on which hosts a step runs, without repeating a long list of servers. The topology has to be enabled
// on the computer that wrote it, where the evidence is.
func (r subject) where(s plan.Step) string {
	if s.ID == enableStep {
		return "the computer that ran step " + r.number(trustStep)
	}
	if s.PerServer && len(s.RunOn) > 6 {
		return "each of the " + count(len(s.RunOn), "Mailbox server") + " of section \"Affected servers and services\", one after the other"
	}
	if s.PerServer && len(s.RunOn) > 1 {
		return "each of " + strings.Join(s.RunOn, ", ") + ", one after the other"
	}
	return strings.Join(s.RunOn, ", ")
}

func (r subject) howToRun() block {
	return ordered(
		say("Copy the whole folder to each computer that runs one of its scripts, and check it there as `approval.md` says."),
		say("Open the shell that the step names as administrator, in a local session, and change into the folder."),
		say("Run the line of the step with `-WhatIf` first where the step changes something: it changes nothing and says what it would change. Then run it without."),
		say("Leave the folder `evidence` where the scripts make it, or give every script, back-outs too, the same `-EvidencePath`: later steps and the back-out need there what earlier ones wrote."),
		say("Look at the last lines printed and at `$LASTEXITCODE` after each line. **Go on at 0** below `DONE` and `NEXT`. **At anything else stop: no further step on any computer.** Red text or a prompt without these lines means stop: a script that could not start leaves `$LASTEXITCODE` as it was."),
		say("A step that runs on several servers is finished on all of them before the next step begins."),
		say("The commands of a step, below, are what its script does where none of it is done yet. Where something is so already, the script leaves it."),
	)
}

func (r subject) outputTable() block {
	t := newTable("What a script prints, one line an object", "First word", "Meaning")
	t.row(say("`STEP`"), say("The step begins."))
	t.row(say("`OK`"), say("A check passed, or an object is so already."))
	t.row(say("`WOULD CHANGE`"), say("With `-WhatIf`: what would be changed."))
	t.row(say("`CHANGED`"), say("Changed, read back and found as wanted."))
	t.row(say("`WARNING`"), say("Worth reading; no reason to stop by itself."))
	t.row(say("`NOT SEEN`"), say("The script cannot look there: answer the question that it prints."))
	t.row(say("`FAILED`"), say("A check did not pass, or a change failed; the line says what to mend."))
	t.row(say("`REFUSED`"), say("The script has not begun: nothing was changed."))
	t.row(say("`DONE`, `NEXT`"), say("The end of the step, and what comes after it."))
	t.row(say("`GO/NO-GO`"), say("So many `NOT SEEN` questions are open: answer them before you go on."))
	return t.block()
}

func (r subject) exitTable() block {
	t := newTable("Exit codes", "Code", "Meaning", "Then")
	t.row(say("0"), say("done, or nothing to do"), say("go on"))
	t.row(say("1"), say("a check did not pass; nothing was changed"), say("mend what it names, run it again"))
	t.row(say("2"), say("refused; nothing was changed"), say("the sentence printed says why"))
	t.row(say("3"), say("failed on the way, or past its deadline"), say("run the same line again, or back out"))
	return t.block()
}

// step is everything about one step.
func (r subject) step(s plan.Step) section {
	words := r.wordingOf(s)
	t := newQuietTable("Step "+decimal(s.Order), "Question", "Answer")
	t.row(say("Why"), r.why(s))
	t.row(say("Shell"), say("%s", r.shellName(s.Shell)))
	t.row(say("Where"), say("%s", r.where(s)))
	t.row(say("Rights"), say("%s", s.Rights))
	t.row(say("What it changes"), words.changes(r))
	t.row(say("Who notices what"), impact(s.Impact))
	if wait, waits := r.longest(s); waits {
		t.row(say("How long"), wait)
	}
	t.row(say("Expected output"), words.expected(r))
	t.row(say("Go"), words.goOn(r))
	t.row(say("No-go"), words.stop(r))
	t.row(say("Back-out"), r.undo(s))
	t.row(say("From"), r.from(s))
	return section{ID: "step-" + decimal(s.Order), Title: "Step " + decimal(s.Order) + ": " + s.Title, Blocks: slices.Concat([]block{t.block()}, runBlocks(s), commandBlocks(s))}
}

// from names the sources of a step.
func (r subject) from(s plan.Step) prose {
	cited := strings.Join(s.Sources, ", ")
	if s.ID == settingsStep && r.writesOverride() {
		return say("%s; the cmdlets: %s", cited, microsoftsOverridePage)
	}
	return say("%s", cited)
}

// runBlocks show what a person types; the digest is in approval.md.
func runBlocks(s plan.Step) []block {
	lines := s.RunLines(digestFromTicket)
	if len(lines) == 0 {
		return nil
	}
	return []block{{Listing: &listing{Caption: say("To run, with the digest from the ticket"), Language: "powershell", Text: strings.Join(lines, "\n")}}}
}

// digestFromTicket stands for the approved digest in the lines to run.
const digestFromTicket = "<digest>"

func (r subject) undo(s plan.Step) prose {
	if s.BackOut == "" {
		return plain(s.Undo)
	}
	return join(say("`%s`: ", s.BackOut), plain(s.Undo))
}

func (r subject) skipped() section {
	t := newQuietTable("Skipped steps", "Step", "What it would be", "Why it is skipped")
	for _, s := range r.Steps {
		t.rowIf(s.Status == plan.Skipped, say("%s", decimal(s.Order)), say("%s", s.Title), plain(s.Reason))
	}
	blocks := []block{t.block()}
	if len(t.Rows) == 0 {
		blocks = []block{paragraph(say("None: every step of this kind of change is done."))}
	}
	return section{ID: "steps-skipped", Title: "Skipped steps", Blocks: blocks}
}

// commandBlocks show the exact commands of a step: once for all servers that get the same ones.
func commandBlocks(s plan.Step) []block {
	if len(s.Commands) == 0 {
		return nil
	}
	var blocks []block
	for _, g := range groupByCommands(s.Commands) {
		caption := say("Exact commands, in this order")
		switch {
		case s.PerServer && len(g.hosts) == len(s.RunOn) && len(g.hosts) > 6:
			caption = say("Exact commands, in this order, the same on each of the %s of this step", count(len(g.hosts), "server"))
		case s.PerServer:
			caption = say("Exact commands, in this order, on %s", strings.Join(g.hosts, ", "))
		}
		blocks = append(blocks, block{Listing: &listing{Caption: caption, Language: g.language(), Text: g.text}})
	}
	if g := s.Commands[0]; g.Kind == plan.File {
		blocks = append(blocks, paragraph(say("Lines that begin with `<add` are elements of `<appSettings>` in OWA's `ClientAccess\\Owa\\web.config` below the Exchange folder; the script writes them there.")))
	}
	return blocks
}

// commandGroup is the hosts that get the same commands.
type commandGroup struct {
	hosts    []string
	commands []plan.Command // of the first of the hosts
	text     string         // one command a line
}

func (g commandGroup) language() string {
	if slices.ContainsFunc(g.commands, func(c plan.Command) bool { return c.Kind != plan.Cmdlet }) {
		return "text"
	}
	return "powershell"
}

// groupByCommands collects the hosts whose commands are the same, in the order of the plan.
func groupByCommands(commands []plan.Command) []commandGroup {
	var groups []commandGroup
	same := map[string]int{}
	for len(commands) > 0 {
		var g commandGroup
		g, commands = nextHost(commands)
		if i, known := same[g.text]; known {
			groups[i].hosts = append(groups[i].hosts, g.hosts...)
			continue
		}
		same[g.text] = len(groups)
		groups = append(groups, g)
	}
	return groups
}

// nextHost takes the commands of the first host.
func nextHost(commands []plan.Command) (g commandGroup, rest []plan.Command) {
	host, n := commands[0].On, 0
	var texts []string
	for ; n < len(commands) && commands[n].On == host; n++ {
		texts = append(texts, commands[n].Text)
	}
	return commandGroup{[]string{host}, commands[:n], strings.Join(texts, "\n")}, commands[n:]
}

// longest says how long a step can take, where it waits for something.
func (r subject) longest(s plan.Step) (prose, bool) {
	switch {
	case s.Status != plan.Planned:
		return nil, false
	case s.ID == enableStep:
		return say("Waits up to 15 minutes for replication, then ends with exit code 3."), true
	case s.ID == settingsStep && r.UsesOverride():
		return say("Waits up to 15 minutes **on each server** until the setting has come there by Active Directory replication, then ends with exit code 3; the recycle takes seconds."), true
	case s.ID == settingsStep:
		return say("Seconds on each server, for the recycle."), true
	default:
		return nil, false
	}
}

// duration is what the longest waits are, for whoever plans the window.
func (r subject) duration() prose {
	var p prose
	for _, s := range r.Steps {
		if text, waits := r.longest(s); waits {
			p = join(p, say("Step %s: ", decimal(s.Order)), text, say(" "))
		}
	}
	if len(p) == 0 {
		return say("No step waits for anything. A person runs each, first with `-WhatIf`.")
	}
	return join(p, say("No other step waits for anything. A person runs each on each of its computers, first with `-WhatIf`."))
}
