package bundle

import (
	"errors"

	"golang.org/x/sys/unix"
)

// swap exchanges two folders in one step, so that at any moment there is a whole bundle at target. What was at
// target is at temp afterwards. File systems that cannot do that get two renames.
func swap(temp, target string) error {
	err := unix.Renameat2(unix.AT_FDCWD, temp, unix.AT_FDCWD, target, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EINVAL) {
		return swapAside(temp, target)
	}
	return err
}
