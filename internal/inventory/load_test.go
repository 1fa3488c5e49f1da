package inventory

import (
	"fmt"
	"strings"
	"testing"
)

const smallest = `{
  "formatVersion": 1,
  "kind": "exchange",
  "scope": "organisation",
  "takenAt": "2026-03-02T09:14:00Z",
  "host": "dub-mbx-01.contoso.com",
  "product": "",
  "unread": [],
  "objects": {
    "dialPlans": [
      { "name": "Dublin plan", "uriType": "SipName" }
    ]
  }
}`

// TestBrokenFilesAreRefused: with the place, the path of the value and the reason.
func TestBrokenFilesAreRefused(t *testing.T) {
	if f, findings := Load("x.json", []byte("\xEF\xBB\xBF"+smallest)); f == nil || len(f.Objects.DialPlans) != 1 {
		t.Fatal(findings)
	}
	plan := `{ "name": "Dublin plan", "uriType": "SipName" }`
	for _, test := range []struct{ name, old, new, want string }{
		{"empty", smallest, "", `1:1: this is not JSON: the text ends too early [inventory-file]`},
		{"no JSON", smallest, "WROTE x", `1:1: this is not JSON: invalid character 'W'`},
		{"cut", `"Dublin plan", "uriType"`, "\x00", `this is not JSON: invalid character '\x00'`},
		{"not UTF-8", "Dublin", "D\xfcblin", "1:1: the file is not UTF-8"},
		{"a list", smallest, "[]", "a list or an object stands where an object belongs"},
		{"two texts", smallest, smallest + "{}", "something follows the end of the JSON text"},
		{"other version", `"formatVersion": 1`, `"formatVersion": 2`, "formatVersion 2 is not 1"},
		{"other kind", `"exchange"`, `"sharepoint"`, `3:22: kind: "sharepoint" is not exchange or lync [inventory-value]`},
		{"no host", `"host": "dub-mbx-01.contoso.com",`, ``, "the field host is missing"},
		{"null", `"dub-mbx-01.contoso.com"`, `null`, "host: null stands where a value belongs"},
		{"upper case host", `"dub-mbx-01.contoso.com"`, `"DUB-MBX-01"`, `host: "DUB-MBX-01" is no host name in lower case [inventory-value]`},
		{"host as code", `"dub-mbx-01.contoso.com"`, `"a$(x)"`, `is no host name`},
		{"local time", `09:14:00Z`, `09:14:00+02:00`, `takenAt: "2026-03-02T09:14:00+02:00" is no time in UTC`},
		{"number for a text", `"Dublin plan"`, `12`, "11:18: objects.dialPlans[0].name: a number stands where a text belongs"},
		{"text for a number", `"formatVersion": 1`, `"formatVersion": "1"`, "formatVersion: a text stands where a whole number belongs"},
		{"huge number", `"formatVersion": 1`, `"formatVersion": 1e999`, "stands where a whole number belongs"},
		{"object for a list", `[
      ` + plan + `
    ]`, plan, "objects.dialPlans: a list or an object stands where a list belongs"},
		{"same key", `"uriType": "SipName"`, `"name": "x"`, "objects.dialPlans[0].name: the field stands here a second time"},
		{"same key in another case", `"uriType"`, `"Name"`, `objects.dialPlans[0]: there is no field "Name"`},
		{"unknown key", `"uriType": "SipName"`, `"uriType": "SipName", "users": [{"a": [1, {}]}, 2]`, `there is no field "users"`},
		{"deep", plan, strings.Repeat("[", 20) + strings.Repeat("]", 20), "the values are nested deeper than 8"},
		{"deep in an unknown key", `"uriType"`, `"x": ` + strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000) + `, "uriType"`, "the values are nested deeper than 8"},
		{"long text", "Dublin plan", strings.Repeat("x", 1<<20), "the text has 1048576 characters, more than 1024"},
		{"bidirectional", "Dublin plan", `\u202egnp`, "the text holds U+202E"},
		{"escape code", "Dublin plan", `\u001b[2J`, "the text holds U+001B"},
		{"blank name", "Dublin plan", " ", `objects.dialPlans[0].name: " " is empty`},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(smallest, test.old, test.new, 1)
			f, findings := Load("x.json", []byte(text))
			if f != nil || len(findings) == 0 {
				t.Fatal("not refused")
			}
			var got []string
			for _, one := range findings {
				got = append(got, fmt.Sprintf("%d:%d: %s [%s]", one.Line, one.Column, one.Message, one.ID))
			}
			if all := strings.Join(got, "\n"); !strings.Contains(all, test.want) {
				t.Errorf("got %s\nwant %s", all, test.want)
			}
		})
	}
}

// TestManyFaults: one run names many, but not without end.
func TestManyFaults(t *testing.T) {
	rows := strings.Repeat(`{ "name": 1 }, `, 1000) + `{ "name": "a" }`
	_, findings := Load("x.json", []byte(strings.Replace(smallest, `{ "name": "Dublin plan", "uriType": "SipName" }`, rows, 1)))
	if len(findings) != maxFindings {
		t.Errorf("%d findings", len(findings))
	}
}

// FuzzLoad: whatever a file holds, it is read or refused, and what follows from it is a topology that YAML reads.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(smallest))
	f.Add([]byte(`{"formatVersion":1,"kind":"exchange","scope":"organisation","takenAt":"2026-03-02T09:14:00Z","host":"a","objects":{"servers":[{"server":"a","name":"A","version":"Version 15.0 (","roles":"Mailbox"}],
		"virtualDirectories":[{"server":"a","identity":"a","externalUrl":"https://x.y/owa"}],"mailboxPolicies":[{"name":"'\"$(x)","isDefault":true}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, findings := Load("x.json", data)
		if (file == nil) != findings.HasErrors() {
			t.Fatalf("%v, %v", file, findings)
		}
		for _, one := range findings {
			if one.Line < 1 || one.Column < 1 || one.Message == "" {
				t.Errorf("%+v", one)
			}
		}
		if file == nil {
			return
		}
		farm, _ := Merge([]*File{file})
		p, err := farm.Propose(Choice{})
		if err != nil {
			t.Fatal(err)
		}
		onlyOpenFields(t, p)
	})
}
