package main

import (
	"os"
	"os/signal"
	"syscall"
)

// uninterrupted does what must not be left half done, and takes a moment: an interrupt then comes too late. Only
// SIGKILL ends it, as ever.
func uninterrupted(do func()) {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	signal.Ignore(signals...)
	defer signal.Reset(signals...)
	do()
}
