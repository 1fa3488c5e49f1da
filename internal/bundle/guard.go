package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/record"
)

// mustHaveParent requires the parent folder of a bundle: Write does not make it.
func mustHaveParent(dir, target string) error {
	parent := filepath.Dir(target)
	info, err := os.Stat(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return &TargetError{dir, "has no parent folder", fmt.Sprintf("make %q first", filepath.Dir(dir))}
	}
	if err == nil && !info.IsDir() {
		return &TargetError{dir, "has a file for a parent", "name a folder inside a folder"}
	}
	return err
}

// mustLieOutside refuses a target inside a bundle: one more file there, and that bundle is not the approved one.
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

// mustBeReplaceable lets Write replace only a bundle that lyncowa wrote and that holds nothing of people or scripts.
// dir is the name that the person used.
func mustBeReplaceable(dir, target string) error {
	sums, ours := ownSums(target)
	if !ours {
		return &TargetError{dir, "exists and was not written by lyncowa", "name another folder with -o, or move this one away"}
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	inside, err := Holds(target, here)
	if err != nil {
		return err
	}
	if inside {
		return &TargetError{dir, "holds the current folder", "run lyncowa from outside of it"}
	}
	losses, err := losses(target, sums)
	if err != nil || len(losses) == 0 {
		return err
	}
	return &TargetError{
		dir, "is not replaced, because that would lose " + strings.Join(losses, ", "),
		"keep that bundle as the record of its change and name another folder with -o, or move it away",
	}
}

// TopologyName is the name of the topology that the bundle in a folder was made from; false where plan.json does not
// tell it.
func TopologyName(dir string) (string, bool) {
	planJSON, err := readRegular(filepath.Join(dir, PlanPath))
	if err != nil {
		return "", false
	}
	var p struct {
		Tool plan.Tool
		Name string
	}
	err = json.Unmarshal(planJSON, &p)
	return p.Name, err == nil && p.Tool.Name == plan.ToolName
}

// ownSums returns the sums of a bundle that lyncowa wrote; false for any other folder.
func ownSums(target string) (map[string]string, bool) {
	if _, ours := TopologyName(target); !ours {
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

// readRegular reads a regular file. It never opens others: a pipe in a shared folder would block.
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

// losses names what replacing a bundle would lose: evidence, an approval that was written on, files that the sums do not list.
func losses(target string, sums map[string]string) ([]string, error) {
	found, err := listFolder(target)
	if err != nil {
		return nil, err
	}
	var lost []string
	if _, exists := found[EvidencePath]; exists {
		lost = append(lost, "the evidence of a run (evidence)")
		delete(found, EvidencePath)
	}
	for _, path := range record.ApprovalPaths {
		if !found[path] {
			continue
		}
		page, err := os.ReadFile(filepath.Join(target, path))
		if err != nil {
			return nil, err
		}
		if sums[path] != sum(page) && resaved(sums[path], page) == "" {
			lost = append(lost, fmt.Sprintf("an approval that has been written on (%s)", path))
			delete(found, path)
		}
	}
	var foreign []string
	for path, isFile := range found {
		_, listed := sums[path]
		if !isFile || !listed && path != SumsPath {
			foreign = append(foreign, fmt.Sprintf("%q", path))
		}
	}
	slices.Sort(foreign)
	const shown = 5
	if more := len(foreign) - shown; more > 0 {
		foreign = append(foreign[:shown], fmt.Sprintf("and %d more", more))
	}
	return append(lost, foreign...), nil
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

// realPath is the absolute path without links.
func realPath(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absolute)
}
