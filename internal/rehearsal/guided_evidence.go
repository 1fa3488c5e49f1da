package rehearsal

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"lyncowa/internal/evidence"
	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
)

// evidenceTries are the cases of part 7 that are about the evidence of a whole change, not of one visit.
func evidenceTries(disk tour) []try {
	return []try{backOutOfOldEvidence(disk, false), backOutOfOldEvidence(disk, true), diskThatFills(disk), removedLines(disk)}
}

// oldLine is how an earlier version began the log of a run.
const oldLine = "---- 2026-01-05T08:00:00 change exit 0\r\nDONE          1 change(s)\r\n"

// backOutOfOldEvidence goes back from a change of which the evidence is that of version 0.1.0: logs in place of lines, and
// everything on the share where that was the -EvidencePath.
func backOutOfOldEvidence(q tour, share bool) try {
	name := "evidence of version 0.1.0: the back-outs through run.ps1"
	if share {
		name += ", all of it on a share"
	}
	return try{
		name: name,
		do: func(s *stage) (string, string, outcome, error) {
			w := q.end().copy()
			maps.DeleteFunc(w.files, func(name, _ string) bool { return isEvidence(name) && path.Base(name) == "events.jsonl" })
			for _, i := range q.last.ran() {
				if i.step.Kind == plan.KindChange {
					w.files[fmt.Sprintf("%s/%d-%s.log", s.bundle.evidenceOf(i.host), i.step.Order, i.step.ID)] = oldLine
				}
			}
			if share {
				moved := tree{}
				for name, text := range w.files {
					if before, after, isKept := strings.Cut(name, "/evidence/"); isKept && strings.HasPrefix(before, "hosts/") {
						name = shareFolder + "/" + after
					}
					moved[name] = text
				}
				w.files = moved
			}
			c := newCourse(backOuts(q.last.ran()), share)
			back, complaint, err := s.carryOut(c, w, manner{direct: true}, func(v visit, _ world, o outcome) string {
				// A share with logs does not show run.ps1 which server comes first: the script itself refuses then, and names it.
				if share && o.Exit == 2 && strings.Contains(o.Text, " first, wait for Active Directory replication") {
					c.undo(v.host)
					return ""
				}
				return wrongExit(o, 0)
			})
			if err != nil || complaint != "" {
				return "", complaint, back.whole(), err
			}
			_, complaint, err = s.unproven(back.end(), evidence.Incomplete)
			return "the farm is as it was before, and the evidence is read", firstOf(different(q.start, back.end()), complaint), back.whole(), err
		},
	}
}

// diskThatFills lets the evidence become unwritable after the first change of a visit that makes several: no further one
// happens. When there is room again, the same line ends as without that.
func diskThatFills(q tour) try {
	n := slices.IndexFunc(q.runs, func(o outcome) bool { return len(o.Mutations) > 1 && o.Mutations[0].Kind == plan.Cmdlet })
	name := "disk that fills up after the first change"
	if n < 0 {
		return try{name, func(*stage) (string, string, outcome, error) {
			return "not tried: no visit makes several changes, the first by a cmdlet", "", outcome{}, nil
		}}
	}
	return try{
		name: name + ": " + q.visits[n].String(),
		do: func(s *stage) (string, string, outcome, error) {
			host, c := q.visits[n].host, q.found[n].clone()
			lines := s.bundle.evidenceOf(host) + "/events.jsonl"
			o, err := s.guided(s.at(q, n), q.visits[n], manner{direct: true, fills: lines, answers: c.person(s, host)})
			if err != nil {
				return "", "", o, err
			}
			if complaint := firstOf(wrongExit(o, 3), silent(o, "cannot be written|lines do not show that it is done"), furtherChange(o)); complaint != "" {
				return "", complaint, o, nil
			}
			w := o.after.copy()
			w.files[lines] = w.files[lines+aside]
			delete(w.files, lines+aside)
			delete(w.files, lines+"/")
			c, _ = s.taken(q, n, w)
			again, err := s.guided(w, q.visits[n], manner{direct: true, answers: c.person(s, host)})
			return "exit 3 and 1 mutation, the same line ends as without that", firstOf(wrongExit(again, 0), different(q.runs[n].after, again.after)), again, err
		},
	}
}

// removedLines takes the lines of a script out of the evidence: what run.ps1 noted of it gives them away.
func removedLines(q tour) try {
	script := q.last.list[0]
	return try{
		name: "the lines of a script removed: " + script.script,
		do: func(s *stage) (string, string, outcome, error) {
			w, kept := q.end().copy(), ""
			name := s.bundle.evidenceOf(script.host) + "/events.jsonl"
			for text := range strings.Lines(w.files[name]) {
				if !strings.Contains(text, `"script":"`+script.script+`"`) {
					kept += text
				}
			}
			w.files[name] = kept
			report, err := s.proof(w)
			if err != nil || slices.ContainsFunc(report.Findings, func(f finding.Finding) bool { return f.ID == "evidence-removed" }) {
				return "the evidence shows evidence-removed", "", q.whole(), err
			}
			return "", "the evidence does not show evidence-removed", q.whole(), nil
		},
	}
}

func furtherChange(o outcome) string {
	if len(o.Mutations) != 1 {
		return fmt.Sprintf("it made %d changes although no line could be written after the first", len(o.Mutations))
	}
	return ""
}
