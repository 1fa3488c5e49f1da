package bundle

import (
	"errors"

	"golang.org/x/sys/unix"
)

// swap exchanges temp and target in one step, so that target is a complete bundle at any moment. On file systems that
// cannot do that, it uses renames.
func swap(temp, target string) error {
	err := unix.Renameat2(unix.AT_FDCWD, temp, unix.AT_FDCWD, target, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EINVAL) {
		return swapAside(temp, target)
	}
	return err
}
