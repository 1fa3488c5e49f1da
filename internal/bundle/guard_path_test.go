package bundle_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lyncowa/internal/bundle"
)

// Import-Module takes its path for a pattern: from the folder b[12] it would load the module of a folder b1, which
// nobody has checked. So the guard refuses such a path, also with the right digest.
func TestGuardRefusesAPathThatIsAPattern(t *testing.T) {
	engine, err := exec.LookPath("pwsh")
	if err != nil {
		t.Log("no pwsh on PATH: the guard was not tried")
		return
	}
	b := render(t, litware(t))
	dir := filepath.Join(t.TempDir(), "b[12]")
	if _, err := bundle.Write(dir, b); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, "scripts", "60-exchange-owa-virtual-directories.ps1")
	out, err := exec.Command(engine, "-NoProfile", "-NonInteractive", "-File", script, "-ApprovedDigest", b.Digest).CombinedOutput()
	exit, ok := err.(*exec.ExitError)
	if !ok || exit.ExitCode() != 2 || !strings.Contains(string(out), "[ ] * ?") {
		t.Errorf("%v: %s", err, out)
	}
}
