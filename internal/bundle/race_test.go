package bundle_test

import (
	"runtime/debug"
	"slices"
)

// underRace reports whether this test binary was built with the race detector.
func underRace() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
