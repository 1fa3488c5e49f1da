package rehearsal

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// differences says in what the settled world is not the same in other: what of the farm's state, and which files.
// Evidence and logs are history, not state.
func (w world) differences(other world) []string {
	found := stateDifferences("", generic(w.farm.settled()), generic(other.farm.settled()))
	return append(found, w.files.without(isHistory).differences(other.files.without(isHistory))...)
}

// evidenceNames are the evidence files of a world, by name only: they hold times.
func (w world) evidenceNames() []string {
	return slices.DeleteFunc(w.files.names(), func(name string) bool { return !isEvidence(name) })
}

func isEvidence(name string) bool {
	parts := strings.SplitN(name, "/", 5) // hosts, fqdn, bundle, evidence, ...
	return len(parts) == 5 && parts[3] == "evidence"
}

// isHistory tells the files that a run leaves without having changed anything: evidence, and the logs of the
// products. An empty folder is nothing either.
func isHistory(name string) bool {
	return isEvidence(name) || strings.Contains(name, "/exchange/Logging/") || strings.HasSuffix(name, "/")
}

func generic(v any) any {
	var plain any
	if err := json.Unmarshal(encode(v), &plain); err != nil {
		panic(err) // what was just encoded
	}
	return plain
}

func stateDifferences(at string, a, b any) []string {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			break
		}
		var found []string
		for _, key := range slices.Sorted(maps.Keys(merged(x, y))) {
			found = append(found, stateDifferences(path.Join(at, key), x[key], y[key])...)
		}
		return found
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			break
		}
		var found []string
		for i := range x {
			found = append(found, stateDifferences(fmt.Sprintf("%s[%d]", at, i), x[i], y[i])...)
		}
		return found
	}
	if was, is := string(encode(a)), string(encode(b)); was != is {
		return []string{fmt.Sprintf("%s is %s instead of %s", at, is, was)}
	}
	return nil
}

func merged(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}
