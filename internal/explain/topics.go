package explain

import (
	"fmt"
	"strings"

	"lyncowa/internal/plan"
)

// Topic is a page of help that no single finding, step or command is about.
type Topic struct {
	Name  string // as in: lyncowa help NAME
	Short string // what it is about, in one line
	Text  func() string
}

// Topics are the pages of help, in the order in which a change needs them.
func Topics() []Topic {
	return []Topic{
		{"topology", "The fields of a topology file", topologyTopic},
		{"editors", "How an editor completes and checks a topology", always(editorsTopic)},
		{"changes", "The kinds of change, and the steps of each", changesTopic},
		{"approval", "What the digest is, and who does what", always(approvalTopic)},
		{"scripts", "What a script prints, and what to do when one stops", scriptsTopic},
		{"pipelines", "How a pipeline checks topologies and bundles", always(pipelinesTopic)},
	}
}

func always(text string) func() string { return func() string { return text } }

// purposes say what each kind of change is for.
var purposes = map[plan.Change]string{
	plan.Integrate:        "set the integration up; the default",
	plan.Reapply:          "after a cumulative update of Exchange 2013, which overwrites web.config",
	plan.RenewCertificate: "another certificate, one server at a time; --from puts the old thumbprint into the record",
	plan.RemoveDuplicate:  "take out a trusted application pool that was made by hand for a server that Lync discovers by itself",
	plan.Disable:          "switch instant messaging in OWA off",
}

// Purpose says in one line what a kind of change is for.
func Purpose(change plan.Change) string { return purposes[change] }

// changesTopic lists the kinds of change with their steps, as the plan has them.
func changesTopic() string {
	var out strings.Builder
	out.WriteString("The kinds of change, as --change of plan, render and diff takes them. Each becomes a\nbundle of its own, with its own record, approval and back-out.\n")
	for _, change := range plan.Changes() {
		fmt.Fprintf(&out, "\n%s\n%s", change, fill("  ", Purpose(change)))
		for _, step := range plan.Catalogue() {
			if step.Change == change {
				fmt.Fprintf(&out, "    %d  %s\n", step.Order, step.Title)
			}
		}
	}
	out.WriteString("\nlyncowa plan FILE --change KIND says which of them a topology needs; lyncowa explain 40\ntells more about a step.")
	return out.String()
}

// ScriptExits are the exit codes of the scripts of a bundle, from 0 on, with what to do.
var ScriptExits = []struct{ Meaning, Do string }{
	{"done or nothing to do", "Go on with the next line of the run sheet."},
	{"a check did not pass", "The script only looks. Mend what the FAILED line names and run it again."},
	{"refused and nothing changed", "The REFUSED line says why. Mend that and run the same line again."},
	{"failed on the way", "Or waited longer than it may. The last lines say what was attempted, what was done and which script takes it back. Run the same line again: it goes on where it stopped. If it does not finish, run the back-out."},
}

func scriptsTopic() string {
	var out strings.Builder
	out.WriteString("The scripts of a bundle run in the management shell, in the order of the run sheets in\napproval.md, each line first with -WhatIf where the sheet has it. Look at $LASTEXITCODE\nafter each one:\n")
	for code, exit := range ScriptExits {
		fmt.Fprintf(&out, "\n  %d  %s\n%s", code, exit.Meaning, fill("     ", exit.Do))
	}
	out.WriteString(`
What a line begins with:

  STEP          which script begins: its number, its kind and what it is for
  OK            it is as it should be
  CHANGED       it was not, and is now
  WOULD CHANGE  it is not; -WhatIf changes nothing
  WARNING       the script goes on; read it before you do
  NOT SEEN      no script can see this from here: a question for a person
  FAILED        it is not as it should be
  REFUSED       the script did not begin
  DONE          the script came through, with what it did
  GO/NO-GO      so many questions are open: answer them before you go on
  NEXT          what to run or to do now

Every script can be run again at any time. Before a script changes anything it writes
what it found into the folder evidence, and the back-out restores that: keep the folder.
Back-outs run in reverse order, each on the computer that ran its step, and only for
steps that were run.

lyncowa explain 70 tells what to do when that step does not pass, and so for each step.`)
	return out.String()
}

const editorsTopic = `An editor that knows YAML schemas completes the fields of a topology, shows what each is
for and underlines what is wrong, while you type and without a network.

  lyncowa schema topology.schema.json

writes the schema beside the topology, whose first line names it (init writes that line):

  # yaml-language-server: $schema=./topology.schema.json

That is enough for Visual Studio Code with the YAML extension of Red Hat, and for every
editor that uses yaml-language-server, such as Neovim, Helix and Emacs. Where the line
cannot be written, or another editor wants it otherwise, map the schema to the file in
the editor's settings: in Visual Studio Code

  "yaml.schemas": { "./topology.schema.json": "*topology.yaml" }

and in the IDEs of JetBrains under JSON Schema Mappings.

What the schema refuses, lyncowa validate refuses too; validate finds more. Write the
schema again after an update of lyncowa: the same command replaces the older one.`

const approvalTopic = `A board approves one number, the digest: the SHA-256 of the file SHA256SUMS, which lists
the sum of every file of a bundle but approval.md. No script, no step and no server name
can change without another number. It belongs into the ticket, which nobody who can
change the bundle should be able to change.

  author       writes the topology, renders the bundle:
                 lyncowa render topology.yaml
  approver     is not the author; reads change-record.html, asks, puts the digest into
               the ticket and signs approval.md. Is it what the topology gives?
                 lyncowa verify DIR
               What differs from an earlier change?
                 lyncowa diff OLD NEW
  implementer  checks the copy on each host, with the number from the ticket, before
               anything is run; approval.md says how, also without lyncowa:
                 lyncowa verify DIR --approved-digest DIGEST
               and follows the run sheets in approval.md, line by line

Every script that changes something asks for the digest and refuses to start when a file
was edited, is missing or was added. That guards against accidents; against intent only
the check from outside does.

No difference are: what people write into the sign-off and the run sheets of approval.md,
the folder evidence, signatures.`

const pipelinesTopic = `Every pull request that changes a topology:

  lyncowa validate --strict --format github sites/*.yaml

fails when there is a finding and shows each one beside its line. --format json is for
other systems: {"formatVersion": 1, "findings": [...]}, each with id, severity, file,
line, column, message and hint; line and column count from 1, and are 0 where a finding
is about the whole file. A file is named as it was on the command line, standard input
<stdin>.

For the discussion, as text that a pull request shows:

  lyncowa plan sites/dublin.yaml --format markdown

Where bundles are kept beside their topologies:

  lyncowa render sites/dublin.yaml -o bundles/dublin --check
  lyncowa verify bundles/dublin --format json

fail when a bundle is not what its topology gives. Nothing is written, no connection
is opened. lyncowa help exit-codes tells what each exit code means; output without a
terminal has no colours, and the fields of JSON only grow while its formatVersion stays.`
