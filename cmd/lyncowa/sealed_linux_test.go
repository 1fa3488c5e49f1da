package main

import (
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// On Linux every script of TestScript proves that lyncowa opens no connection and starts no program: the kernel kills a
// lyncowa that tries. Only rehearse starts a program, the PowerShell engine.
func init() {
	commands["lyncowa"] = func() {
		if len(os.Args) < 2 || os.Args[1] != "rehearse" {
			_ = seal() // TestSeal tells where there is no seal
		}
		main()
	}
	for name, intrude := range intruders {
		commands[name] = func() {
			if err := seal(); err != nil {
				println("no seal:", err.Error())
			}
			intrude()
		}
	}
}

// intruders are programs that do what lyncowa must not.
var intruders = map[string]func(){
	"connect": func() { _, _ = net.Dial("udp", "127.0.0.1:9") },
	"start":   func() { _ = exec.Command("lyncowa", "version").Run() },
}

func TestSeal(t *testing.T) {
	for name := range intruders {
		out, err := exec.Command(name).CombinedOutput()
		if strings.HasPrefix(string(out), "no seal:") {
			t.Skip(string(out))
		}
		if err == nil || err.Error() != "signal: bad system call" {
			t.Errorf("%s was not killed: %v, %s", name, err, out)
		}
	}
}

// seal makes the kernel kill this process as soon as it opens a socket or starts another process. Threads may still
// start: the Go runtime needs them. It fails on a kernel without seccomp filters.
func seal() error {
	const (
		load, equal   = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ
		anyBit, end   = unix.BPF_JMP | unix.BPF_JSET, unix.BPF_RET
		number, flags = 0, 16 // offsets in struct seccomp_data; flags are the first argument of clone
	)
	filter := []unix.SockFilter{
		{Code: load, K: number},
		{Code: equal, K: unix.SYS_SOCKET, Jt: 9},
		{Code: equal, K: unix.SYS_EXECVE, Jt: 8},
		{Code: equal, K: unix.SYS_EXECVEAT, Jt: 7},
		{Code: equal, K: unix.SYS_IO_URING_SETUP, Jt: 6},
		{Code: equal, K: unix.SYS_CLONE3, Jt: 4},
		{Code: equal, K: unix.SYS_CLONE, Jf: 2},
		{Code: load, K: flags},
		{Code: anyBit, K: unix.CLONE_THREAD, Jf: 2},
		{Code: end, K: unix.SECCOMP_RET_ALLOW},
		{Code: end, K: unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)}, // the C library then uses clone
		{Code: end, K: unix.SECCOMP_RET_KILL_PROCESS},
	}
	runtime.LockOSThread() // the filter needs the privilege bit of the thread that installs it
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	const mode, everyThread = unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC
	if _, _, failed := unix.Syscall(unix.SYS_SECCOMP, mode, everyThread, uintptr(unsafe.Pointer(&program))); failed != 0 {
		return failed
	}
	return nil
}
