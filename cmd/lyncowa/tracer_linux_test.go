//go:build linux && (amd64 || arm64)

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

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

// ending is how a traced program ended.
type ending struct {
	syscall.WaitStatus
	started int // how many processes it has started, itself not counted
}

// trace runs a program, shows every system call that one of its threads or of the processes that it starts is about
// to make, and kills it when it is told to. It skips the test where nothing can be traced.
func trace(t *testing.T, cmd *exec.Cmd, see func(systemCall) (kill bool)) (end ending) {
	t.Helper()
	if why := cannotTrace(); why != nil {
		t.Skipf("cannot trace a program here: %v", why)
	}
	runtime.LockOSThread() // a traced program knows its tracer by the thread
	defer runtime.UnlockOSThread()
	leader, err := startTraced(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Release()
	defer syscall.Kill(-leader, syscall.SIGKILL) // whom it has left behind
	thread, signal := leader, 0
	for {
		// A thread that is gone meanwhile needs nothing.
		if err := syscall.PtraceSyscall(thread, signal); err != nil && err != syscall.ESRCH {
			t.Fatal(err)
		}
		if thread, err = syscall.Wait4(-leader, &end.WaitStatus, unix.WALL, nil); err != nil {
			t.Fatal(err)
		}
		if thread == leader && !end.Stopped() {
			return end
		}
		call, signalled, err := end.stop(thread)
		if err != nil {
			t.Fatal(err)
		}
		if call != nil && see(*call) {
			_ = syscall.Kill(leader, syscall.SIGKILL)
		}
		signal = signalled
	}
}

// stop tells why a thread has stopped: before a system call, or by a signal of the program's own, such as the ones by
// which Go pre-empts. It counts the processes that are started; all else is of no interest.
func (e *ending) stop(thread int) (call *systemCall, signal int, err error) {
	switch {
	case !e.Stopped():
	case e.StopSignal() == syscall.SIGTRAP|0x80:
		call, err = callOf(thread)
	case e.TrapCause() == unix.PTRACE_EVENT_FORK || e.TrapCause() == unix.PTRACE_EVENT_VFORK:
		e.started++
	case e.StopSignal() != syscall.SIGTRAP && e.StopSignal() != syscall.SIGSTOP:
		signal = int(e.StopSignal())
	}
	return call, signal, err
}

// startTraced starts a program, which waits before its first instruction. The calling thread is its tracer.
func startTraced(cmd *exec.Cmd) (leader int, err error) {
	cmd.Env = append(cmd.Environ(), "GOMAXPROCS=1") // fewer threads that wait for each other: each call costs two stops
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Setpgid: true}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start %s to be traced: %w", cmd.Path, err)
	}
	leader = cmd.Process.Pid
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(leader, &status, 0, nil); err != nil || !status.Stopped() {
		return 0, fmt.Errorf("the traced program did not stop: %w, status %#x", err, status)
	}
	const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_EXITKILL
	if err := syscall.PtraceSetOptions(leader, options); err != nil {
		return 0, fmt.Errorf("ptrace options: %w", err)
	}
	return leader, nil
}

// cannotTrace is the reason why nothing can be traced here, if the system forbids it or its kernel is too old to tell
// about system calls. It tries that once, on this very program, which can be run at any rate.
var cannotTrace = sync.OnceValue(func() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	self, err := os.Executable()
	if err != nil {
		return nil // trace finds out
	}
	cmd := exec.Command(self)
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
	_, err = callOf(leader)
	return err
})

// callOf tells which system call a stopped thread is about to make; nil where it is just back from one, or gone.
func callOf(thread int) (*systemCall, error) {
	// struct ptrace_syscall_info: op, 3 bytes, arch, two pointers, then number and six arguments.
	const size, op, number, argument = 88, 0, 24, 32
	var info [size]byte
	_, _, failed := syscall.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(thread), size, uintptr(unsafe.Pointer(&info)), 0, 0)
	switch {
	case failed == syscall.ESRCH:
		return nil, nil
	case failed != 0:
		return nil, fmt.Errorf("PTRACE_GET_SYSCALL_INFO: %w", failed)
	case info[op] != unix.PTRACE_SYSCALL_INFO_ENTRY:
		return nil, nil
	}
	call := &systemCall{number: binary.NativeEndian.Uint64(info[number:]), thread: thread}
	for i := range call.arguments {
		call.arguments[i] = binary.NativeEndian.Uint64(info[argument+i*8:])
	}
	return call, nil
}
