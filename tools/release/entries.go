package main

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

// entry is one file of an archive.
type entry struct {
	path string // slash-separated, with the folder on top
	data []byte
	mode fs.FileMode
}

// packed is when every file of every archive was last changed. ZIP knows no time before 1980.
var packed = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// list reads every file below a folder, in the order of their paths. It refuses links and devices: they would point
// somewhere else after unpacking.
func list(folder fs.FS, top string) ([]entry, error) {
	var entries []entry
	err := fs.WalkDir(folder, ".", func(name string, found fs.DirEntry, err error) error {
		if err != nil || found.IsDir() {
			return err
		}
		if !found.Type().IsRegular() {
			return fmt.Errorf("%s is neither a file nor a folder", name)
		}
		data, err := fs.ReadFile(folder, name)
		entries = append(entries, entry{path.Join(top, name), data, modeOf(name)})
		return err
	})
	return entries, err
}

// modeOf depends on the name alone: the modes on the build machine depend on its umask.
func modeOf(name string) fs.FileMode {
	if name == "lyncowa" || strings.HasSuffix(name, ".exe") {
		return 0o755
	}
	return 0o644
}
