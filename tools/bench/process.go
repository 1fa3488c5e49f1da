//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// command is a program with its arguments, as the page names it.
type command struct {
	name   string
	words  []string
	target string // folder to remove before each run; "" for none
}

// row is what a command costs as a whole process.
type row struct {
	Name   string
	Time   time.Duration // from start to exit
	CPU    time.Duration // user and system, on all processors together
	memory int64         // largest resident set in bytes
}

func (r row) Milliseconds() float64    { return milliseconds(r.Time) }
func (r row) CPUMilliseconds() float64 { return milliseconds(r.CPU) }
func (r row) Megabytes() float64       { return float64(r.memory) / 1e6 }

// measure runs commands in turns, so that all of them meet the same machine. It keeps the least time, because other work
// of the machine only adds to it, and the most memory.
func measure(runs int, commands ...command) ([]row, error) {
	rows := make([]row, len(commands))
	for run := range runs {
		for i, c := range commands {
			r, err := c.run()
			if err != nil {
				return nil, fmt.Errorf("%q: %w", c.words, err)
			}
			if run > 0 {
				r.Time, r.CPU, r.memory = min(r.Time, rows[i].Time), min(r.CPU, rows[i].CPU), max(r.memory, rows[i].memory)
			}
			rows[i] = r
		}
	}
	return rows, nil
}

func (c command) run() (row, error) {
	if c.target != "" {
		if err := os.RemoveAll(c.target); err != nil {
			return row{}, err
		}
	}
	process := exec.Command(c.words[0], c.words[1:]...)
	process.Stderr = os.Stderr
	start := time.Now()
	err := process.Run()
	r := row{Name: c.name, Time: time.Since(start)}
	if err != nil {
		return row{}, err
	}
	usage := process.ProcessState.SysUsage().(*syscall.Rusage)
	r.CPU = process.ProcessState.UserTime() + process.ProcessState.SystemTime()
	r.memory = int64(usage.Maxrss)
	if runtime.GOOS != "darwin" {
		r.memory <<= 10 // all systems but macOS count in KiB
	}
	return r, nil
}
