package rehearsal

import (
	"fmt"
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
	if slices.Contains(allowed, o.Exit) {
		return ""
	}
	words := make([]string, len(allowed))
	for i, code := range allowed {
		words[i] = fmt.Sprint(code)
	}
	return fmt.Sprintf("exit %d instead of %s: %s", o.Exit, strings.Join(words, " or "), o.lastLines())
}

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

// carelessEdit complains about an edit of web.config that did more than put the settings in: every other byte must
// be there still, in one piece before and one piece after them.
func carelessEdit(before world, o outcome) string {
	was, is := before.files[webConfigPath(o.host)], o.after.files[webConfigPath(o.host)]
	if was == is {
		return ""
	}
	was, is = withoutValues(was, is), withoutValues(is, was)
	head := 0
	for head < min(len(was), len(is)) && was[head] == is[head] {
		head++
	}
	tail := 0
	for tail < min(len(was), len(is))-head && was[len(was)-1-tail] == is[len(is)-1-tail] {
		tail++
	}
	switch {
	case o.backOut && head+tail == len(is): // the settings are taken out again
	case !o.backOut && head+tail == len(was): // the settings are put in
	default:
		return fmt.Sprintf("it changed web.config beyond the two keys, first at byte %d", head)
	}
	return ""
}

// withoutValues leaves out of a web.config the values of those settings that other has with another value.
func withoutValues(data, other string) string {
	for _, s := range appSettings(data) {
		if hasKey(appSettings(other), s.key) && !contains(appSettings(other), s) {
			data = strings.Replace(data, `"`+s.value+`"`, `""`, 1)
		}
	}
	return data
}

// otherWords complains about a run that did not print what an earlier one did.
func otherWords(first, second outcome) string {
	a, b := strings.Split(first.Text, "\n"), strings.Split(second.Text, "\n")
	for i, line := range b {
		if i >= len(a) || a[i] != line {
			return "it says something else than on the fresh farm: " + line
		}
	}
	if len(b) < len(a) {
		return "it no longer says: " + a[len(b)]
	}
	return ""
}

// different complains about a world that is not as it should be.
func different(wanted, got world) string {
	if found := wanted.differences(got); len(found) > 0 {
		return "the farm is not as it should be: " + sentence(found)
	}
	return ""
}

// silent complains about a run that did not print what it should.
func silent(o outcome, phrase string) string {
	flat := strings.Join(strings.Fields(o.Text), " ")
	if strings.Contains(strings.ToLower(flat), strings.ToLower(phrase)) {
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
