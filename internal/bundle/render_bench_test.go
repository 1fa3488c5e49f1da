package bundle_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

// A large organisation: every pool with its own registrar and site and this many servers.
const serversPerPool = 20

// farm is the topology of an organisation with that many pools.
func farm(pools int) string {
	var yaml strings.Builder
	yaml.WriteString("apiVersion: lyncowa/v1\nname: large\nowaPools:\n")
	for p := range pools {
		fmt.Fprintf(&yaml, "  - fqdn: owa-%d.contoso.com\n    registrar: lync-%d.contoso.com\n    siteId: Site%d\n    port: 5199\n"+
			"    certificateThumbprint: %040X\n    umColocated: false\n    mailboxServers:\n", p, p, p, p+1<<20)
		for s := range serversPerPool {
			fmt.Fprintf(&yaml, "      - mbx-%d-%d.contoso.com\n", p, s)
		}
	}
	return yaml.String()
}

// BenchmarkRender shows how the cost of load, plan and render together grows with the number of pools.
func BenchmarkRender(b *testing.B) {
	for _, pools := range []int{1, 10, 100, 500} {
		yaml := farm(pools)
		b.Run(fmt.Sprintf("pools=%d", pools), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				render(b, yaml)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*pools), "us/pool")
		})
	}
}

// TestRenderIsQuick guards the speed that docs/benchmarks.md shows. It measures the CPU time of a process of its own, because
// other processes on a busy machine slow down the clock's time. It is skipped under the race detector, which costs a
// factor of ten.
func TestRenderIsQuick(t *testing.T) {
	if underRace() {
		t.Skip("the race detector slows everything down")
	}
	const inChild = "LYNCOWA_TEST_RENDER"
	for _, c := range []struct {
		name, yaml string
		limit      time.Duration
	}{
		{"litware", litware(t), 100 * time.Millisecond},
		{"500 pools of 20 servers", farm(500), 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			if os.Getenv(inChild) == c.name {
				render(t, c.yaml)
				return
			}
			if os.Getenv(inChild) != "" {
				return
			}
			child := exec.Command(os.Args[0], "-test.run=^TestRenderIsQuick$")
			child.Env = append(os.Environ(), inChild+"="+c.name)
			if out, err := child.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			took := child.ProcessState.UserTime() + child.ProcessState.SystemTime()
			t.Logf("took %v of CPU time, at most %v", took, c.limit)
			if took > c.limit {
				t.Errorf("took %v of CPU time, more than %v", took, c.limit)
			}
		})
	}
}

// A bundle grows linearly with the number of servers: nothing lists every server for every step.
func TestBundleGrowsLinearly(t *testing.T) {
	sizes := map[string][2]int{}
	for i, pools := range []int{20, 200} {
		for _, f := range render(t, farm(pools)).Files {
			size := sizes[f.Path]
			size[i] = len(f.Data)
			sizes[f.Path] = size
		}
	}
	for path, size := range sizes {
		if size[1] > 11*size[0] {
			t.Errorf("%s: %d bytes for 20 pools, %d for ten times as many", path, size[0], size[1])
		}
	}
}

// underRace reports whether this test binary was built with the race detector.
func underRace() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
