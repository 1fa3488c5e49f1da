package evidence

import "syscall"

func init() {
	notFiles["a pipe"] = func(name string) error { return syscall.Mkfifo(name, 0o644) }
}
