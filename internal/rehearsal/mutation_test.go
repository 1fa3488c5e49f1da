package rehearsal

import (
	"strings"
	"testing"

	"lyncowa/internal/plan"
)

func cmdletMutation(command, object string, parameters ...string) Mutation {
	m := Mutation{Kind: plan.Cmdlet, Host: "anywhere", Command: command, Object: object, Parameters: map[string]string{}}
	for i := 0; i < len(parameters); i += 2 {
		m.Parameters[parameters[i]] = parameters[i+1]
	}
	return m
}

func fileMutation(host, key, value string) Mutation {
	return Mutation{Kind: plan.File, Host: host, Command: "add", Object: key, Parameters: map[string]string{"value": value}}
}

func TestCompareHoldsTheScriptsAgainstThePlan(t *testing.T) {
	a := cmdletMutation("Set-A", "one", "Type", "OCS")
	b := cmdletMutation("Set-A", "two", "Type", "OCS")
	c := cmdletMutation("New-C", "three")
	x, y := fileMutation("h", "X", "1"), fileMutation("h", "Y", "2")
	for _, test := range []struct {
		name    string
		planned []stepLog
		done    []Mutation
		want    string // of the complaint; "" for none
	}{
		{"the same", []stepLog{{"p", []Mutation{a, b}}, {"q", []Mutation{c}}}, []Mutation{a, b, c}, ""},
		{"objects of one command in another order", []stepLog{{"p", []Mutation{a, b}}}, []Mutation{b, a}, ""},
		{"upper and lower case of a cmdlet", []stepLog{{"p", []Mutation{a}}}, []Mutation{cmdletMutation("set-a", "ONE", "Type", "Ocs")}, ""},
		{"two keys in one replacement", []stepLog{{"x", []Mutation{x}}, {"y", []Mutation{y}}}, []Mutation{y, x}, ""},
		{"commands in another order", []stepLog{{"p", []Mutation{a}}, {"q", []Mutation{c}}}, []Mutation{c, a}, "the plan has Set-A one"},
		{"a command left out", []stepLog{{"p", []Mutation{a}}, {"q", []Mutation{c}}}, []Mutation{a}, "was not executed: q"},
		{"an object left out", []stepLog{{"p", []Mutation{a, b}}}, []Mutation{a}, "was not executed: p"},
		{"one more", []stepLog{{"p", []Mutation{a}}}, []Mutation{a, c}, "the plan does not list New-C three"},
		{"another parameter", []stepLog{{"p", []Mutation{a}}}, []Mutation{cmdletMutation("Set-A", "one", "Type", "OCS", "More", "1")}, "-More 1"},
		{"web.config with another case", []stepLog{{"x", []Mutation{x}}}, []Mutation{fileMutation("h", "x", "1")}, "the plan has add X"},
		{"web.config of another host", []stepLog{{"x", []Mutation{x}}}, []Mutation{fileMutation("other", "X", "1")}, "(on other)"},
	} {
		got, _ := compare(test.planned, test.done)
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestFileMutationsReadWebConfig(t *testing.T) {
	element := `<add key="IMServerName" value="a"/>`
	with := strings.Replace(webConfig, "</appSettings>", element+"</appSettings>", 1)
	for _, test := range []struct{ name, before, after, want string }{
		{"added", webConfig, with, "add IMServerName -value a (on h)"},
		{"changed", with, strings.Replace(with, `"a"`, `"b"`, 1), "add IMServerName -value b (on h)"},
		{"taken away", with, webConfig, "remove IMServerName -value a (on h)"},
		{"anything else", webConfig, webConfig + " ", "edit web.config (on h)"},
	} {
		got := fileMutations("h", test.before, test.after)
		if len(got) != 1 || got[0].String() != test.want {
			t.Errorf("%s: got %v, want %s", test.name, got, test.want)
		}
	}
	command := plan.Command{Kind: plan.File, On: "h", Text: element}
	if got := plannedFileMutation(command, webConfig); len(got) != 1 || got[0].String() != "add IMServerName -value a (on h)" {
		t.Errorf("planned: %v", got)
	}
	if got := plannedFileMutation(command, with); len(got) != 0 {
		t.Errorf("planned where it stands already: %v", got)
	}
}

func TestCarelessEdit(t *testing.T) {
	const was = "<a>\r\n</a>\r\n"
	for _, test := range []struct {
		name, is string
		backOut  bool
		careless bool
	}{
		{"put in", "<a>\r\n<add key=\"IMServerName\" value=\"a\"/>\r\n</a>\r\n", false, false},
		{"line ends lost", "<a>\n<add key=\"IMServerName\" value=\"a\"/>\n</a>\n", false, true},
		{"byte order mark", "\xEF\xBB\xBF<a>\r\n<add key=\"IMServerName\" value=\"a\"/>\r\n</a>\r\n", false, true},
		{"another element taken out", "</a>\r\n", true, true},
		{"taken out and spoilt", "</a>\n ", true, true},
	} {
		path := webConfigPath("h")
		o := outcome{invocation: invocation{host: "h", backOut: test.backOut}, after: world{files: tree{path: test.is}}}
		got := carelessEdit(world{files: tree{path: was}}, o)
		if (got != "") != test.careless {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}
