package rehearsal

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/rehearsal/facts"
)

// stage is the engine with a folder that holds the hosts' files while a script runs. Nothing outside that folder
// is ever written.
type stage struct {
	engine *engine
	bundle *bundle
	root   string
	disk   tree            // what the folder holds
	proofs tree            // what the folder with the evidence that was last judged holds
	called map[string]bool // every command that a run called
}

func newStage(ctx context.Context, root string, b *bundle, enginePath string) (*stage, error) {
	for _, shell := range []plan.Shell{plan.ShellExchange, plan.ShellLync} {
		if _, err := farmFiles.ReadFile("farm/" + standInFile(b, string(shell))); err != nil {
			return nil, fmt.Errorf("there is no simulated product for %s yet", standInFile(b, string(shell)))
		}
	}
	s := &stage{bundle: b, root: filepath.Join(root, "stage"), disk: tree{}, proofs: tree{}, called: map[string]bool{}}
	// A script's working folder is on the stage too: what it drops there is seen.
	if err := os.MkdirAll(filepath.Join(s.root, "desk"), 0o755); err != nil {
		return nil, err
	}
	var err error
	s.engine, err = startEngine(ctx, enginePath, filepath.Join(root, "farm"), filepath.Join(s.root, "desk"))
	if err != nil {
		return nil, err
	}
	return s, nil
}

// standInFile is the module that stands in for a shell's product in the bundle's version.
func standInFile(b *bundle, shell string) string {
	if shell == string(plan.ShellLync) {
		return "stand-ins/" + facts.StandInFile(facts.Lync, b.plan.Versions.Lync)
	}
	return "stand-ins/" + facts.StandInFile(facts.Exchange, b.plan.Versions.Exchange)
}

// programs are the native programs of a shell's hosts.
var programs = map[string][]string{
	string(plan.ShellLync):     {`C:\Windows\System32\whoami.exe`, `C:\Windows\System32\icacls.exe`},
	string(plan.ShellExchange): {`C:\Windows\System32\whoami.exe`, `C:\Windows\System32\icacls.exe`, `C:\Windows\System32\Inetsrv\Appcmd.exe`},
}

// manner is how a script is run.
type manner struct {
	whatIf  bool
	direct  bool   // Exchange's stand-ins without a remoting session, for the many runs of part 5; their objects look the same
	prefers bool   // $WhatIfPreference is set in the shell
	person  bool   // a person types and answers every question
	journal bool   // keep every moment after a mutation
	lines   bool   // keep every moment after a line of evidence too
	failAt  int    // 1-based: that moment's mutation fails; 0: none
	file    bool   // the one that is to fail is the replacement of web.config
	held    string // a file of the world that another program holds open; "": none
	fills   string // a file of the world that cannot be written any more after the first mutation; "": none
	digest  string // what is given as approved; "": the bundle's own
	answers person // nil: no question is expected
}

// person answers a question that a script asks in a world, and may change the world first. A question that is not
// expected fails the case.
type person func(question string, at world) (answer string, after world, expected bool)

// noAnswer is that of a person who closes the window at the question.
const noAnswer = "\x00"

// moment is a mutation, or one replacement of a file with all that it edits, and the world right after it: what
// a power cut would leave.
type moment struct {
	made  []Mutation
	world world
}

// outcome is what a run did.
type outcome struct {
	invocation
	Script    string
	Exit      int
	Text      string // everything it printed
	Mutations []Mutation
	moments   []moment
	asked     []string // the questions, each with its answer
	after     world
	errors    []scriptError
	culprit   *Mutation // what a complaint is about; nil: the first error
}

// Exit codes of runs that did not come to their own end.
const (
	careless     = -1 // it made a call that no script may make: one that waits for an answer for ever, or that reaches too far
	windowClosed = -2 // nobody answered a question: the window was closed there
)

type scriptError struct {
	Message string `json:"message"`
	Trace   string `json:"trace"`
}

// run plays one script of the bundle on one host.
func (s *stage) run(w world, i invocation, how manner) (outcome, error) {
	arguments := map[string]any{}
	if i.changes() {
		arguments["ApprovedDigest"] = cmp.Or(how.digest, s.bundle.digest)
	}
	if how.whatIf {
		arguments["WhatIf"] = true
	}
	script := s.path(bundleFolder(i.host, s.bundle) + "/" + i.script)
	o, err := s.play(w, i.host, map[string]any{"script": script, "command": "", "arguments": arguments}, how)
	o.invocation, o.Script = i, i.script
	if err != nil {
		err = fmt.Errorf("%s: %w", i, err)
	}
	return o, err
}

// execute types one command line into the shell of a host.
func (s *stage) execute(w world, host, command string) (outcome, error) {
	return s.typed(w, host, command, manner{direct: true, person: true})
}

func (s *stage) typed(w world, host, command string, how manner) (outcome, error) {
	return s.play(w, host, map[string]any{"script": "", "command": command, "arguments": map[string]any{}}, how)
}

func (s *stage) play(w world, host string, request map[string]any, how manner) (outcome, error) {
	farm := w.farm.clone()
	farm.Clock += 60
	files := maps.Clone(w.files)
	blocker := webConfigPath(host) + ".lyncowa.tmp/"
	if how.file {
		files[blocker] = ""
	}
	if err := files.write(s.root, s.disk); err != nil {
		return outcome{}, err
	}
	s.disk = files

	t := &take{stage: s, host: host, how: how, webConfig: files[webConfigPath(host)]}
	maps.Copy(request, s.request(farm, host, how))
	var answer struct {
		Exit   int           `json:"exit"`
		Output []string      `json:"output"`
		Notes  []string      `json:"notes"`
		Errors []scriptError `json:"errors"`
		Called []string      `json:"called"`
		Farm   *Farm         `json:"farm"`
	}
	if err := s.engine.ask(request, t.watch, &answer); err != nil {
		return outcome{}, err
	}
	if err := t.noteFile(event{Farm: answer.Farm}); err != nil {
		return outcome{}, err
	}
	after, err := s.read()
	if err != nil {
		return outcome{}, err
	}
	s.disk = after
	end := world{answer.Farm, after.without(func(name string) bool { return name == blocker })}
	if t.closed != nil {
		end = *t.closed
	}
	for _, name := range answer.Called {
		s.called[name] = true
	}
	o := outcome{
		Exit: answer.Exit, Mutations: t.mutations, moments: t.moments, asked: t.asked, errors: answer.Errors, culprit: t.careless,
		Text: s.withoutPaths(strings.Join(append(answer.Output, answer.Notes...), "\n")), after: end,
	}
	if t.closed != nil {
		o.Exit = windowClosed
	}
	if t.careless != nil {
		o.Exit, o.Text = careless, t.careless.Object
	}
	return o, nil
}

func (s *stage) request(farm *Farm, host string, how manner) map[string]any {
	h := farm.host(host)
	folder := s.path(hostFolder(host))
	session := map[string]any{
		"host": h.FQDN, "hostFolder": folder, "webConfig": "", "fileStamp": "", "place": map[string]any{"script": "", "line": 0},
		"journal": how.journal, "person": how.person, "oldWindows": h.OldWindows, "remote": h.Remote, "degraded": h.Degraded,
		"mode": "local", "server": farm.Exchange.Servers[0].FQDN,
		"drives": []map[string]string{
			{"name": "C", "root": folder, "share": ""},
			{"name": "S", "root": s.path(shareFolder), "share": `\\files.farm.example\evidence`},
		},
	}
	if h.Shell == string(plan.ShellExchange) {
		session["mode"] = "remoting"
		if how.direct {
			session["mode"] = "direct"
		}
		if server := farm.server(host); server != nil {
			session["server"] = server.FQDN
		}
	}
	request := map[string]any{
		"op": "run", "whatIfPreference": how.prefers, "farm": farm, "session": session, "lock": "",
		"standIns": standInFile(s.bundle, h.Shell), "programs": programs[h.Shell],
	}
	if _, there := s.disk[webConfigPath(host)]; there {
		session["webConfig"] = s.path(webConfigPath(host))
	}
	if how.held != "" {
		request["lock"] = s.path(how.held)
	}
	session["watched"] = []string{}
	if how.lines {
		session["watched"] = []string{filepath.Join(s.path(bundleFolder(host, s.bundle)), "evidence"), s.path(shareFolder)}
	}
	return request
}

// path is where a file of the world is on the stage.
func (s *stage) path(name string) string { return filepath.Join(s.root, filepath.FromSlash(name)) }

// read returns what the stage holds.
func (s *stage) read() (tree, error) {
	files, err := readTree(s.root)
	delete(files, "desk/") // empty: no world's, and the engine stands in it
	for name, data := range files {
		if known, there := s.disk[name]; there && known == data {
			files[name] = known // the many worlds of a journal share what they have in common
		}
	}
	return files, err
}

// withoutPaths makes a text the same wherever the stage and the farm stand.
func (s *stage) withoutPaths(text string) string {
	for _, folder := range []string{s.root, filepath.Dir(s.root)} {
		text = strings.ReplaceAll(text, folder+string(filepath.Separator), "")
	}
	return text
}

// take follows one run: it notes the mutations, and lets one fail.
type take struct {
	*stage
	host      string
	how       manner
	attempts  int
	webConfig string // as last seen
	mutations []Mutation
	moments   []moment
	asked     []string
	closed    *world    // as it was when the window was closed
	careless  *Mutation // a call that no script may make: what is wrong with it, and its place
}

// watch answers what the engine announces.
func (t *take) watch(e event) (reply, error) {
	switch e.Event {
	case "attempt":
		t.attempts++
		if t.how.failAt == t.attempts && !t.how.file {
			return failIt, nil
		}
		e.Mutation.Script = t.bundlePath(e.Mutation.Script)
		t.mutations = append(t.mutations, e.Mutation)
		return goOn, nil
	case "careless":
		t.accuse(e, e.Message)
		return goOn, nil
	case "applied":
		if t.how.fills != "" && len(t.mutations) == 1 {
			return goOn, setAside(t.path(t.how.fills))
		}
		return goOn, t.keep(e.Farm, t.mutations[len(t.mutations)-1:])
	case "file":
		return goOn, t.noteFile(e)
	case "question":
		return t.answer(e)
	}
	return reply{}, fmt.Errorf("the engine announced %q", e.Event)
}

// aside is what the name of a file ends in that was moved away.
const aside = ".aside"

// setAside moves a file away and puts a folder in its place, which no script can write to.
func setAside(file string) error {
	if err := os.Rename(file, file+aside); err != nil {
		return err
	}
	return os.Mkdir(file, 0o755)
}

func (t *take) accuse(e event, what string) {
	t.careless = &Mutation{Object: what, Script: t.bundlePath(e.Script), Line: e.Line}
}

// mostAnswers is how many questions a run may ask: a script that does not take an answer would ask for ever.
const mostAnswers = 200

// answer speaks for the person at the console.
func (t *take) answer(e event) (reply, error) {
	files, err := t.read()
	if err != nil {
		return closed, err
	}
	at, says, expected := world{e.Farm, files}, "", false
	after := at
	if t.how.answers != nil {
		says, after, expected = t.how.answers(e.Message, at)
	}
	switch {
	case !expected:
		t.accuse(e, "it asks what nobody expects: "+e.Message)
		return closed, nil
	case says == noAnswer:
		t.closed = &at
		return closed, nil
	}
	if len(t.asked) == mostAnswers {
		t.accuse(e, "it goes on asking: "+e.Message)
		return closed, nil
	}
	t.asked = append(t.asked, e.Message+" -> "+says)
	return reply{Word: "go", Answer: says, Farm: after.farm}, after.files.write(t.root, files)
}

// noteFile adds what was done to the host's web.config since it was last seen.
func (t *take) noteFile(e event) error {
	data, err := os.ReadFile(t.path(webConfigPath(t.host)))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if string(data) == t.webConfig {
		if t.how.lines && e.Event != "" {
			return t.keep(e.Farm, nil)
		}
		return nil
	}
	made := fileMutations(t.host, t.webConfig, string(data))
	for i := range made {
		made[i].Script, made[i].Line = t.bundlePath(e.Script), e.Line
	}
	t.webConfig = string(data)
	t.mutations = append(t.mutations, made...)
	return t.keep(e.Farm, made)
}

// keep adds a moment to the journal.
func (t *take) keep(farm *Farm, made []Mutation) error {
	if !t.how.journal {
		return nil
	}
	files, err := t.read()
	t.moments = append(t.moments, moment{made, world{farm, files}})
	return err
}

// bundlePath turns the path of a script on the stage into its path in the bundle.
func (t *take) bundlePath(script string) string {
	_, inside, found := strings.Cut(filepath.ToSlash(script), "/"+t.bundle.name+"/")
	if !found {
		return ""
	}
	return inside
}

// scriptPlace finds a line of a script in an error's trace: "at <ScriptBlock>, /.../scripts/40-x.ps1: line 12".
var scriptPlace = regexp.MustCompile(`((?:scripts|back-out)[/\\][^/\\:]+\.ps1): \D*(\d+)`)

// place is where a complaint about the run leads: the mutation it is about, or else the first error.
func (o outcome) place() (script string, line int) {
	if o.culprit != nil && o.culprit.Script != "" {
		return o.culprit.Script, o.culprit.Line
	}
	for _, e := range o.errors {
		if match := scriptPlace.FindStringSubmatch(e.Trace); match != nil {
			line, _ := strconv.Atoi(match[2]) // digits, by the pattern
			return strings.ReplaceAll(match[1], `\`, "/"), line
		}
	}
	if o.Script != "" && len(o.Mutations) > 0 && o.Mutations[0].Script != "" {
		return o.Mutations[0].Script, o.Mutations[0].Line
	}
	return o.Script, 0
}

// lastLines returns the end of what a run printed, on one line.
func (o outcome) lastLines() string {
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(o.Text, "\r", "")), "\n")
	if len(lines) > 6 {
		lines = lines[len(lines)-6:]
	}
	for i := range lines {
		lines[i] = strings.Join(strings.Fields(lines[i]), " ")
	}
	return strings.Join(lines, " / ")
}
