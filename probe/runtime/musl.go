package runtime

import (
	"bytes"
	"context"
	"debug/elf"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// muslOf returns "musl 1.2" for a program that musl's loader starts, "musl" if
// the loader does not tell its version, and "" if it is another's. Python itself
// knows only glibc's version.
func muslOf(ctx context.Context, executable string) string {
	loader := elfLoader(executable)
	if !strings.HasPrefix(filepath.Base(loader), "ld-musl-") {
		return ""
	}
	// Started alone, the loader prints its version and how to use it, and fails.
	run, stop := context.WithTimeout(ctx, askTimeout)
	defer stop()
	out := &limitedBuffer{room: maxNoise}
	cmd := exec.CommandContext(run, loader)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = time.Second
	_ = cmd.Run()
	return muslVersion(out.Bytes())
}

var muslBanner = regexp.MustCompile(`^musl libc [^\n]*\nVersion (\d{1,2}\.\d{1,2})(?:\.|\s|$)`)

// muslVersion reads the version from what musl's loader prints.
func muslVersion(banner []byte) string {
	if m := muslBanner.FindSubmatch(bytes.TrimSpace(banner)); m != nil {
		return "musl " + string(m[1])
	}
	return "musl"
}

// elfLoader returns the loader an ELF program names, "" if it names none.
func elfLoader(program string) string {
	f, err := elf.Open(program)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	const longest = 4096
	for _, p := range f.Progs {
		if p.Type != elf.PT_INTERP || p.Filesz > longest {
			continue
		}
		name := make([]byte, p.Filesz)
		if _, err := p.ReadAt(name, 0); err != nil {
			return ""
		}
		if name = bytes.TrimRight(name, "\x00"); filepath.IsAbs(string(name)) {
			return string(name)
		}
	}
	return ""
}
