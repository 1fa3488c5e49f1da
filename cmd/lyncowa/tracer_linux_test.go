//go:build linux && (amd64 || arm64)

package main

import (
	"encoding/binary"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// changing are the system calls by which a program changes names, contents or modes of files. Between two of them
// nothing on the disk differs, so that a kill before each of them is a kill at every moment.
var changing = []uint64{
	unix.SYS_MKDIRAT, unix.SYS_UNLINKAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_LINKAT, unix.SYS_SYMLINKAT, unix.SYS_MKNODAT,
	unix.SYS_WRITE, unix.SYS_PWRITE64, unix.SYS_WRITEV, unix.SYS_PWRITEV, unix.SYS_FTRUNCATE, unix.SYS_TRUNCATE, unix.SYS_FALLOCATE,
	unix.SYS_COPY_FILE_RANGE, unix.SYS_SENDFILE, unix.SYS_SPLICE,
	unix.SYS_FCHMOD, unix.SYS_FCHMODAT, unix.SYS_FCHOWN, unix.SYS_FCHOWNAT, unix.SYS_UTIMENSAT,
}

// changes reports whether a call changes a file system; openat does where it may make a file.
func changes(c systemCall) bool {
	return slices.Contains(changing, c.number) || c.number == unix.SYS_OPENAT && c.arguments[2]&(unix.O_CREAT|unix.O_TRUNC) != 0
}

// every counts each system call, changes only those that change a file system.
func every(systemCall) bool { return true }

// killedAt runs a program and kills it when it is about to make its n-th call (from 1) of those counted, whatever
// thread makes it and before the kernel has done any of it. It returns false if the program ended before that.
func killedAt(t *testing.T, n int, counted func(systemCall) bool, program string, args ...string) bool {
	t.Helper()
	seen := 0
	end := trace(t, exec.Command(program, args...), func(c systemCall) (kill bool) {
		if counted(c) {
			seen++
		}
		return seen == n
	})
	return end.Signaled() && end.Signal() == syscall.SIGKILL
}

// systemCall is a call that a thread is about to make.
type systemCall struct {
	number    uint64
	arguments [6]uint64
	thread    int
}

// text is the argument, a C string, in the memory of the program.
func (c systemCall) text(argument int) string {
	var bytes [4096]byte
	n, _ := syscall.PtracePeekData(c.thread, uintptr(c.arguments[argument]), bytes[:])
	text, _, _ := strings.Cut(string(bytes[:n]), "\x00")
	return text
}

// trace runs a program, shows every system call that one of its threads is about to make, and kills it when it is
// told to. It returns how the program ended.
func trace(t *testing.T, cmd *exec.Cmd, see func(systemCall) (kill bool)) syscall.WaitStatus {
	t.Helper()
	runtime.LockOSThread() // a traced program knows its tracer by the thread
	defer runtime.UnlockOSThread()
	cmd.Env = append(cmd.Environ(), "GOMAXPROCS=1") // fewer threads that wait for each other: each call costs two stops
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Skipf("cannot trace a program here: %v", err)
	}
	leader := cmd.Process.Pid
	defer cmd.Process.Release()
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(leader, &status, 0, nil); err != nil || !status.Stopped() {
		t.Fatalf("the traced program did not stop: %v, status %#x", err, status)
	}
	const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_EXITKILL
	if err := syscall.PtraceSetOptions(leader, options); err != nil {
		t.Fatal(err)
	}
	thread, signal := leader, 0
	for {
		// A thread that is gone meanwhile needs nothing.
		if err := syscall.PtraceSyscall(thread, signal); err != nil && err != syscall.ESRCH {
			t.Fatal(err)
		}
		var err error
		if thread, err = syscall.Wait4(-leader, &status, unix.WALL, nil); err != nil {
			t.Fatal(err)
		}
		signal = 0
		switch {
		case status.Exited() || status.Signaled():
			if thread == leader {
				return status
			}
		case status.StopSignal() == syscall.SIGTRAP|0x80:
			if call, entry := callOf(thread); entry && see(call) {
				_ = syscall.Kill(leader, syscall.SIGKILL)
			}
		case status.StopSignal() != syscall.SIGTRAP && status.StopSignal() != syscall.SIGSTOP:
			signal = int(status.StopSignal()) // the program's own, such as the ones by which Go pre-empts
		}
	}
}

// callOf tells which system call a stopped thread makes, and whether it is about to make it rather than just back
// from it. A thread that is gone makes none.
func callOf(thread int) (call systemCall, entry bool) {
	// struct ptrace_syscall_info: op, 3 bytes, arch, two pointers, then number and six arguments.
	const size, op, number, argument = 88, 0, 24, 32
	var info [size]byte
	_, _, failed := syscall.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(thread), size, uintptr(unsafe.Pointer(&info)), 0, 0)
	if failed != 0 {
		return systemCall{}, false
	}
	call = systemCall{number: binary.NativeEndian.Uint64(info[number:]), thread: thread}
	for i := range call.arguments {
		call.arguments[i] = binary.NativeEndian.Uint64(info[argument+i*8:])
	}
	return call, info[op] == unix.PTRACE_SYSCALL_INFO_ENTRY
}
