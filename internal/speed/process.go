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

// measure runs a program several times and returns the least of each cost: whatever else the machine does can
// only add to it, but for memory, of which it returns the most. prepare runs before each start.
func measure(runs int, prepare func() error, program string, arguments ...string) (cost, error) {
	var best cost
	for i := range runs {
		if err := prepare(); err != nil {
			return cost{}, err
		}
		c, err := once(program, arguments)
		if err != nil {
			return cost{}, err
		}
		if i == 0 {
			best = c
		}
		best = cost{min(best.time, c.time), min(best.cpu, c.cpu), max(best.memory, c.memory)}
	}
	return best, nil
}

func once(program string, arguments []string) (cost, error) {
	process := exec.Command(program, arguments...)
	process.Stderr = os.Stderr
	start := time.Now()
	err := process.Run()
	took := time.Since(start)
	if err != nil {
		return cost{}, fmt.Errorf("%s %q: %w", program, arguments, err)
	}
	state := process.ProcessState
	return cost{took, state.UserTime() + state.SystemTime(), largestResident(state)}, nil
}
