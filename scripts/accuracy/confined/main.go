// Confined runs programs in the sandbox of probe/sandbox. It takes them from
// standard input, one line of JSON each, and answers with a line of JSON each, in
// the same order:
//
//	{"path": "/usr/bin/python3", "args": ["-c", "print(1)"], "read": ["/usr"]}
//	{"code": 0, "stdout": "1\n", "stderr": ""}
//
// What a program may read is the system's libraries and the trees it names; it has
// no network, and a place of its own to write in.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/sandbox"
)

// Kept of each stream of a program, in bytes.
const maxOutput = 64 << 20

const jobs = 2

// job is a program to run.
type job struct {
	Path string   `json:"path"`
	Args []string `json:"args"`
	Env  []string `json:"env"`
	Read []string `json:"read"`
}

// answer is how it went.
type answer struct {
	Code   int    `json:"code"`
	Signal string `json:"signal,omitempty"`
	Killed string `json:"killed,omitempty"`
	Stdout string `json:"stdout"`
	Stderr string `json:"stderr"`
}

func main() {
	if code, ours := sandbox.ChildMain(os.Args); ours {
		os.Exit(code)
	}
	if err := serve(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "confined:", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	box, err := sandbox.New(ctx, sandbox.Options{Self: self, Mode: vocab.SandboxRequire, Now: time.Now})
	if err != nil {
		return err
	}
	var todo []job
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	for in.More() {
		var j job
		if err := in.Decode(&j); err != nil {
			return err
		}
		todo = append(todo, j)
	}
	done := make([]answer, len(todo))
	errs := make([]error, len(todo))
	next := make(chan int)
	var group sync.WaitGroup
	for range jobs {
		group.Go(func() {
			for i := range next {
				done[i], errs[i] = run(ctx, box, &todo[i])
			}
		})
	}
	for i := range todo {
		next <- i
	}
	close(next)
	group.Wait()
	out := json.NewEncoder(os.Stdout)
	for i := range done {
		if errs[i] != nil {
			return fmt.Errorf("%s: %w", todo[i].Path, errs[i])
		}
		if err := out.Encode(done[i]); err != nil {
			return err
		}
	}
	return nil
}

// run runs one program in a scratch directory of its own.
func run(ctx context.Context, box *sandbox.Sandbox, j *job) (answer, error) {
	scratch, err := os.MkdirTemp("", "confined-")
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	policy := sandbox.DefaultPolicy()
	policy.Read, policy.Scratch = j.Read, scratch
	stdout, stderr := &keeper{}, &keeper{}
	env := append([]string{"HOME=" + scratch, "TMPDIR=" + scratch, "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"}, j.Env...)
	cmd := &sandbox.Cmd{Path: j.Path, Args: j.Args, Env: env, Stdout: stdout, Stderr: stderr, Policy: policy}
	exit, err := box.Run(ctx, cmd)
	if err != nil { // no sandbox, no program: a file of the system was just being replaced, say
		exit, err = box.Run(ctx, cmd)
	}
	if err != nil {
		return answer{}, err
	}
	return answer{exit.Code, exit.Signal, string(exit.Killed), stdout.String(), stderr.String()}, nil
}

// keeper keeps the beginning of what is written.
type keeper struct{ bytes.Buffer }

func (k *keeper) Write(p []byte) (int, error) {
	if room := maxOutput - k.Len(); room > 0 {
		k.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
