package rehearsal

import (
	"bufio"
	"context"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

//go:embed farm
var farmFiles embed.FS

// engine is one PowerShell process with the farm loaded (farm/server.ps1). It keeps no state between runs.
type engine struct {
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	stderr  *strings.Builder
	version string
}

// findEngine returns the path of the engine: the one asked for, or the first on PATH.
func findEngine(path string) (string, error) {
	candidates := []string{"pwsh", "powershell"}
	if path != "" {
		candidates = []string{path}
	}
	for _, name := range candidates {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", fmt.Errorf("%w: looked for %s; install PowerShell, or give --engine PATH", ErrNoEngine, strings.Join(candidates, " and "))
}

// farmFolder is the farm's own files.
func farmFolder() fs.FS {
	folder, err := fs.Sub(farmFiles, "farm")
	if err != nil {
		panic(err) // embedded at build time
	}
	return folder
}

// startEngine unpacks the farm into folder and starts the engine on it, in the working folder desk.
func startEngine(ctx context.Context, path, folder, desk string) (*engine, error) {
	path, err := findEngine(path)
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(folder, farmFolder()); err != nil {
		return nil, err
	}
	e := &engine{stderr: &strings.Builder{}}
	e.process = exec.CommandContext(ctx, path, "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", filepath.Join(folder, "server.ps1"))
	e.process.Dir = desk
	e.process.Stderr = e.stderr
	e.process.Env = append(os.Environ(), "POWERSHELL_TELEMETRY_OPTOUT=1", "POWERSHELL_UPDATECHECK=Off", "POWERSHELL_DIAGNOSTICS_OPTOUT=0")
	if e.in, err = e.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := e.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	e.out = bufio.NewReader(out)
	if err := e.process.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoEngine, err)
	}
	if err := e.greet(); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// greet learns the engine's version and refuses a computer that could reach a real farm.
func (e *engine) greet() error {
	var answer struct {
		Version  string   `json:"version"`
		RealFarm []string `json:"realFarm"`
	}
	if err := e.ask(map[string]any{"op": "hello"}, nil, &answer); err != nil {
		return err
	}
	e.version = answer.Version
	if len(answer.RealFarm) > 0 {
		return fmt.Errorf("%w: %s", ErrRealFarm, strings.Join(answer.RealFarm, ", "))
	}
	return nil
}

// close ends the process. It ends with its input, and was once seen to hang there.
func (e *engine) close() {
	e.in.Close()
	late := time.AfterFunc(10*time.Second, func() { _ = e.process.Process.Kill() })
	defer late.Stop()
	_ = e.process.Wait() // what it exits with says nothing
}

// event is a message that comes from the engine while a script runs.
type event struct {
	Event    string   `json:"event"`
	Mutation Mutation `json:"mutation"`
	Script   string   `json:"script"`
	Line     int      `json:"line"`
	Message  string   `json:"message"`
	Farm     *Farm    `json:"farm"` // with a question, and while a journal is kept
	Broken   string   `json:"broken"`
}

// reply is what the engine is told: "go", "fail" for a mutation that is to fail, or "closed" for a question that
// nobody answers.
type reply struct {
	Word   string `json:"word"`
	Answer string `json:"answer"`
	Farm   *Farm  `json:"farm"` // as it is after what people did before the answer; nil: as it was
}

var (
	goOn   = reply{Word: "go"}
	failIt = reply{Word: "fail"}
	closed = reply{Word: "closed"}
)

// ask sends a request and reads the answer into into. What the engine announces on the way goes to watch,
// whose word goes back.
func (e *engine) ask(request any, watch func(event) (reply, error), into any) error {
	if err := e.send(request); err != nil {
		return err
	}
	for {
		data, err := e.receive()
		if err != nil {
			return err
		}
		var got event
		if err := json.Unmarshal(data, &got); err != nil {
			return fmt.Errorf("read the engine's answer: %w", err)
		}
		if got.Broken != "" {
			return fmt.Errorf("the simulated farm broke down: %s", got.Broken)
		}
		if got.Event == "answer" {
			return json.Unmarshal(data, into)
		}
		word, err := watch(got)
		if err != nil {
			return err
		}
		if err := e.send(word); err != nil {
			return err
		}
	}
}

func (e *engine) send(message any) error {
	data, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(e.in, base64.StdEncoding.EncodeToString(data)+"\n"); err != nil {
		return fmt.Errorf("write to the engine: %w: %s", err, e.stderr)
	}
	return nil
}

func (e *engine) receive() ([]byte, error) {
	line, err := e.out.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the engine ended: %w: %s", err, e.stderr)
	}
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
	if err != nil {
		return nil, fmt.Errorf("the engine wrote %q: %w", strings.TrimSpace(line), err)
	}
	return data, nil
}
