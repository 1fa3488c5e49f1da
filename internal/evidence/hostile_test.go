package evidence

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Files that nobody should have made end in a finding, soon, and with little memory.
func TestHostileFiles(t *testing.T) {
	good := sample().files[fe].String()
	first := good[:strings.Index(good, "\n")+1]
	for name, text := range map[string]string{
		"a huge line":             strings.Replace(first, "START|", strings.Repeat("x", 2<<20), 1)[:20] + strings.Repeat("x", 2<<20) + "\n",
		"a huge text":             strings.Replace(first, `"text":"`, `"text":"`+strings.Repeat("x", 2<<20), 1),
		"deep JSON":               strings.Repeat(`{"run":`, 500000) + "\n",
		"deep lists":              strings.Replace(first, `"text":"`, `"text":`+strings.Repeat("[", 500000)+`"`, 1),
		"no text":                 "\x00\x01\x02\xff\xfe\n",
		"UTF-16":                  "\xff\xfe{\x00\"\x00\n\x00",
		"a byte order mark":       "\xef\xbb\xbf" + first,
		"null in every place":     `{"run":null,"line":null,"time":null,"host":null,"account":null,"digest":null,"script":null,"status":null,"text":null,"exitCode":null}` + "\n",
		"a number of 400 digits":  strings.Replace(first, `"line":1`, `"line":`+strings.Repeat("9", 400), 1),
		"a fraction":              strings.Replace(first, `"line":1`, `"line":1.5`, 1),
		"a negative number":       strings.Replace(first, `"line":1`, `"line":-1`, 1),
		"a time of another place": strings.Replace(first, "123Z", "123+02:00", 1),
		"a run of another form":   strings.Replace(first, `"run":"`, `"run":"../`, 1),
		"a digest in capitals":    strings.Replace(first, digest, strings.ToUpper(digest), 1),
		"a status of other words": strings.Replace(first, `"START"`, `"\u001b[2J"`, 1),
		"an array":                "[" + first + "]",
		"something behind":        strings.TrimSuffix(first, "\n") + "{}\n",
		"a key twice":             strings.Replace(first, `"line":1`, `"line":1,"line":1`, 1),
		"an empty line":           first + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, fe, eventsFile), text)
			r := judgeFolders(t, "", dir)
			if !slices.Contains(ids(r), "evidence-line") || r.Result != Inconsistent {
				t.Errorf("%+v", r.Findings)
			}
		})
	}
}

// Nothing but a regular file is opened: a pipe would block, and a link or a folder is no evidence.
func TestNotFiles(t *testing.T) {
	for name, put := range notFiles {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, fe), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := put(filepath.Join(dir, fe, eventsFile)); err != nil {
				t.Skip(err)
			}
			ended := inBackground(func() {
				if r := judgeFolders(t, "", dir); !slices.Contains(ids(r), "evidence-file") || r.Result != Inconsistent {
					t.Errorf("%+v", r.Findings)
				}
			})
			select {
			case <-ended:
			case <-time.After(10 * time.Second):
				t.Fatal("it was opened")
			}
		})
	}
}

func inBackground(work func()) chan struct{} {
	ended := make(chan struct{})
	go func() { defer close(ended); work() }()
	return ended
}

// notFiles make something else in the place of a file.
var notFiles = map[string]func(name string) error{
	"a folder": func(name string) error { return os.Mkdir(name, 0o755) },
	"a link":   func(name string) error { return os.Symlink("/etc/hosts", name) },
	"a file that is too large": func(name string) error {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			return err
		}
		return os.Truncate(name, maxFile+1)
	},
}

// A report stays short: a file can hold a million faults.
func TestManyFindings(t *testing.T) {
	r := newRecorder()
	for range 3000 {
		r.run(fe, jl, "scripts/99-mine.ps1", "END|0")
	}
	report := judgeFolders(t, "", r.save(t, t.TempDir()))
	if len(report.Findings) != maxFindings || report.Unlisted < 2800 || report.Result != Inconsistent {
		t.Errorf("%d findings, %d more", len(report.Findings), report.Unlisted)
	}
}

// Whatever a file holds, it is read without a panic, and what is read as an event can be written and read again.
func FuzzLoad(f *testing.F) {
	for host, text := range sample().files {
		f.Add(text.Bytes(), []byte(host))
		f.Add([]byte(text.String()[:text.Len()/2]), []byte("---- 2026-07-04T08:20:00 change exit 3\r\nFAILED        x\r\n"))
	}
	f.Add([]byte(`{"run":"20260704T081630Z-00000000","line":1}`), []byte("----"))
	p := samplePlan(f)
	f.Fuzz(func(t *testing.T, events, log []byte) {
		e := &Evidence{}
		e.read(File{Host: fe, Name: eventsFile, data: events})
		e.read(File{Host: fe, Name: "40-trusted-application.log", data: log})
		r := Judge(p, digest, e, "")
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			if f.Message == "" || strings.Contains(f.Message, "%!(") {
				t.Fatalf("%+v", f)
			}
		}
		read, _ := readEvents(File{data: events})
		for _, event := range read {
			line, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			again, err := parseEvent(line)
			again.at = event.at
			if err != nil || again.Text != event.Text || again.Status != event.Status || !again.Time.Equal(event.Time.Time) {
				t.Fatalf("%s: %v", line, err)
			}
		}
	})
}
