package main

import (
	"archive/zip"
	"bytes"
	"context"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// One commit makes the same files wherever it is built: in another directory, with
// nothing in the cache of builds, and with other things set on the machine.
func TestReproducible(t *testing.T) {
	first, dist := wheels(t)
	dir := filepath.Join(t.TempDir(), "another place", "deeper")
	again := filepath.Join(dir, "dist")
	clone := filepath.Join(dir, "source")
	if err := cloneTo(t.Context(), first, clone); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TZ", "Pacific/Auckland")
	t.Setenv("LC_ALL", "tr_TR.UTF-8")
	t.Setenv("GOFLAGS", "-race")
	t.Setenv("GOAMD64", "v3")
	t.Setenv("CGO_ENABLED", "1")
	if err := makeFiles(t.Context(), clone, again, "-platform", "macos-arm64,windows-x86_64", "-sdist"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOCACHE", filepath.Join(dir, "cache"))
	if err := makeFiles(t.Context(), clone, again, "-platform", "manylinux-x86_64"); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(again)
	if err != nil || len(files) != 4 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, f := range files {
		first, err := os.ReadFile(filepath.Join(dist, f.Name()))
		if err != nil {
			t.Error(err)
			continue
		}
		second, err := os.ReadFile(filepath.Join(again, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s: differs from the one that was made before", f.Name())
		}
	}
}

// program unpacks the program of a wheel.
func program(t *testing.T, wheel string) (text []byte, mode os.FileMode) {
	t.Helper()
	z, err := zip.OpenReader(wheel)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		if strings.Contains(f.Name, ".data/scripts/") {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			return text, f.Mode()
		}
	}
	t.Fatalf("%s: there is no program", wheel)
	return nil, 0
}

// Each wheel carries a program that keeps what the wheel's tags promise.
func TestPrograms(t *testing.T) {
	t.Parallel()
	_, dist := wheels(t)
	for _, p := range platforms() {
		wheel := filepath.Join(dist, "ftpkg-"+version+"-py3-none-"+strings.Join(p.tags, ".")+".whl")
		text, mode := program(t, wheel)
		if mode != 0o755 {
			t.Errorf("%s: the program's mode is %o", p.name, mode)
		}
		if err := promised(p, bytes.NewReader(text)); err != nil {
			t.Errorf("%s: %v", p.name, err)
		}
		if !bytes.Contains(text, []byte(tag)) {
			t.Errorf("%s: the program does not say which release it is", p.name)
		}
		const most = 40_000_000 // a program without a runtime has no more
		if len(text) > most {
			t.Errorf("%s: the program has %d bytes", p.name, len(text))
		}
	}
}

// promised holds a program against the tags of its platform.
func promised(p platform, r io.ReaderAt) error {
	switch p.goos {
	case "linux":
		f, err := elf.NewFile(r)
		if err != nil {
			return err
		}
		if want := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[p.goarch]; f.Machine != want {
			return fmt.Errorf("it is for %s", f.Machine)
		}
		for _, s := range f.Progs {
			if s.Type == elf.PT_INTERP || s.Type == elf.PT_DYNAMIC {
				return fmt.Errorf("it has %s: it needs a C library", s.Type)
			}
		}
	case "darwin":
		f, err := macho.NewFile(r)
		if err != nil {
			return err
		}
		if want := map[string]macho.Cpu{"amd64": macho.CpuAmd64, "arm64": macho.CpuArm64}[p.goarch]; f.Cpu != want {
			return fmt.Errorf("it is for %s", f.Cpu)
		}
		const buildVersion = 0x32 // LC_BUILD_VERSION: command, size, platform, minimum
		for _, l := range f.Loads {
			if raw := l.Raw(); binary.LittleEndian.Uint32(raw) == buildVersion {
				least := binary.LittleEndian.Uint32(raw[12:])
				if got := fmt.Sprintf("macosx_%d_%d_", least>>16, least>>8&0xff); !strings.HasPrefix(p.tags[0], got) {
					return fmt.Errorf("it needs %s…", got)
				}
				return nil
			}
		}
		return fmt.Errorf("it does not say which macOS it needs")
	case "windows":
		f, err := pe.NewFile(r)
		if err != nil {
			return err
		}
		if want := map[string]uint16{"amd64": pe.IMAGE_FILE_MACHINE_AMD64, "arm64": pe.IMAGE_FILE_MACHINE_ARM64}[p.goarch]; f.Machine != want {
			return fmt.Errorf("it is for %#x", f.Machine)
		}
	}
	return nil
}

func TestPromisedCanFail(t *testing.T) {
	t.Parallel()
	_, dist := wheels(t)
	text, _ := program(t, only(t, dist, "*-macosx_12_0_arm64.whl"))
	for _, p := range []platform{
		{"newer macOS", "darwin", "arm64", []string{"macosx_11_0_arm64"}},
		{"other processor", "darwin", "amd64", []string{"macosx_12_0_x86_64"}},
		{"other system", "linux", "arm64", []string{"manylinux_2_17_aarch64"}},
	} {
		if promised(p, bytes.NewReader(text)) == nil {
			t.Errorf("%s: not found out", p.name)
		}
	}
}

// A build between two tags, and one of changed files, say so.
func TestDevelopment(t *testing.T) {
	t.Parallel()
	clone := filepath.Join(t.TempDir(), "clone")
	if err := cloneTo(t.Context(), "", clone); err != nil {
		t.Fatal(err)
	}
	if _, err := output(t.Context(), clone, "git", "-c", "user.name=n", "-c", "user.email=n@example.invalid", "commit", "--quiet", "--allow-empty", "-m", "more"); err != nil {
		t.Fatal(err)
	}
	check := func(want string) {
		t.Helper()
		r, err := readRelease(context.Background(), clone)
		if err != nil {
			t.Fatal(err)
		}
		if want = "1.2.4.dev1+g" + r.Commit[:12] + want; r.Version != want || r.Stamp != want {
			t.Errorf("%s, stamped %s, want %s", r.Version, r.Stamp, want)
		}
	}
	check("")
	if err := os.WriteFile(filepath.Join(clone, "LICENSE"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	check(".changed")
}
