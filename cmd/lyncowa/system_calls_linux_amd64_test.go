package main

import "golang.org/x/sys/unix"

// namesFilesInOldWays are the system calls that this processor has beside those that name a folder with each file.
var namesFilesInOldWays = map[uint64][]int{
	unix.SYS_OPEN: {0}, unix.SYS_CREAT: {0}, unix.SYS_STAT: {0}, unix.SYS_LSTAT: {0}, unix.SYS_ACCESS: {0}, unix.SYS_READLINK: {0},
	unix.SYS_MKDIR: {0}, unix.SYS_RMDIR: {0}, unix.SYS_MKNOD: {0}, unix.SYS_UNLINK: {0},
	unix.SYS_RENAME: {0, 1}, unix.SYS_LINK: {0, 1}, unix.SYS_SYMLINK: {0, 1},
	unix.SYS_CHMOD: {0}, unix.SYS_CHOWN: {0}, unix.SYS_LCHOWN: {0}, unix.SYS_UTIME: {0}, unix.SYS_UTIMES: {0}, unix.SYS_FUTIMESAT: {1},
}
