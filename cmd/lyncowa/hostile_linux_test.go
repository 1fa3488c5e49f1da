package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nobody is a user without files of its own.
const nobody = 65534

// place is a folder for one render that every user may enter.
type place struct {
	*testing.T
	lyncowa  string // a copy of the program that every user may run
	topology string
	folder   string // parent of the target; empty at first, and every user may write to it
	target   string
}

// hostilities are file systems that stop render. as is the user that renders, 0 for the one that runs the tests, and
// says is a part of the error.
var hostilities = []struct {
	name    string
	prepare func(place)
	as      uint32
	says    string
}{
	{"read-only folder", func(p place) { p.mode(p.folder, 0o555) }, nobody, "permission denied"},
	{"read-only folder with a bundle", func(p place) { p.older(p.target); p.mode(p.folder, 0o555) }, nobody, "permission denied"},
	{"read-only file system", func(p place) { p.mount("ro") }, 0, "read-only file system"},
	{"full disk", func(p place) { p.mount("size=64k") }, 0, "no space left on device"},
	{"full disk with a bundle", func(p place) { p.mount("size=560k"); p.older(p.target) }, 0, "no space left on device"},
	{"disk without room for names", func(p place) { p.mount("nr_inodes=12") }, 0, "no space left on device"},
	{"bundle of another user where only owners may rename", func(p place) {
		p.older(p.target)
		p.mode(p.folder, 0o777|fs.ModeSticky)
	}, nobody, "not permitted"},
	{"folder that nobody may enter", func(p place) { p.mode(p.folder, 0o700) }, nobody, "permission denied"},
	{"topology that nobody may read", func(p place) { p.mode(p.topology, 0o600) }, nobody, "no permission to read"},
	{"bundle with a file that nobody may read", func(p place) {
		p.older(p.target)
		p.mode(filepath.Join(p.target, "scripts", "common.psm1"), 0)
	}, nobody, "hint: render cannot replace a file that you have no right to read; "},
	{"link to a bundle", func(p place) { p.older(p.target + "-real"); p.link("bundle-real", p.target) }, 0, "is a symbolic link"},
	{"link to nothing", func(p place) { p.link("absent", p.target) }, 0, "is a symbolic link"},
	{"link to itself", func(p place) { p.link("bundle", p.target) }, 0, "too many"},
	{"link below a bundle", func(p place) {
		p.older(p.target)
		p.must(os.RemoveAll(filepath.Join(p.target, "scripts")))
		p.link("/", filepath.Join(p.target, "scripts"))
	}, 0, `would lose "scripts"`},
	{"file in the target's place", func(p place) { p.put("mine", p.target) }, 0, "is a file"},
	{"pipe in the target's place", func(p place) { p.must(syscall.Mkfifo(p.target, 0o644)) }, 0, "is a file"},
	{"pipe in a plan's place", func(p place) {
		p.must(os.Mkdir(p.target, 0o755))
		p.must(syscall.Mkfifo(filepath.Join(p.target, "plan.json"), 0o644))
	}, 0, "was not written by lyncowa"},
	{"file in a folder's place", func(p place) {
		p.older(p.target)
		p.must(os.RemoveAll(filepath.Join(p.target, "scripts")))
		p.put("mine", p.target, "scripts")
	}, 0, `would lose "scripts"`},
	{"file in the parent's place", func(p place) { p.must(os.Remove(p.folder)); p.put("mine", p.folder) }, 0, "has a file as its parent"},
	{"topology in the target", func(p place) {
		p.older(p.target)
		p.must(os.Rename(p.topology, filepath.Join(p.target, "topology.yaml")))
		p.link(filepath.Join(p.target, "topology.yaml"), p.topology)
	}, 0, "contains the topology"},
}

// Where the file system stops render, there is an error in one line, exit code 4, and the file system is as before: the old
// bundle or none, and nothing beside it.
func TestRenderOnHostileFileSystems(t *testing.T) {
	for _, h := range hostilities {
		t.Run(h.name, func(t *testing.T) {
			p := newPlace(t)
			if h.as != 0 && os.Geteuid() != 0 {
				t.Skip("only root can run lyncowa as another user")
			}
			h.prepare(p)
			before := snapshot(t, p.folder)
			render := exec.Command(p.lyncowa, "render", p.topology, "-o", p.target)
			render.SysProcAttr = p.user(h.as)
			render.Dir = "/"
			out, err := render.CombinedOutput()
			if got := exitOf(err); got != "4" {
				t.Errorf("exit code %s, want 4", got)
			}
			text := string(out)
			if !strings.HasPrefix(text, "error: ") || !strings.Contains(text, h.says) {
				t.Errorf("%q does not say %q", text, h.says)
			}
			if strings.Contains(text, ".lyncowa-") {
				t.Errorf("%q shows a temporary name", text)
			}
			if after := snapshot(t, p.folder); after != before {
				t.Errorf("the folder is not as it was: %d bytes, now %d", len(before), len(after))
			}
			left, _ := filepath.Glob(filepath.Join(p.folder, ".bundle.lyncowa-*"))
			if len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// foreign are leftovers of another user that this user may not remove.
var foreign = []struct {
	name    string
	prepare func(place)
}{
	{"a run that was killed", func(p place) { p.put("half", p.folder, ".bundle.lyncowa-123", "scripts", "x.ps1") }},
	{"a run that was killed at once", func(p place) {
		p.put("half", p.folder, ".bundle.lyncowa-123", "plan.json")
		p.mode(filepath.Join(p.folder, ".bundle.lyncowa-123"), 0o700)
	}},
	{"a bundle where everybody may rename", func(p place) { p.older(p.target) }},
}

// Leftovers of another user do not stop render. It says which folder stays and what to do about it. Running it again
// leaves no other one.
func TestRenderBesideWhatAnotherUserLeft(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can run lyncowa as another user")
	}
	for _, f := range foreign {
		t.Run(f.name, func(t *testing.T) {
			p := newPlace(t)
			f.prepare(p)
			for range 3 {
				render := exec.Command(p.lyncowa, "render", p.topology, "-o", p.target)
				render.SysProcAttr = p.user(nobody)
				render.Dir = "/"
				out, err := render.CombinedOutput()
				if err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				left, _ := filepath.Glob(filepath.Join(p.folder, ".bundle.lyncowa-*"))
				if len(left) != 1 {
					t.Fatalf("left behind: %q", left)
				}
				for _, want := range []string{`warning: the folder "` + left[0] + `" belongs to another run`, "\nhint: ", "\ndigest: "} {
					if !strings.Contains(string(out), want) {
						t.Errorf("%q does not say %q", out, want)
					}
				}
			}
			own := exec.Command(p.lyncowa, "render", p.topology, "-o", p.target)
			if out, err := own.CombinedOutput(); err != nil || strings.Contains(string(out), "warning: ") {
				t.Errorf("its owner did not clear it away: %v\n%s", err, out)
			}
		})
	}
}

// A reader that stops reading is an error, as a full disk is.
func TestClosedOutput(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"explain"}, {"plan", "../../examples/litware/topology.yaml"}, {"validate", "../../examples/litware/topology.yaml"}} {
		var stderr strings.Builder
		lyncowa := exec.Command("lyncowa", args...)
		lyncowa.Stdout, lyncowa.Stderr = writer, &stderr
		err := lyncowa.Run()
		if got := exitOf(err); got != "4" || !strings.Contains(stderr.String(), "error: cannot write the output: broken pipe\n") {
			t.Errorf("%q: exit code %s, %q", args, got, &stderr)
		}
	}
}

// A file that this user may not read says nothing about the bundle.
func TestVerifyOfUnreadableFile(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can run lyncowa as another user")
	}
	for _, name := range []string{"plan.json", "topology.yaml", "SHA256SUMS", "scripts/common.psm1"} {
		p := newPlace(t)
		p.older(p.target)
		p.mode(filepath.Join(p.target, name), 0)
		verify := exec.Command(p.lyncowa, "verify", p.target)
		verify.SysProcAttr = p.user(nobody)
		verify.Dir = "/"
		out, err := verify.CombinedOutput()
		if exitOf(err) != "2" || !strings.Contains(string(out), name+": unreadable: permission denied\n") ||
			!strings.Contains(string(out), "\nnext: verify again as a user with the right") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// A pipe in a folder above the target does not block render.
func TestRenderBelowAPipe(t *testing.T) {
	p := newPlace(t)
	p.must(syscall.Mkfifo(filepath.Join(p.folder, "plan.json"), 0o666))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, p.lyncowa, "render", p.topology, "-o", p.target).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A user who has the right to remove a leftover gets no warning, even if the leftover cannot be removed yet.
func TestRenderBesideWhatCannotBeRemovedYet(t *testing.T) {
	p := newPlace(t)
	left := filepath.Join(p.folder, ".bundle.lyncowa-123-doomed")
	busy := filepath.Join(left, "busy")
	p.must(os.MkdirAll(busy, 0o755))
	inside := p
	inside.folder = busy
	inside.mount("size=64k")
	out, err := exec.Command(p.lyncowa, "render", p.topology, "-o", p.target).CombinedOutput()
	if err != nil || strings.Contains(string(out), "warning: ") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := os.Lstat(left); err != nil {
		t.Errorf("nothing kept it there: %v", err)
	}
}

// A limit of a file's length is an error like a full disk, and no signal ends the program.
func TestRenderWhereFilesMayNotGrow(t *testing.T) {
	p := newPlace(t)
	p.older(p.target)
	before := snapshot(t, p.folder)
	out, err := exec.Command("sh", "-c", `ulimit -f 16; exec "$0" render "$1" -o "$2"`, p.lyncowa, p.topology, p.target).CombinedOutput()
	if exitOf(err) != "4" || !strings.Contains(string(out), "file too large") {
		t.Errorf("exit code %s, %q", exitOf(err), out)
	}
	if after := snapshot(t, p.folder); after != before {
		t.Error("the folder is not as it was")
	}
}

// user makes a process run as another user.
func (p place) user(id uint32) *syscall.SysProcAttr {
	if id == 0 {
		return nil
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: id, Gid: id}}
}

func newPlace(t *testing.T) place {
	t.Helper()
	root, err := os.MkdirTemp("", "lyncowa-place-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(root); err != nil {
			t.Error(err)
		}
	})
	folder := filepath.Join(root, "folder")
	p := place{t, filepath.Join(root, "lyncowa"), filepath.Join(root, "topology.yaml"), folder, filepath.Join(folder, "bundle")}
	program, err := os.Executable()
	p.must(err)
	if os.Link(program, p.lyncowa) != nil { // another file system
		p.copy(program, p.lyncowa)
	}
	p.copy("../../examples/litware/topology.yaml", p.topology)
	p.must(os.Mkdir(p.folder, 0o755))
	p.mode(root, 0o755)
	p.mode(p.lyncowa, 0o755)
	p.mode(p.topology, 0o644)
	p.mode(p.folder, 0o777)
	return p
}

func (p place) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p place) mode(name string, mode fs.FileMode) { p.Helper(); p.must(os.Chmod(name, mode)) }

func (p place) link(to, name string) { p.Helper(); p.must(os.Symlink(to, name)) }

func (p place) put(text string, path ...string) {
	p.Helper()
	name := filepath.Join(path...)
	p.must(errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)))
}

func (p place) copy(from, to string) {
	p.Helper()
	data, err := os.ReadFile(from)
	p.must(errors.Join(err, os.WriteFile(to, data, 0o644)))
}

// older writes a whole bundle of another topology.
func (p place) older(target string) {
	p.Helper()
	text, err := os.ReadFile(p.topology)
	p.must(err)
	source := filepath.Join(p.TempDir(), "older.yaml")
	p.must(os.WriteFile(source, []byte(strings.Replace(string(text), "5199", "5200", 1)), 0o644))
	mustRender(p.T, source, target)
}

// mount mounts an empty file system in memory on the folder.
func (p place) mount(options string) {
	p.Helper()
	if err := syscall.Mount("tmpfs", p.folder, "tmpfs", 0, "mode=0777"); err != nil {
		p.Skipf("cannot mount: %v", err)
	}
	p.Cleanup(func() {
		if err := syscall.Unmount(p.folder, syscall.MNT_DETACH); err != nil {
			p.Error(err)
		}
	})
	var flags uintptr = syscall.MS_REMOUNT
	if options == "ro" {
		flags, options = flags|syscall.MS_RDONLY, ""
	}
	p.must(syscall.Mount("tmpfs", p.folder, "tmpfs", flags, options))
}
