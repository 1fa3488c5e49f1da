package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"lyncowa/internal/bundle"
)

// exitOf is the exit code of a process, or why it did not start.
func exitOf(err error) string {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "0"
	case errors.As(err, &exit):
		return strconv.Itoa(exit.ExitCode())
	default:
		return err.Error()
	}
}

func TestExitCode(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errFindings, 1},
		{fmt.Errorf("wrapped: %w", errDifferences), 2},
		{&usageError{problem: "unknown flag"}, 3},
		{&bundle.TargetError{}, 4},
		{fs.ErrPermission, 4},
		{errors.Join(fs.ErrNotExist, errFindings), 1},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("exitCode(%v) = %d, want %d", c.err, got, c.want)
		}
	}
}

// Joined errors are shown one by one, each with its own way out. One error with several causes stays one.
func TestJoinedErrorsAreShownOneByOne(t *testing.T) {
	var stderr strings.Builder
	stopped := &hintedError{error: errors.New("a is wrong"), hint: "mend a"}
	causes := fmt.Errorf("c is wrong: %w: %w", fs.ErrNotExist, fs.ErrPermission)
	report(&stderr, nil, errors.Join(errors.Join(stopped, errors.New("b is wrong")), causes))
	const want = "error: a is wrong\nhint: mend a\nerror: b is wrong\nerror: c is wrong: file does not exist: permission denied\n"
	if stderr.String() != want {
		t.Errorf("got %q, want %q", stderr.String(), want)
	}
}
