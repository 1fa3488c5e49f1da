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

// mustHaveParent requires the parent folder of a bundle. Write does not create it.
func mustHaveParent(dir, target string) error {
	parent := filepath.Dir(target)
	info, err := os.Stat(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return &TargetError{dir, "has no parent folder", fmt.Sprintf("create %q first", filepath.Dir(dir))}
	}
	if err == nil && !info.IsDir() {
		return &TargetError{dir, "has a file as its parent", "name a path inside a folder"}
	}
	return err
}

// mustLieOutside refuses a target inside a bundle, because more files in a bundle break its seal.
func mustLieOutside(dir, target string) error {
	folder, err := realPath(filepath.Dir(target))
	if err != nil {
		return err
	}
	for ; ; folder = filepath.Dir(folder) {
		if _, ours := ownSums(folder); ours {
			return &TargetError{dir, fmt.Sprintf("is inside the bundle %q", filepath.Base(folder)), "name a folder outside that bundle with -o"}
		}
		if folder == filepath.Dir(folder) {
			return nil
		}
	}
}

// mustBeReplaceable lets Write replace only a bundle that lyncowa wrote and that contains no work of people or scripts.
// dir is the name as the user wrote it.
func mustBeReplaceable(dir, target string) error {
	sums, ours := ownSums(target)
	if !ours {
		return &TargetError{dir, "exists and was not written by lyncowa", "name another folder with -o, or move this folder away"}
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
		return &TargetError{dir, "contains the current folder", "run lyncowa from another folder"}
	}
	losses, err := losses(target, sums)
	if err != nil || len(losses) == 0 {
		return err
	}
	return &TargetError{
		dir, "is not replaced, because that would lose " + strings.Join(losses, ", "),
		"keep that bundle as the record of its change, and name another folder with -o; or move it away",
	}
}

// TopologyName is the name of the topology of the bundle in a folder. It returns false if plan.json does not have it.
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

// ownSums returns the sums of a bundle that lyncowa wrote, or false for any other folder.
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

// readRegular reads a regular file. It never opens other files: a FIFO would block.
func readRegular(name string) ([]byte, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%q is not a regular file", name)
	}
	return os.ReadFile(name)
}

// losses lists what a replacement would delete: evidence, an approval that was written on, and files without a sum.
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
			lost = append(lost, fmt.Sprintf("an approval page that was written on (%s)", path))
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

// Holds reports whether path is the folder dir or is below it, after resolving links. A missing dir holds nothing.
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
