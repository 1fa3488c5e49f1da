package main

import (
	"debug/buildinfo"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// licenceFile is how modules name the texts that must accompany their code.
var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)

// notices writes the licences of Go and of each module that is linked into a program. The program itself says which
// modules these are. A module without a licence file is an error.
func notices(w io.Writer, program string) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	if err := notice(w, "Go "+info.GoVersion, "env", "GOROOT"); err != nil {
		return err
	}
	for _, module := range info.Deps {
		if err := notice(w, module.Path+" "+module.Version, "list", "-m", "-f", "{{.Dir}}", module.Path); err != nil {
			return err
		}
	}
	return nil
}

// notice writes the licence files of one component. Its folder is what the go command prints.
func notice(w io.Writer, component string, folder ...string) error {
	out, err := exec.Command("go", folder...).Output()
	if err != nil {
		return fmt.Errorf("find the sources of %s: %w", component, err)
	}
	texts, err := licences(strings.TrimSpace(string(out)))
	if err != nil {
		return fmt.Errorf("%s: %w", component, err)
	}
	_, err = fmt.Fprintf(w, "%s\n%s\n\n%s\n\n", component, strings.Repeat("=", len(component)), texts)
	return err
}

// licences joins the texts of the licence files in a folder.
func licences(folder string) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, entry := range entries {
		if !entry.Type().IsRegular() || !licenceFile.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return "", err
		}
		texts = append(texts, strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")))
	}
	if len(texts) == 0 {
		return "", fmt.Errorf("no licence file in %s", folder)
	}
	return strings.Join(texts, "\n\n"), nil
}
