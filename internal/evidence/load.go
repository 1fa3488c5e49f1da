// Package evidence reads what the scripts of a bundle and run.ps1 wrote while they ran, and judges it: whether the change
// is complete and verified, what is missing, and what does not fit together. Its Report holds the facts for the pages.
//
// load.go finds the files of several hosts and merges copies, read.go reads lines, run.go groups them to runs, judge.go
// compares the runs with the plan, report.go collects the facts, rules.go has every message. No page is made here, and
// nothing is ever written.
package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lyncowa/internal/finding"
)

// Names of the files of a host. Everything else in its folder, such as a before-state, stays on the host and is not read.
// Versions 0.1.0 and 0.2.0 wrote logs, see logName.
const eventsFile = "events.jsonl"

// maxFile is a number of bytes that no file of evidence reaches.
const maxFile = 64 << 20

// Evidence is what the hosts say, merged.
type Evidence struct {
	Files    []File       // sorted by host and name
	Runs     []*Run       // in the order of their start; of one host in the order of its lines
	Digest   string       // SHA-256 over all files, lower-case hex; it does not depend on where they lie
	Findings finding.List // about files, lines and runs
}

// File is one file of a host.
type File struct {
	Host   string `json:"host"` // FQDN in lower case, from the folder
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Lines  int    `json:"lines"`

	data []byte
}

func (f File) path() string { return f.Host + "/" + f.Name }

// Load reads folders: each is one that holds the folders of hosts, or the folder of one host. A file that stands in two of
// them is one file if one copy begins with the other. An error means that a folder cannot be listed; whatever is wrong
// with a file is a finding.
func Load(folders ...string) (*Evidence, error) {
	e := &Evidence{}
	files := map[string]File{}
	for _, folder := range folders {
		if err := e.addFolder(files, folder); err != nil {
			return nil, err
		}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := files[name]
		f.SHA256, f.Lines = digestOf(f.data), bytes.Count(f.data, []byte("\n"))
		lines = append(lines, fmt.Sprintf("%s  %s\n", f.SHA256, f.path()))
		e.Files = append(e.Files, f)
		e.read(f)
	}
	slices.Sort(lines)
	e.Digest = digestOf([]byte(strings.Join(lines, "")))
	slices.SortStableFunc(e.Runs, func(a, b *Run) int { return a.Start.Compare(b.Start.Time) })
	return e, nil
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// read reads the runs of a file.
func (e *Evidence) read(f File) {
	if f.Name != eventsFile {
		runs, findings := readLog(f)
		e.Runs, e.Findings = append(e.Runs, runs...), append(e.Findings, findings...)
		return
	}
	events, findings := readEvents(f)
	e.Findings = append(append(e.Findings, findings...), clockJumps(f, events)...)
	isExchanged := false // then every run says so: once is enough
	for _, r := range group(f, events) {
		e.Runs = append(e.Runs, r)
		for _, fault := range r.faults() {
			isOther := fault.ID == "evidence-host"
			if !isOther || !isExchanged {
				e.Findings = append(e.Findings, fault)
			}
			isExchanged = isExchanged || isOther
		}
	}
}

func (e *Evidence) addFolder(files map[string]File, folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(entries, isEvidence) {
		whole, err := filepath.Abs(folder)
		if err != nil {
			return err
		}
		return e.addHost(files, folder, filepath.Base(whole), entries)
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue // such as run.lock
		}
		inside, err := os.ReadDir(filepath.Join(folder, entry.Name()))
		if err != nil {
			return err
		}
		if err := e.addHost(files, filepath.Join(folder, entry.Name()), entry.Name(), inside); err != nil {
			return err
		}
	}
	return nil
}

func isEvidence(entry fs.DirEntry) bool {
	return entry.Name() == eventsFile || logName.MatchString(entry.Name())
}

func (e *Evidence) addHost(files map[string]File, folder, host string, entries []fs.DirEntry) error {
	for _, entry := range entries {
		if !isEvidence(entry) {
			continue
		}
		f := File{Host: strings.ToLower(host), Name: entry.Name()}
		data, err := readFile(filepath.Join(folder, entry.Name()), entry)
		if err != nil {
			e.Findings = append(e.Findings, found("evidence-file", place{f.path(), 0}, err))
			continue
		}
		f.data = data
		files[f.path()] = e.merge(files[f.path()], f)
	}
	return nil
}

// merge takes the longer one of two copies. A copy on a share or one that was made earlier can lack the last lines.
func (e *Evidence) merge(known, f File) File {
	longer, shorter := f, known
	if len(known.data) > len(f.data) {
		longer, shorter = known, f
	}
	if !bytes.HasPrefix(longer.data, shorter.data) {
		same := 0
		for same < len(shorter.data) && shorter.data[same] == longer.data[same] {
			same++
		}
		e.Findings = append(e.Findings, found("evidence-copies", place{f.path(), 1 + bytes.Count(longer.data[:same], []byte("\n"))}))
	}
	return longer
}

// readFile opens regular files only: a pipe would block, and a link could lead anywhere.
func readFile(name string, entry fs.DirEntry) ([]byte, error) {
	if !entry.Type().IsRegular() {
		return nil, errors.New("this is no regular file")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be read: %w", cause(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the file cannot be read: %w", cause(err))
	case len(data) > maxFile:
		return nil, fmt.Errorf("the file is larger than %d MiB", maxFile>>20)
	}
	return data, nil
}

// cause is an error of the file system without the path, which is one of this machine.
func cause(err error) error {
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		return at.Err
	}
	return err
}
