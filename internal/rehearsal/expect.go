package rehearsal

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Complaints about a run: "" where it did as it should.

// firstOf returns the first complaint there is.
func firstOf(complaints ...string) string {
	for _, c := range complaints {
		if c != "" {
			return c
		}
	}
	return ""
}

func wrongExit(o outcome, allowed ...int) string {
	if proxy.MatchString(o.Text) {
		return "it prints a line of the shell's own proxies as if it were the script's: " + o.lastLines()
	}
	if o.Exit == careless {
		return "no script may do this: " + o.Text
	}
	if slices.Contains(allowed, o.Exit) {
		return ""
	}
	words := make([]string, len(allowed))
	for i, code := range allowed {
		words[i] = fmt.Sprint(code)
	}
	return fmt.Sprintf("exit %d instead of %s: %s", o.Exit, strings.Join(words, " or "), o.lastLines())
}

// proxy finds the code behind the cmdlets of the Exchange Management Shell (farm/session.ps1) in what a run printed.
var proxy = regexp.MustCompile(`farm[/\\](proxies|objects)[\w-]*\.ps`)

func anyMutation(o outcome) string {
	if len(o.Mutations) == 0 {
		return ""
	}
	return "it made a change: " + o.Mutations[0].String()
}

// otherMutations complains about a run that did not do what an earlier run of the same script did.
func otherMutations(first, second outcome) string {
	text, _ := compare([]stepLog{{"a change of the first run", first.Mutations}}, second.Mutations)
	return text
}

// anyFile complains about any file that a run wrote, evidence included.
func anyFile(before, after world) string {
	if found := before.files.differences(after.files); len(found) > 0 {
		return "it wrote files: " + sentence(found)
	}
	return ""
}

// strayFile complains about files other than evidence and the host's web.config.
func strayFile(before world, o outcome) string {
	config := webConfigPath(o.host)
	keep := func(name string) bool { return isHistory(name) || name == config }
	if found := before.files.without(keep).differences(o.after.files.without(keep)); len(found) > 0 {
		return "it touched files that are neither evidence nor web.config: " + sentence(found)
	}
	return ""
}

// carelessEdit complains about an edit of web.config that did more than put the two settings in or take them out: every
// other byte must be there still.
func carelessEdit(before world, o outcome) string {
	was, is := before.files[webConfigPath(o.host)], o.after.files[webConfigPath(o.host)]
	if imSetting.ReplaceAllString(was, "") != imSetting.ReplaceAllString(is, "") {
		return "it changed web.config beyond the two keys"
	}
	return ""
}

var imSetting = regexp.MustCompile(`\s*<add key="IM(ServerName|CertificateThumbprint)" value="[^"]*"\s*/>`)

// otherWords complains about a run that did not print what an earlier one did.
func otherWords(first, second outcome) string {
	if first.Text != second.Text {
		return "it says something else than on the fresh farm: " + second.lastLines()
	}
	return ""
}

// different complains about a world that is not as it should be.
func different(wanted, got world) string { return unlike(wanted.differences(got)) }

func unlike(found []string) string {
	if len(found) > 0 {
		return "the farm is not as it should be: " + sentence(found)
	}
	return ""
}

// silent complains about a run that did not print what it should, a regular expression without letter case.
func silent(o outcome, phrase string) string {
	flat := strings.Join(strings.Fields(o.Text), " ")
	if regexp.MustCompile("(?i)" + phrase).MatchString(flat) {
		return ""
	}
	return fmt.Sprintf("it does not say %q: %s", phrase, o.lastLines())
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
