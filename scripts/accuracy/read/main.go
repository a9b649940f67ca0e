// Read prints what probe/extmod reads from the object files in wheels and folders,
// one line of JSON each:
//
//	go run ./scripts/accuracy/read -python 3.13t -suffixes .so,.cpython-313t-x86_64-linux-gnu.so FILE.whl FOLDER…
//
// It is the static side of scripts/accuracy, which compares it with the truth.
package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/ftpkg/ftpkg/probe/extmod"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// line is what is printed of a file.
type line struct {
	From   string `json:"from"` // the wheel or folder, as given
	Path   string `json:"path"` // within it, with slashes
	SHA256 string `json:"sha256"`
	Error  string `json:"error,omitempty"`

	Module      bool   `json:"module"`
	Suffix      string `json:"suffix"`
	Format      string `json:"format"`
	Arch        string `json:"arch"`
	Declaration string `json:"declaration"`
	ByDefault   bool   `json:"by_default"`
	Evidence    string `json:"evidence"`
	Reason      string `json:"reason,omitempty"`
	Delegate    string `json:"delegate,omitempty"`
	ABI         string `json:"abi"`
	Toolchain   string `json:"toolchain"`
	Fit         string `json:"fit,omitempty"`
	FitReason   string `json:"fit_reason,omitempty"`
}

// reader prints lines.
type reader struct {
	out      *json.Encoder
	python   *wheeltags.Python
	suffixes []string
}

func main() {
	python := flag.String("python", "", "predict whether files load on this Python, such as 3.13t")
	suffixes := flag.String("suffixes", "", "suffixes of extension modules that it looks for, with commas between")
	flag.Parse()
	r := reader{out: json.NewEncoder(os.Stdout)}
	if *python != "" {
		p, err := wheeltags.ParsePython(*python)
		if err != nil {
			fail(err)
		}
		r.python = &p
	}
	if *suffixes != "" {
		r.suffixes = strings.Split(*suffixes, ",")
	}
	for _, from := range flag.Args() {
		if err := r.open(from); err != nil {
			fail(fmt.Errorf("%s: %w", from, err))
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "read:", err)
	os.Exit(1)
}

// open reads all of a wheel or folder.
func (r *reader) open(from string) error {
	var files fs.FS
	switch st, err := os.Stat(from); {
	case err != nil:
		return err
	case st.IsDir():
		files = os.DirFS(from)
	default:
		z, err := zip.OpenReader(from)
		if err != nil {
			return err
		}
		defer func() { _ = z.Close() }()
		files = &z.Reader
	}
	return fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !named(path) {
			return err
		}
		data, err := readAll(files, path)
		if err != nil {
			return err
		}
		return r.out.Encode(r.read(from, path, data))
	})
}

// named reports whether a file's name is that of a shared library on some system.
func named(path string) bool {
	ext := filepath.Ext(path)
	return ext == ".so" || ext == ".pyd"
}

func readAll(files fs.FS, path string) ([]byte, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(f)
}

func (r *reader) read(from, path string, data []byte) line {
	sum := sha256.Sum256(data)
	l := line{From: from, Path: path, SHA256: hex.EncodeToString(sum[:])}
	f, err := extmod.Read(bytes.NewReader(data), int64(len(data)), path)
	if err != nil {
		l.Error = err.Error()
		return l
	}
	l.Module, l.Suffix, l.Format, l.Arch = f.Module, f.Suffix, f.Format, f.Arch
	l.Declaration, l.ByDefault, l.Evidence = string(f.Declaration), f.ByDefault, string(f.Evidence)
	l.Reason, l.Delegate, l.ABI, l.Toolchain = f.Reason, f.Delegate, string(f.ABI), string(f.Toolchain)
	if r.python != nil {
		fit, reason := f.LoadsOn(*r.python, r.suffixes)
		l.Fit, l.FitReason = string(fit), reason
	}
	return l
}
