package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// build returns the program for a platform. It is the one that .goreleaser.yaml builds
// of the same commit: a test compares the flags.
func build(ctx context.Context, root, temp string, p platform, r *release) ([]byte, error) {
	file := filepath.Join(temp, p.goos+"-"+p.goarch)
	if text, err := os.ReadFile(file); err == nil {
		return text, nil // for another wheel
	}
	args := append([]string{"build"}, buildFlags()...)
	cmd := exec.CommandContext(ctx, "go", append(args, "-ldflags", r.ldflags(), "-o", file, "./cmd/ftpkg")...)
	cmd.Dir = root
	cmd.Env = append(append(os.Environ(), buildEnv()...), "GOOS="+p.goos, "GOARCH="+p.goarch, "GOAMD64="+goamd64, "GOARM64="+goarm64)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build: %w: %s", err, bytes.TrimSpace(out))
	}
	return os.ReadFile(file)
}

// The oldest processors that programs are for.
const goamd64, goarm64 = "v1", "v8.0"

// buildFlags are the flags of go build, beside those for the linker.
func buildFlags() []string { return []string{"-trimpath", "-buildvcs=false"} }

// buildEnv are the variables that keep out what is set for other work on this machine.
// GOFLAGS is not empty so that it counts before the one of go env -w.
func buildEnv() []string {
	return []string{"CGO_ENABLED=0", "GOFLAGS=-trimpath", "GOWORK=off", "GOEXPERIMENT="}
}

// ldflags are the flags for the linker.
func (r *release) ldflags() string {
	return fmt.Sprintf("-s -w -X main.version=%s -X main.commit=%s -X main.date=%s", r.Stamp, r.Commit, r.Date.Format(time.RFC3339))
}

// thirdParty are the licences of the modules that are built into the program on any
// platform, one after the other by the modules' names, and that of Go.
func thirdParty(ctx context.Context, root string) ([]byte, error) {
	modules := map[string]string{} // directories by name and version
	for _, goos := range []string{"linux", "darwin", "windows"} {
		cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", "./cmd/ftpkg")
		cmd.Dir = root
		cmd.Env = append(append(os.Environ(), buildEnv()...), "GOOS="+goos, "GOARCH=amd64")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("go list: %w: %s", err, bytes.TrimSpace(stderr.Bytes()))
		}
		for line := range strings.Lines(string(out)) {
			name, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
			if name != "" {
				modules[name] = dir
			}
		}
	}
	// Not read from GOROOT, which distributions leave it out of: the authors and the
	// licence of the standard library are those of x/sys.
	for name, dir := range modules {
		if strings.HasPrefix(name, "golang.org/x/sys ") {
			modules["Go's standard library"] = dir
			break
		}
	}

	var b bytes.Buffer
	b.WriteString("The program ftpkg contains the following, under these licences.\n")
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		text, err := licence(modules[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 78), name, bytes.TrimSpace(text))
	}
	return bytes.ReplaceAll(b.Bytes(), []byte("\r\n"), []byte("\n")), nil
}

// licence returns the text of a module's licences.
func licence(dir string) ([]byte, error) {
	var all []byte
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("the module is not there")
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		stem, _, _ := strings.Cut(strings.ToUpper(e.Name()), ".")
		if e.Type().IsRegular() && slices.Contains([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE", "LICENSE-MIT", "LICENSE-APACHE"}, stem) {
			text, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				return nil, err
			}
			all = append(append(all, text...), '\n')
		}
	}
	if all == nil {
		return nil, errors.New("it has no licence")
	}
	return all, nil
}
