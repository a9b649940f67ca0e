package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ftpkg/ftpkg/probe/probetest/corpus"
)

// corpus-wheels DIR [CASE...]: fills a directory with the wheels of the corpus, all
// or those of some cases.
func corpusWheels(t testing.TB) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < 1 {
			ts.Fatalf("usage: corpus-wheels DIR [CASE...]")
		}
		c := corpus.Build(t, ts.Getenv("FTPKG_TEST_PYTHON"))
		wheels, err := filepath.Glob(filepath.Join(c.Dir, "*.whl"))
		ts.Check(err)
		if names := args[1:]; len(names) > 0 {
			wheels = nil
			for _, name := range names {
				wheels = append(wheels, c.Case(t, name).Wheels...)
			}
		}
		dir := ts.MkAbs(args[0])
		ts.Check(os.MkdirAll(dir, 0o755))
		for _, w := range wheels {
			data, err := os.ReadFile(w)
			ts.Check(err)
			ts.Check(os.WriteFile(filepath.Join(dir, filepath.Base(w)), data, 0o644))
		}
	}
}

// pack-wheel DIR NAME SOURCE: packs a folder as version 1.0 of a package, into a
// wheel for every Python. A file named ESCAPES there is packed under a name that
// leads out.
func packWheel(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: pack-wheel DIR NAME SOURCE")
	}
	name := args[1]
	info := strings.ReplaceAll(name, "-", "_") + "-1.0"
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	var record strings.Builder
	add := func(path string, data []byte) {
		w, err := z.Create(path)
		ts.Check(err)
		_, err = w.Write(data)
		ts.Check(err)
		sum := sha256.Sum256(data)
		fmt.Fprintf(&record, "%s,sha256=%s,%d\n", path, base64.RawURLEncoding.EncodeToString(sum[:]), len(data))
	}
	root := ts.MkAbs(args[2])
	ts.Check(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		ts.Check(err)
		rel, err := filepath.Rel(root, path)
		ts.Check(err)
		if rel == "ESCAPES" {
			rel = "../../out.py"
		}
		add(filepath.ToSlash(rel), data)
		return nil
	}))
	add(info+".dist-info/METADATA", []byte("Metadata-Version: 2.1\nName: "+name+"\nVersion: 1.0\n"))
	add(info+".dist-info/WHEEL", []byte("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"))
	w, err := z.Create(info + ".dist-info/RECORD")
	ts.Check(err)
	_, err = io.WriteString(w, record.String()+info+".dist-info/RECORD,,\n")
	ts.Check(err)
	ts.Check(z.Close())
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(os.WriteFile(filepath.Join(dir, info+"-py3-none-any.whl"), b.Bytes(), 0o644))
}
