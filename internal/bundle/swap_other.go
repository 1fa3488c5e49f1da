//go:build !linux

package bundle

func swap(temp, target string) error { return swapAside(temp, target) }
