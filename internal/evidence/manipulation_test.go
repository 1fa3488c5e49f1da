package evidence

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// hosts are the texts of the events of the sample, by host.
type hosts map[string]string

// line finds the first line of a host that holds every word.
func (h hosts) line(host string, words ...string) string {
	for line := range strings.Lines(h[host]) {
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(line, word) }) {
			return line
		}
	}
	panic(fmt.Sprintf("no line of %s holds %q", host, words))
}

func (h hosts) replace(host, old, text string) { h[host] = strings.Replace(h[host], old, text, 1) }

// edit replaces a text in the first line of a host that holds every word.
func (h hosts) edit(host, old, text string, words ...string) {
	line := h.line(host, append(words, old)...)
	h.replace(host, line, strings.Replace(line, old, text, 1))
}

// without removes the lines of all runs of a script.
func (h hosts) without(host, script string) {
	var kept strings.Builder
	for line := range strings.Lines(h[host]) {
		if !strings.Contains(line, `"script":"`+script+`"`) {
			kept.WriteString(line)
		}
	}
	h[host] = kept.String()
}

var attemptOf40 = []string{`"ATTEMPT"`, "trusted application pool"}

// Each manipulation of the sample is found. Without the digest from the ticket some are not: they tell a story that could
// be true. With it all are.
var manipulations = []struct {
	name   string
	change func(h hosts)
	want   string // ids without the digest; (warnings)
}{
	{"nothing", func(hosts) {}, ""},
	{"a line removed", func(h hosts) { h.replace(fe, h.line(fe, attemptOf40...), "") }, "evidence-numbering"},
	{"the first line of a run removed", func(h hosts) { h.replace(fe, h.line(fe, `"START"`, s40), "") }, "evidence-numbering evidence-run"},
	{"a line twice", func(h hosts) { line := h.line(fe, attemptOf40...); h.replace(fe, line, line+line) }, "evidence-numbering"},
	{"two lines in the other order", func(h hosts) {
		a, b := h.line(fe, `"OK"`), h.line(fe, `"DONE"`)
		h.replace(fe, a+b, b+a)
	}, "evidence-numbering"},
	{"a run removed", func(h hosts) { h.without(mbx2, s70) }, "evidence-gap evidence-order"},
	{"a verification removed", func(h hosts) { h.without(mbx2, s90) }, "evidence-gap evidence-order"},
	{"a role's step removed", func(h hosts) { h.without(fe, s95) }, "evidence-gap"},
	{"a run removed that run.ps1 noted", func(h hosts) { h.without(mbx1, s70) }, "evidence-gap evidence-order evidence-removed"},
	{"a host removed", func(h hosts) { delete(h, mbx2) }, "evidence-gap evidence-order"},
	{"all evidence removed", func(h hosts) { clear(h) }, "evidence-none"},
	{"a log of another program", func(h hosts) { h[mbx2] = strings.Repeat("copied\n", 3) }, "evidence-gap evidence-line evidence-order"},
	{"saved as UTF-16", func(h hosts) { h[mbx2] = "\xff\xfe" + h[mbx2] }, "evidence-gap evidence-line evidence-order"},
	{"zeros after a loss of power", func(h hosts) { h[fe] += strings.Repeat("\x00", 40) }, "(evidence-cut)"},
	{"the tail cut within a run", func(h hosts) { h.replace(fe, h.line(fe, `"END"`, s95), "") }, "evidence-interrupted"},
	{"the tail cut within a line", func(h hosts) { h[fe] = h[fe][:len(h[fe])-20] }, "(evidence-cut) evidence-interrupted"},
	{"the tail cut after a run", func(h hosts) { h.without(mbx1, s90) }, "evidence-gap evidence-order"},
	{"another bundle", func(h hosts) { h[mbx2] = strings.ReplaceAll(h[mbx2], digest, strings.Repeat("b", 64)) }, "evidence-bundle evidence-gap evidence-order"},
	{"one line of another bundle", func(h hosts) { h.edit(fe, digest, strings.Repeat("b", 64), attemptOf40...) }, "evidence-run"},
	{"an unknown script", func(h hosts) { h[fe] = strings.ReplaceAll(h[fe], s95, "scripts/95-mine.ps1") }, "evidence-gap evidence-script"},
	{"another host in a line", func(h hosts) { h.edit(fe, `"host":"`+fe, `"host":"`+mbx1, attemptOf40...) }, "evidence-host"},
	{"another host in all lines", func(h hosts) { h[fe] = strings.ReplaceAll(h[fe], `"host":"`+fe, `"host":"`+mbx1) }, "evidence-host"},
	{"a host's folder renamed", func(h hosts) { h["dub-mbx-03.contoso.com"] = h[mbx2]; delete(h, mbx2) }, "evidence-gap evidence-host evidence-order evidence-server"},
	{"a step on a host that the plan does not name", func(h hosts) { h[fe] += strings.ReplaceAll(ofScript(h[mbx2], s70), mbx2, fe) }, "(evidence-overlap) evidence-clock evidence-server"},
	{"a clock set back", func(h hosts) { h.edit(fe, "T08:23", "T08:13", `"CHANGED"`, "Lync topology") }, "evidence-clock"},
	{"a run named after another time", func(h hosts) { h[fe] = strings.ReplaceAll(h[fe], "20260704T082118Z", "20260704T080118Z") }, "evidence-clock"},
	{"all times moved before the window", func(h hosts) {
		h.each(func(s string) string { return strings.ReplaceAll(s, "20260704T", "20260703T") })
		h.each(day)
	}, "(evidence-window)"},
	{"events after the end", func(h hosts) { h[fe] += strings.Replace(h.line(fe, `"OK"`, s95), `"line":2`, `"line":5`, 1) }, "evidence-clock evidence-run"},
	{"a second beginning", func(h hosts) { h.edit(fe, `"OK"`, `"START"`, s95) }, "evidence-run"},
	{"another account within a run", func(h hosts) { h.edit(fe, `\\ahaddad`, `\\jlindqvist`, attemptOf40...) }, "evidence-run"},
	{"a failure made a success", func(h hosts) { h.edit(mbx1, `"exitCode":3`, `"exitCode":0`) }, ""},
	{"DONE made an OK", func(h hosts) { h.edit(fe, `"DONE"`, `"OK"`, s95) }, "evidence-failed"},
	{"an exit code removed", func(h hosts) { h.edit(fe, `"exitCode":0`, `"exitCode":null`, s95) }, "evidence-interrupted evidence-line"},
	{"a key renamed", func(h hosts) { h.edit(fe, `"text":`, `"Text":`, attemptOf40...) }, "evidence-line evidence-numbering"},
	{"a key added", func(h hosts) { h.edit(fe, `"exitCode":null`, `"exitCode":null,"note":"x"`, attemptOf40...) }, "evidence-line evidence-numbering"},
	{"a text edited", func(h hosts) { h.edit(fe, "with the port 5199", "with the port 5061", `"CHANGED"`) }, ""},
	{"a whole run edited out and the rest numbered anew", func(h hosts) {
		h.replace(fe, h.line(fe, `"ATTEMPT"`, "OutlookWebApp"), "")
		for n := 7; n <= 9; n++ {
			h.edit(fe, fmt.Sprintf(`"line":%d`, n), fmt.Sprintf(`"line":%d`, n-1), s40)
		}
	}, ""},
	{"a file of another kind", func(h hosts) { h[mbx2] = strings.Repeat("<html>\n", 100) }, "evidence-file evidence-gap evidence-line evidence-order"},
	{"spaces at the end of a line", func(h hosts) { h.edit(fe, "}\n", "} \n", attemptOf40...) }, ""},
	{"line ends of another system", func(h hosts) { h[fe] = strings.ReplaceAll(h[fe], "\n", "\r\n") }, ""},
}

func (h hosts) each(change func(string) string) {
	for host := range h {
		h[host] = change(h[host])
	}
}

func day(s string) string { return strings.ReplaceAll(s, "2026-07-04T", "2026-07-03T") }

// ofScript are the lines of the runs of a script.
func ofScript(text, script string) string {
	return strings.Join(regexp.MustCompile(`(?m)^.*"script":"`+regexp.QuoteMeta(script)+`".*\n`).FindAllString(text, -1), "")
}

func TestManipulations(t *testing.T) {
	whole := judgeFolders(t, "", "testdata/evidence")
	for _, m := range manipulations {
		t.Run(m.name, func(t *testing.T) {
			dir, texts := t.TempDir(), hosts{}
			for host, text := range sample().files {
				texts[host] = text.String()
			}
			m.change(texts)
			for host, text := range texts {
				writeFile(t, dir+"/"+host+"/"+eventsFile, text)
			}
			r := judgeFolders(t, "", dir)
			if got := strings.Join(ids(r), " "); got != m.want {
				t.Errorf("without the digest: got %s, want %s\n%+v", got, m.want, r.Findings)
			}
			for _, f := range r.Findings {
				if f.Message == "" || f.Hint == "" || strings.Contains(f.Message+f.Hint, "%!") || f.Line > 0 && f.File == "" {
					t.Errorf("%+v", f)
				}
			}
			withDigest := judgeFolders(t, whole.EvidenceDigest, dir)
			if isFound := slices.Contains(ids(withDigest), "evidence-ticket"); isFound == (m.name == "nothing") {
				t.Errorf("with the digest: %v", ids(withDigest))
			}
			if want := map[bool]Result{true: Complete, false: Inconsistent}[m.name == "nothing"]; withDigest.Result != want {
				t.Errorf("with the digest: %s", withDigest.Result)
			}
		})
	}
}
