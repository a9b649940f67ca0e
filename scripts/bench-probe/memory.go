//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/probe/sandbox"
)

// memory watches ftpkg's own processes while it probes.
func (b *bench) memory(ctx context.Context) (string, error) {
	text := fmt.Sprintf("Memory of ftpkg's own processes, `ftpkg probe --jobs 2 %s`, looked at every few milliseconds:\n\n", strings.Join(packages, " ")) +
		"| | the command's peak | the largest of its helpers | all together, what they share counted once |\n|---|---|---|---|\n"
	for _, how := range []struct{ name, cache string }{
		{"wheels in the store", b.cache},
		{"wheels downloaded and unpacked", filepath.Join(b.tmp, "cold")},
	} {
		w, err := b.watch(ctx, append([]string{"--python", b.python.Executable, "--jobs", "2", "--cache-dir", how.cache}, packages...))
		if err != nil {
			return "", err
		}
		text += fmt.Sprintf("| %s | %.0f MB | %.0f MB | %.0f MB |\n", how.name, mb(w.main), mb(w.helper), mb(w.together))
	}
	return text, nil
}

func mb(kib int64) float64 { return float64(kib) * 1024 / 1e6 }

// peaks are the most that was seen, in KiB.
type peaks struct {
	main, helper int64 // resident in one process
	together     int64 // proportional, of all of them
}

// watch runs ftpkg and looks at those processes in /proc that are it: itself, the
// wardens, and the programs to be until they are.
func (b *bench) watch(ctx context.Context, args []string) (*peaks, error) {
	cmd := b.command(ctx, args...)
	over := make(chan error, 1)
	var p peaks
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() { over <- cmd.Wait() }()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case err := <-over:
			if code := cmd.ProcessState.ExitCode(); code != 0 && code != 1 {
				return nil, err
			}
			return &p, nil
		case <-tick.C:
			if err := p.look(b.ftpkg, cmd.Process.Pid, n%10 == 0); err != nil {
				return nil, err
			}
		}
	}
}

// look looks once. What processes share takes the kernel long to say: that is
// asked only if shares is set.
func (p *peaks) look(program string, main int, shares bool) error {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return err
	}
	var together int64
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		dir := filepath.Join("/proc", e.Name())
		if target, err := os.Readlink(filepath.Join(dir, "exe")); err != nil || target != program {
			continue
		}
		if pid != main && !isHelper(dir) {
			continue
		}
		peak := field(filepath.Join(dir, "status"), "VmHWM:")
		if pid == main {
			p.main = max(p.main, peak)
		} else {
			p.helper = max(p.helper, peak)
		}
		if shares {
			together += field(filepath.Join(dir, "smaps_rollup"), "Pss:")
		}
	}
	p.together = max(p.together, together)
	return nil
}

// isHelper reports whether a process of the program has begun as one: until then
// it is a thread's copy of the main process, and its memory that one's.
func isHelper(dir string) bool {
	b, err := os.ReadFile(filepath.Join(dir, "cmdline"))
	return err == nil && strings.Contains(string(b), "\x00"+sandbox.Entry+"\x00")
}

// field returns the number of KiB in a line of a file of /proc, 0 for a process
// that is gone.
func field(path, name string) int64 {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				return 0
			}
			return n
		}
	}
	return 0
}
