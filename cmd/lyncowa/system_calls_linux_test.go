//go:build linux && (amd64 || arm64)

package main

import (
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
