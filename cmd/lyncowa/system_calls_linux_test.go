//go:build linux && (amd64 || arm64)

package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// systemCall is a call that a thread is about to make.
type systemCall struct {
	number    uint64
	arguments [6]uint64
	thread    int
}

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

// neverCalled are the system calls by which a program reaches a network, becomes another one, or does things behind
// the back of who watches its calls.
var neverCalled = map[uint64]string{
	unix.SYS_SOCKET: "socket", unix.SYS_CONNECT: "connect", unix.SYS_SENDTO: "sendto", unix.SYS_SENDMSG: "sendmsg", unix.SYS_SENDMMSG: "sendmmsg",
	unix.SYS_EXECVE: "execve", unix.SYS_EXECVEAT: "execveat", unix.SYS_IO_URING_SETUP: "io_uring_setup",
}

// namesFiles are the system calls that name files, and which arguments the names are.
var namesFiles = func() map[uint64][]int {
	calls := map[uint64][]int{
		unix.SYS_OPENAT: {1}, unix.SYS_OPENAT2: {1}, unix.SYS_NAME_TO_HANDLE_AT: {1},
		unix.SYS_NEWFSTATAT: {1}, unix.SYS_STATX: {1}, unix.SYS_STATFS: {0}, unix.SYS_FACCESSAT: {1}, unix.SYS_FACCESSAT2: {1}, unix.SYS_READLINKAT: {1},
		unix.SYS_MKDIRAT: {1}, unix.SYS_MKNODAT: {1}, unix.SYS_UNLINKAT: {1},
		unix.SYS_RENAMEAT: {1, 3}, unix.SYS_RENAMEAT2: {1, 3}, unix.SYS_LINKAT: {1, 3}, unix.SYS_SYMLINKAT: {0, 2},
		unix.SYS_FCHMODAT: {1}, unix.SYS_FCHMODAT2: {1}, unix.SYS_FCHOWNAT: {1}, unix.SYS_UTIMENSAT: {1}, unix.SYS_TRUNCATE: {0},
		unix.SYS_GETXATTR: {0}, unix.SYS_LGETXATTR: {0}, unix.SYS_LISTXATTR: {0}, unix.SYS_LLISTXATTR: {0},
		unix.SYS_SETXATTR: {0}, unix.SYS_LSETXATTR: {0}, unix.SYS_REMOVEXATTR: {0}, unix.SYS_LREMOVEXATTR: {0}, unix.SYS_INOTIFY_ADD_WATCH: {1},
		unix.SYS_CHDIR: {0}, unix.SYS_CHROOT: {0}, unix.SYS_MOUNT: {0, 1}, unix.SYS_EXECVE: {0}, unix.SYS_EXECVEAT: {1},
	}
	maps.Copy(calls, namesFilesInOldWays)
	return calls
}()

// paths are the names of files in a call.
func (c systemCall) paths() (paths []string, err error) {
	for _, argument := range namesFiles[c.number] {
		path, err := c.text(argument)
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// text is the argument, a C string, in the memory of the program; "" where there is none. It is read page by page:
// what lies behind its end may be nobody's.
func (c systemCall) text(argument int) (string, error) {
	var text []byte
	at, page := uintptr(c.arguments[argument]), uintptr(os.Getpagesize())
	for at != 0 {
		chunk := make([]byte, page-at%page)
		local := []unix.Iovec{{Base: &chunk[0], Len: uint64(len(chunk))}}
		n, err := unix.ProcessVMReadv(c.thread, local, []unix.RemoteIovec{{Base: at, Len: len(chunk)}}, 0)
		if err != nil {
			return "", fmt.Errorf("read argument %d of system call %d: %w", argument, c.number, err)
		}
		part, _, ends := bytes.Cut(chunk[:n], []byte{0})
		if text = append(text, part...); ends {
			break
		}
		at += uintptr(n)
	}
	return string(text), nil
}
