//go:build linux && (amd64 || arm64)

package bundle_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A run is killed before its first system call that changes a file or a name, then before its second, and so on to
// its last. Between two of these calls nothing changes on the disk.
func TestKilledBeforeEveryChange(t *testing.T) {
	k := newKilling(t)
	for _, c := range killings {
		t.Run(c.name, func(t *testing.T) {
			found := map[string]int{}
			for n := 1; ; n += c.step {
				if err := c.prepare(k); err != nil {
					t.Fatal(err)
				}
				seen := 0
				end := trace(t, k.writer(k.target), func() (kill bool) {
					seen++
					return seen == n
				})
				if !end.Signaled() || end.Signal() != syscall.SIGKILL {
					break
				}
				found[k.mustBeWhole(c.leaves)]++
			}
			k.mustWrite(k.old)
			t.Logf("after the kills there was: %v", found)
			if found[c.leaves[0]] < 20 {
				t.Errorf("it was not killed at every moment: %v", found)
			}
		})
	}
}

// The folder that a bundle goes into is removed while the bundle is written, at one moment after another. Write fails
// and does not make that folder again.
func TestParentRemovedWhileWriting(t *testing.T) {
	k := newKilling(t)
	parent := filepath.Join(filepath.Dir(k.target), "parent")
	for n := 1; n < 60; n += 17 {
		if err := os.Mkdir(parent, 0o755); err != nil {
			t.Fatal(err)
		}
		seen := 0
		end := trace(t, k.writer(filepath.Join(parent, "bundle")), func() (kill bool) {
			if seen++; seen == n {
				mustRemoveAll(t, parent)
			}
			return false
		})
		if end.ExitStatus() != 1 {
			t.Errorf("removed before call %d: exit code %d", n, end.ExitStatus())
		}
		if _, err := os.Lstat(parent); !os.IsNotExist(err) {
			t.Fatalf("removed before call %d: it is there again: %v", n, err)
		}
	}
}

// mustRemoveAll removes a folder in which a program may be making files: as often as it takes.
func mustRemoveAll(t *testing.T, folder string) {
	t.Helper()
	var err error
	for range 1000 {
		if err = os.RemoveAll(folder); err == nil {
			return
		}
	}
	t.Error(err)
}

// changing are the system calls by which a program changes names, contents or modes of files; openat is another one
// where it may make a file.
var changing = []uint64{
	unix.SYS_MKDIRAT, unix.SYS_UNLINKAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_LINKAT, unix.SYS_SYMLINKAT, unix.SYS_MKNODAT,
	unix.SYS_WRITE, unix.SYS_PWRITE64, unix.SYS_WRITEV, unix.SYS_PWRITEV, unix.SYS_FTRUNCATE, unix.SYS_TRUNCATE, unix.SYS_FALLOCATE,
	unix.SYS_COPY_FILE_RANGE, unix.SYS_SENDFILE, unix.SYS_SPLICE,
	unix.SYS_FCHMOD, unix.SYS_FCHMODAT, unix.SYS_FCHOWN, unix.SYS_FCHOWNAT, unix.SYS_UTIMENSAT,
}

// trace runs a program, calls before each time one of its threads is about to make such a system call, and kills the
// program when before says so. It skips the test where the system forbids tracing.
func trace(t *testing.T, cmd *exec.Cmd, before func() (kill bool)) (end syscall.WaitStatus) {
	t.Helper()
	if err := cannotTrace(); err != nil {
		t.Skipf("cannot trace a program here: %v", err)
	}
	runtime.LockOSThread() // the tracer of a program is one thread
	defer runtime.UnlockOSThread()
	leader, err := startTraced(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Release()
	thread, signal := leader, 0
	for {
		if err := syscall.PtraceSyscall(thread, signal); err != nil && err != syscall.ESRCH { // ESRCH: the thread is gone
			t.Fatal(err)
		}
		if thread, err = syscall.Wait4(-leader, &end, unix.WALL, nil); err != nil {
			t.Fatal(err)
		}
		if thread == leader && !end.Stopped() {
			return end
		}
		signal = 0
		switch {
		case !end.Stopped():
		case end.StopSignal() == syscall.SIGTRAP|0x80:
			changes, err := isAboutToChange(thread)
			if err != nil {
				t.Fatal(err)
			}
			if changes && before() {
				_ = syscall.Kill(leader, syscall.SIGKILL)
			}
		case end.StopSignal() != syscall.SIGTRAP && end.StopSignal() != syscall.SIGSTOP:
			signal = int(end.StopSignal()) // one of the program's own, by which Go pre-empts
		}
	}
}

// startTraced starts a program, which waits before its first instruction. The calling thread is its tracer.
func startTraced(cmd *exec.Cmd) (leader int, err error) {
	cmd.Env = append(cmd.Environ(), "GOMAXPROCS=1") // fewer threads that wait for each other
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Setpgid: true}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start %s to be traced: %w", cmd.Path, err)
	}
	leader = cmd.Process.Pid
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(leader, &status, 0, nil); err != nil || !status.Stopped() {
		return 0, fmt.Errorf("the traced program did not stop: %w, status %#x", err, status)
	}
	const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_EXITKILL
	if err := syscall.PtraceSetOptions(leader, options); err != nil {
		return 0, fmt.Errorf("ptrace options: %w", err)
	}
	return leader, nil
}

// isAboutToChange reports whether a stopped thread is about to make a system call that changes something. It is false
// for a thread that comes back from its call, or that is gone.
func isAboutToChange(thread int) (bool, error) {
	// struct ptrace_syscall_info: op, 3 bytes, arch, two pointers, then number and six arguments.
	const size, op, number, argument = 88, 0, 24, 32
	var info [size]byte
	_, _, failed := syscall.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(thread), size, uintptr(unsafe.Pointer(&info)), 0, 0)
	if failed != 0 && failed != syscall.ESRCH {
		return false, fmt.Errorf("PTRACE_GET_SYSCALL_INFO: %w", failed)
	}
	if failed != 0 || info[op] != unix.PTRACE_SYSCALL_INFO_ENTRY {
		return false, nil
	}
	call, flags := binary.NativeEndian.Uint64(info[number:]), binary.NativeEndian.Uint64(info[argument+2*8:])
	return slices.Contains(changing, call) || call == unix.SYS_OPENAT && flags&(unix.O_CREAT|unix.O_TRUNC) != 0, nil
}

// cannotTrace is the reason why nothing can be traced here: the system forbids it, or its kernel is too old to tell
// about system calls. It tries that once, on this very program.
var cannotTrace = sync.OnceValue(func() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	program, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(program)
	leader, err := startTraced(cmd)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS) {
		return err
	}
	if err != nil {
		return nil // no reason to trace nothing: trace fails with it
	}
	defer cmd.Process.Wait()
	defer cmd.Process.Kill()
	if err := syscall.PtraceSyscall(leader, 0); err != nil {
		return nil
	}
	if _, err := syscall.Wait4(leader, nil, unix.WALL, nil); err != nil {
		return nil
	}
	_, err = isAboutToChange(leader)
	return err
})
