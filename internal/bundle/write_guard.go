package bundle

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lyncowa/internal/plan"
)

// mustBeReplaceable lets only a folder be replaced whose loss costs nobody anything: a bundle that lyncowa
// wrote, with nothing in it that people or scripts have added. dir is the name that the person used.
func mustBeReplaceable(dir, target string) error {
	sums, ours := ownSums(target)
	if !ours {
		return &TargetError{dir, "exists and was not written by lyncowa", "name another folder with -o, or move this one away"}
	}
	inside, err := workInside(target)
	if err != nil {
		return err
	}
	if inside {
		return &TargetError{dir, "holds the current folder", "run lyncowa from outside of it"}
	}
	obstacles, err := obstacles(target, sums)
	if err != nil {
		return err
	}
	if len(obstacles) == 0 {
		return nil
	}
	return &TargetError{
		dir, "is not replaced, because that would lose " + strings.Join(obstacles, ", "),
		"keep that bundle as the record of its change and name another folder with -o, or move it away",
	}
}

// mustLieOutside refuses a target inside a bundle: a file more, and that bundle is no longer what was approved.
func mustLieOutside(dir, target string) error {
	folder, err := realPath(filepath.Dir(target))
	if err != nil {
		return err
	}
	for ; ; folder = filepath.Dir(folder) {
		if _, ours := ownSums(folder); ours {
			return &TargetError{dir, fmt.Sprintf("lies inside the bundle %q", filepath.Base(folder)), "name a folder outside of it with -o"}
		}
		if folder == filepath.Dir(folder) {
			return nil
		}
	}
}

// ownSums returns the sums of a bundle that lyncowa wrote; false for any other folder.
func ownSums(target string) (map[string]string, bool) {
	planJSON, err := readRegular(filepath.Join(target, PlanPath))
	if err != nil {
		return nil, false
	}
	var p struct{ Tool plan.Tool }
	if err := json.Unmarshal(planJSON, &p); err != nil || p.Tool.Name != plan.ToolName {
		return nil, false
	}
	data, err := readRegular(filepath.Join(target, SumsPath))
	if err != nil {
		return nil, false
	}
	sums, err := parseSums(data)
	_, listed := sums[PlanPath]
	return sums, err == nil && listed
}

// readRegular reads a file. What is none is not opened: a pipe, which anybody may put into a shared folder, would keep
// its reader waiting.
func readRegular(name string) ([]byte, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%q is no file", name)
	}
	return os.ReadFile(name)
}

// obstacles names what would be lost: evidence, files that the sums do not list, a filled-in approval.
func obstacles(target string, sums map[string]string) ([]string, error) {
	found, err := listFolder(target)
	if err != nil {
		return nil, err
	}
	var lost []string
	if _, exists := found[EvidencePath]; exists {
		lost = append(lost, "the evidence of a run (evidence)")
	}
	if found[ApprovalPath] {
		page, err := os.ReadFile(filepath.Join(target, ApprovalPath))
		if err != nil {
			return nil, err
		}
		if !isBlank(page) {
			lost = append(lost, "an approval that has been filled in (approval.md)")
		}
	}
	return append(lost, foreign(found, sums)...), nil
}

// foreign names the files that no bundle of lyncowa's holds, the first few of them.
func foreign(found map[string]bool, sums map[string]string) []string {
	var names []string
	for path, isFile := range found {
		_, listed := sums[path]
		own := listed || path == SumsPath || path == ApprovalPath
		if path != EvidencePath && !(own && isFile) {
			names = append(names, fmt.Sprintf("%q", path))
		}
	}
	slices.Sort(names)
	const shown = 5
	if more := len(names) - shown; more > 0 {
		names = append(names[:shown], fmt.Sprintf("and %d more", more))
	}
	return names
}

// workInside reports whether the current folder is the target or below it.
func workInside(target string) (bool, error) {
	here, err := os.Getwd()
	if err != nil {
		return false, err
	}
	return Holds(target, here)
}

// Holds reports whether path, links resolved, is the folder dir or lies below it. An absent dir holds nothing.
func Holds(dir, path string) (bool, error) {
	folder, err := realPath(dir)
	if isAbsent(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	real, err := realPath(path)
	if err != nil {
		return false, err
	}
	rel, err := filepath.Rel(folder, real)
	return err == nil && filepath.IsLocal(rel), nil
}

func realPath(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absolute)
}
