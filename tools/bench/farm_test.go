//go:build unix

package main

import (
	"testing"

	"lyncowa/internal/topology"
)

func TestFarmIsValid(t *testing.T) {
	for _, servers := range []int{1, 10, 20_000} {
		if _, findings := topology.Load("farm.yaml", farm(servers)); len(findings) > 0 {
			t.Errorf("%d servers: %v", servers, findings)
		}
	}
}
