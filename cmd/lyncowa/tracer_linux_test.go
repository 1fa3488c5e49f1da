//go:build linux && (amd64 || arm64)

package main

import (
	"encoding/binary"
	"os/exec"
	"runtime"
	"slices"
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
func changes(call, flags uint64) bool {
	return slices.Contains(changing, call) || call == unix.SYS_OPENAT && flags&(unix.O_CREAT|unix.O_TRUNC) != 0
}

// every counts each system call, changes only those that change a file system.
func every(uint64, uint64) bool { return true }

// killedAt runs a program and kills it when it is about to make its n-th call (from 1) of those counted, whatever
// thread makes it and before the kernel has done any of it. It returns false if the program ended before that.
func killedAt(t *testing.T, n int, counted func(call, flags uint64) bool, program string, args ...string) bool {
	t.Helper()
	runtime.LockOSThread() // a traced program knows its tracer by the thread
	defer runtime.UnlockOSThread()
	cmd := exec.Command(program, args...)
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
	thread, signal, seen := leader, 0, 0
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
				return status.Signaled() && status.Signal() == syscall.SIGKILL
			}
		case status.StopSignal() == syscall.SIGTRAP|0x80:
			if call, flags, entry := callOf(thread); entry && counted(call, flags) {
				if seen++; seen == n {
					_ = syscall.Kill(leader, syscall.SIGKILL)
				}
			}
		case status.StopSignal() != syscall.SIGTRAP && status.StopSignal() != syscall.SIGSTOP:
			signal = int(status.StopSignal()) // the program's own, such as the ones by which Go pre-empts
		}
	}
}

// callOf tells which system call a stopped thread makes, its third argument, and whether it is about to make it
// rather than just back from it. A thread that is gone makes none.
func callOf(thread int) (call, flags uint64, entry bool) {
	// struct ptrace_syscall_info: op, 3 bytes, arch, two pointers, then number and six arguments.
	const size, op, number, argument = 88, 0, 24, 32
	var info [size]byte
	_, _, failed := syscall.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(thread), size, uintptr(unsafe.Pointer(&info)), 0, 0)
	if failed != 0 {
		return 0, 0, false
	}
	return binary.NativeEndian.Uint64(info[number:]), binary.NativeEndian.Uint64(info[argument+2*8:]), info[op] == unix.PTRACE_SYSCALL_INFO_ENTRY
}
