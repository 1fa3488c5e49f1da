package bundle

import (
	"errors"
	"os"
)

// swapAside puts the folder temp in target's place with two renames: for systems that cannot exchange two names
// in one step. What was at target is at temp afterwards. Killed between the two, there is no bundle, and the old one
// waits to be removed by the next run.
func swapAside(temp, target string) error {
	aside := temp + "1"
	if err := os.Rename(target, aside); err != nil {
		return err
	}
	if err := os.Rename(temp, target); err != nil {
		return errors.Join(err, os.Rename(aside, target))
	}
	_ = os.Rename(aside, temp) // the bundle is in its place; where this fails, the old one waits as after a kill
	return nil
}
