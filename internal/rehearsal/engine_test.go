package rehearsal

import (
	"context"
	"errors"
	"testing"
)

func TestNoEngineIsSaidSo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, engine := range []string{"", "no-such-engine"} {
		if _, err := findEngine(engine); !errors.Is(err, ErrNoEngine) {
			t.Errorf("engine %q: %v", engine, err)
		}
	}
}

// A computer with the real tools could reach a real farm.
func TestRealFarmIsRefused(t *testing.T) {
	if !engineFound(t) {
		return
	}
	t.Setenv("ExchangeInstallPath", `C:\Program Files\Microsoft\Exchange Server\V15\`)
	if _, err := startEngine(context.Background(), "", t.TempDir(), t.TempDir()); !errors.Is(err, ErrRealFarm) {
		t.Errorf("got %v, want %v", err, ErrRealFarm)
	}
}
