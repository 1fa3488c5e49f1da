//go:build linux && (amd64 || arm64)

package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// ofTheRuntime are the files that Go's runtime reads for itself: how many processors and how much memory it may use.
var ofTheRuntime = []string{"/proc/self/", "/sys/fs/cgroup/", "/sys/kernel/mm/"}

// namesFiles are the system calls that name a file, and which argument it is.
var namesFiles = map[uint64]int{
	unix.SYS_OPENAT: 1, unix.SYS_OPENAT2: 1, unix.SYS_NEWFSTATAT: 1, unix.SYS_STATX: 1, unix.SYS_FACCESSAT: 1, unix.SYS_FACCESSAT2: 1,
	unix.SYS_READLINKAT: 1, unix.SYS_MKDIRAT: 1, unix.SYS_UNLINKAT: 1, unix.SYS_RENAMEAT2: 1, unix.SYS_EXECVE: 0, unix.SYS_EXECVEAT: 1,
}

// neverCalled are the system calls by which a program reaches a network or becomes another one.
var neverCalled = []uint64{unix.SYS_SOCKET, unix.SYS_CONNECT, unix.SYS_SENDTO, unix.SYS_SENDMSG, unix.SYS_EXECVE, unix.SYS_EXECVEAT}

// Every command but rehearse, which starts an engine, is watched: it touches files in the folder that it works in and no
// other, opens no connection and starts no program.
func TestCommandsTouchNothingElse(t *testing.T) {
	work := t.TempDir()
	program := shipped(t)
	for _, args := range [][]string{
		{},
		{"--help"},
		{"nonsense"},
		{"version"},
		{"completion", "bash"},
		{"__complete", "explain", ""},
		{"help", "topology"},
		{"help", "exit-codes"},
		{"init"},
		{"schema"},
		{"schema", "topology.schema.json"},
		{"explain"},
		{"explain", "40"},
		{"explain", "port-range"},
		{"validate", "topology.yaml"},
		{"validate", "absent.yaml"},
		{"plan", "topology.yaml"},
		{"plan", "topology.yaml", "--format", "json"},
		{"render", "topology.yaml"},
		{"render", "topology.yaml", "--check"},
		{"render", "topology.yaml", "-o", "other", "--change", "disable"},
		{"verify", "other"},
		{"diff", "topology.yaml", "other"},
		{"diff", "litware-owa-im-integrate", "other", "--format", "json"},
		{"plan", "topology.yaml", "--change", "renew-certificate", "--from", "other"},
	} {
		cmd := exec.Command(program, args...)
		cmd.Dir = work
		cmd.Env = append(cmd.Environ(), "HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
		calls := 0
		trace(t, cmd, func(c systemCall) bool {
			calls++
			if slices.Contains(neverCalled, c.number) {
				t.Errorf("%q makes system call %d", args, c.number)
			}
			argument, named := namesFiles[c.number]
			if path := c.text(argument); named && !isBelow(path, work) && !slices.ContainsFunc(ofTheRuntime, func(of string) bool { return strings.HasPrefix(path, of) }) {
				t.Errorf("%q touches %q", args, path)
			}
			return false
		})
		if calls < 50 {
			t.Errorf("%q: only %d system calls were seen", args, calls)
		}
	}
}

// isBelow reports whether a path is in the folder, or one of those that lead to it, as resolving links looks at.
func isBelow(path, folder string) bool {
	if !filepath.IsAbs(path) {
		return path == "" || filepath.IsLocal(path) // none at all where a call is about an open file
	}
	down, err := filepath.Rel(folder, path)
	up, err2 := filepath.Rel(path, folder)
	return err == nil && filepath.IsLocal(down) || err2 == nil && filepath.IsLocal(up)
}
