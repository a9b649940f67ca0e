package probe_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/extmod"
	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// TestFlip changes the one value that a module declares by, in the file, and holds
// that what is read and what is loaded both follow: neither goes by a name, a
// toolchain or what it saw before.
func TestFlip(t *testing.T) {
	t.Parallel()
	c := corpus.Build(t, runtimetest.FreeThreaded(t))
	flips := 0
	for _, tt := range c.Cases {
		if len(tt.Wheels) != 1 || len(tt.Modules) != 1 || tt.Noise || tt.GILToo || !static(tt.Modules[0].Static) {
			continue
		}
		m := tt.Modules[0]
		if string(tt.Lanes[vocab.LaneCreate][m.Name].Declaration) != string(m.Static) {
			continue // the runtime has other reasons than the slot
		}
		files := unzip(t, tt.Wheels[0])
		offset, ok := gilSlot(files[m.File])
		if !ok || bytes.Contains(files[m.File], []byte("PyUnstable_Module_SetGIL")) {
			continue // it declares by instructions
		}
		flips++
		t.Run(tt.Name, func(t *testing.T) {
			t.Parallel()
			for _, want := range []corpus.Static{m.Static, opposite(m.Static), m.Static} {
				setSlot(files[m.File], offset, want)
				wheel := rezip(t, filepath.Base(tt.Wheels[0]), files)
				f, err := extmod.Read(bytes.NewReader(files[m.File]), int64(len(files[m.File])), m.File)
				if err != nil {
					t.Fatal(err)
				}
				if string(f.Declaration) != string(want) {
					t.Errorf("slot says %s, the file is read as %s", want, f.Declaration)
				}
				if got := loaded(t, wheel, tt.Package, m.File); string(got) != string(want) {
					t.Errorf("slot says %s, the probe %s", want, got)
				}
			}
		})
	}
	if flips < 3 {
		t.Errorf("only %d modules with a slot were found", flips)
	}
}

func static(s corpus.Static) bool { return s == corpus.StaticNotUsed || s == corpus.StaticUsed }

func opposite(s corpus.Static) corpus.Static {
	if s == corpus.StaticUsed {
		return corpus.StaticNotUsed
	}
	return corpus.StaticUsed
}

// loaded is what a probe finds that loads the only module of a wheel.
func loaded(t *testing.T, wheel, name, file string) vocab.Loaded {
	t.Helper()
	p := newProber(t, probe.Options{Jobs: 1, Lanes: []vocab.Lane{vocab.LaneCreate}})
	env, err := p.Store.Create(t.Context(), filepath.Join(t.TempDir(), "env"), p.Runtime, []environment.Wheel{local(wheel)}, environment.Options{})
	if err != nil {
		t.Fatal(err)
	}
	results, err := p.ProbeEnvironment(t.Context(), env, []string{name})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range results[0].Modules {
		if m.File == file {
			return m.Declaration
		}
	}
	t.Fatalf("%s was not probed", file)
	return ""
}

// gilSlot finds the last slot of a module where that is Py_mod_gil, by its bytes
// alone: the number 4, a value of 0 or 1, and the end of the array. It says no
// unless there is exactly one.
func gilSlot(data []byte) (offset int, ok bool) {
	for at := 0; at+32 <= len(data); at += 8 {
		b := data[at : at+32]
		if b[0] == 4 && b[8] <= 1 && zero(b[1:8]) && zero(b[9:]) {
			if ok {
				return 0, false
			}
			offset, ok = at+8, true
		}
	}
	return offset, ok
}

func zero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

func setSlot(data []byte, offset int, s corpus.Static) {
	data[offset] = 0
	if s == corpus.StaticNotUsed {
		data[offset] = 1
	}
}

// unzip returns the files of a wheel.
func unzip(t *testing.T, wheel string) map[string][]byte {
	t.Helper()
	z, err := zip.OpenReader(wheel)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// rezip makes a wheel of files, with a RECORD of them as they are.
func rezip(t *testing.T, name string, files map[string][]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	z := zip.NewWriter(out)
	add := func(name string, data []byte) {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	var record string
	var rows strings.Builder
	for name, data := range files {
		if strings.HasSuffix(name, ".dist-info/RECORD") {
			record = name
			continue
		}
		add(name, data)
		sum := sha256.Sum256(data)
		fmt.Fprintf(&rows, "%s,sha256=%s,%d\n", name, base64.RawURLEncoding.EncodeToString(sum[:]), len(data))
	}
	add(record, []byte(rows.String()+record+",,\n"))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
