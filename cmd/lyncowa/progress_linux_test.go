package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// newTerminal opens a terminal with that many columns. Everything that it shows can be read from shown.
func newTerminal(t *testing.T, columns uint16) (terminal, shown *os.File) {
	t.Helper()
	shown, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("there are no terminals here: %v", err)
	}
	t.Cleanup(func() { shown.Close() })
	if err := unix.IoctlSetPointerInt(int(shown.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(shown.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close() })
	if err := unix.IoctlSetWinsize(int(terminal.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}); err != nil {
		t.Fatal(err)
	}
	return terminal, shown
}

// The progress stays on one line on a terminal of any width, also of an unknown one. No character is cut in two.
func TestProgressStaysOnItsLine(t *testing.T) {
	const clear = "\r\x1b[K"
	line := strings.Repeat("ü", 50) + "\x1b[2J" + strings.Repeat("x", 50)
	for columns, want := range map[uint16]string{
		0: strings.Repeat("ü", 50) + "<U+001B>[2J" + strings.Repeat("x", 18),
		1: "", 2: "ü", 20: strings.Repeat("ü", 19), 200: printable(line),
	} {
		terminal, shown := newTerminal(t, columns)
		progress, done := progressOn(terminal)
		progress(line)
		done()
		fmt.Fprint(terminal, "end")
		var got strings.Builder
		for chunk := make([]byte, 1024); !strings.HasSuffix(got.String(), "end"); {
			n, err := shown.Read(chunk)
			if err != nil {
				t.Fatal(err)
			}
			got.Write(chunk[:n])
		}
		if got.String() != clear+want+clear+"end" {
			t.Errorf("on %d columns: %q, want %q", columns, got.String(), want)
		}
	}
}
