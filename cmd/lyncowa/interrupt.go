package main

import (
	"os"
	"os/signal"
	"syscall"
)

// uninterrupted does what must not be left half done: an interrupt waits until it is finished, which takes a moment.
// On a disk that does not answer it would take longer, so a second interrupt ends the program at once.
func uninterrupted(do func()) {
	held, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(held, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-held:
		case <-done:
		}
		signal.Stop(held)
	}()
	do()
	close(done)
}
