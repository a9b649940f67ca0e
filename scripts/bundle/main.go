// Bundle builds an ftpkg for this platform that carries a runtime: one file that
// probes without a Python, a home or a network.
//
//	go run ./scripts/bundle -python PATH -o ftpkg-bundle
//
// The runtime is packed without CPython's own tests, without tkinter, idlelib
// and pip, and without debugging symbols. The same runtime gives the same
// archive, byte for byte; its digest is printed. The archive gets into the
// program by an overlay: nothing is written into the source tree.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"

	pyruntime "github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/probe/runtime/bundle"
)

func main() {
	python := flag.String("python", "", "bundle the runtime of the interpreter at `PATH`")
	out := flag.String("o", "ftpkg-bundle", "write the program to `FILE`")
	ldflags := flag.String("ldflags", "-s -w", "`FLAGS` for the linker")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *python, *out, *ldflags); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to be undone
	}
}

func run(ctx context.Context, stdout io.Writer, python, out, ldflags string) error {
	if python == "" {
		return errors.New("-python PATH is needed: the interpreter to bundle")
	}
	info, err := pyruntime.Ask(ctx, python)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "ftpkg-bundle-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	tree, err := collect(ctx, info, temp)
	if err != nil {
		return err
	}
	var archive bytes.Buffer
	if err := tree.pack(&archive); err != nil {
		return err
	}
	digest := sha256.Sum256(archive.Bytes())
	m := bundle.Manifest{
		Name:   fmt.Sprintf("cpython-%s+bundled.%x-%s", info.Python(), digest[:4], platform(info)),
		Python: info.Python().String(), Folder: folder,
		SHA256: hex.EncodeToString(digest[:]), Size: int64(archive.Len()),
	}
	if err := build(ctx, m, archive.Bytes(), temp, out, ldflags); err != nil {
		return err
	}
	text := fmt.Sprintf("%s carries %s, %d files, %.1f MB packed, %.1f MB unpacked\nsha256 %s\n",
		out, m.Name, len(tree.entries), float64(m.Size)/1e6, float64(tree.size)/1e6, m.SHA256)
	if len(tree.needs) > 0 {
		text += fmt.Sprintf("parts of it need libraries of the system: %s\n", strings.Join(tree.needs, ", "))
	}
	_, err = io.WriteString(stdout, text)
	return err
}

// platform is where the runtime runs, as names of runtimes have it:
// "x86_64-linux-gnu".
func platform(info *pyruntime.Info) string {
	system, arch, _ := strings.Cut(info.Platform, "-")
	switch libc, _, _ := strings.Cut(info.Libc, " "); {
	case system != "linux":
		return strings.ReplaceAll(info.Platform, ".", "_")
	case libc == "musl":
		return arch + "-linux-musl"
	default:
		return arch + "-linux-gnu"
	}
}

// build builds ftpkg with an archive in it.
func build(ctx context.Context, m bundle.Manifest, archive []byte, temp, out, ldflags string) error {
	manifest, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	data := filepath.Join(strings.TrimSpace(string(root)), "probe", "runtime", "bundle", "data")
	replace := map[string]string{}
	for name, text := range map[string][]byte{"runtime.json": manifest, "runtime.tar.gz": archive} {
		file := filepath.Join(temp, name)
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
		replace[filepath.Join(data, name)] = file
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	file := filepath.Join(temp, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o644); err != nil {
		return err
	}
	if out, err = filepath.Abs(out); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-overlay", file, "-tags", "bundle", "-trimpath", "-ldflags", ldflags, "-o", out, "./cmd/ftpkg")
	cmd.Dir = strings.TrimSpace(string(root))
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	cmd.Stderr = os.Stderr
	return cmd.Run()
}
