package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

// cost is what one run of a program takes as a whole process.
type cost struct {
	time   time.Duration // from start to exit
	cpu    time.Duration // user and system, all processors together
	memory int64         // largest resident set in bytes; 0 where the system does not tell
}

// command is a program with its arguments.
type command struct {
	program   string
	arguments []string
	absent    string // folder that must not be there when the program starts; "" for none
}

// measure runs commands in turns, so that all of them meet the same machine, and returns what each costs: the least
// of several runs, because whatever else the machine does can only add to it, but for memory, of which it is the most.
func measure(runs int, commands ...command) ([]cost, error) {
	costs := make([]cost, len(commands))
	for run := range runs {
		for i, c := range commands {
			this, err := c.once()
			if err != nil {
				return nil, err
			}
			best := &costs[i]
			if run == 0 {
				*best = this
			}
			*best = cost{min(best.time, this.time), min(best.cpu, this.cpu), max(best.memory, this.memory)}
		}
	}
	return costs, nil
}

func (c command) once() (cost, error) {
	if c.absent != "" {
		if err := os.RemoveAll(c.absent); err != nil {
			return cost{}, err
		}
	}
	process := exec.Command(c.program, c.arguments...)
	process.Stderr = os.Stderr
	start := time.Now()
	err := process.Run()
	took := time.Since(start)
	if err != nil {
		return cost{}, fmt.Errorf("%s %q: %w", c.program, c.arguments, err)
	}
	state := process.ProcessState
	return cost{took, state.UserTime() + state.SystemTime(), largestResident(state)}, nil
}
