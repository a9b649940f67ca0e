package check

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// checkFindings holds what must be true of all findings: a known rule, a message that
// can be printed on one line.
func checkFindings(t *testing.T, list []Finding) {
	t.Helper()
	for _, f := range list {
		if _, ok := Lookup(f.Rule); !ok {
			t.Errorf("%q is no rule", f.Rule)
		}
		if _, ok := vocab.Severities().Lookup(string(f.Severity)); !ok {
			t.Errorf("%s: severity %q", f.Rule, f.Severity)
		}
		if f.Message == "" || strings.ContainsAny(f.Message+f.Member, "\n\r\x1b\x00") || len(f.Message) > 4096 {
			t.Errorf("%s: member %q, message %q", f.Rule, f.Member, f.Message)
		}
	}
}

// Whatever a file holds, checking it ends, with findings.
func FuzzWheel(f *testing.F) {
	names, err := filepath.Glob(filepath.Join("testdata", "wrong", "*", "*", "*.whl"))
	if err != nil || len(names) == 0 {
		f.Fatal("no wheels", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, filepath.Base(name))
	}
	f.Add([]byte("PK\x05\x06"+strings.Repeat("\x00", 18)), "x-1-py3-none-any.whl")
	f.Fuzz(func(t *testing.T, b []byte, name string) {
		if strings.ContainsAny(name, "\n\r\x1b\x00") {
			return // of a file of the user's own
		}
		list, err := Wheel(t.Context(), bytes.NewReader(b), int64(len(b)), name)
		if err != nil {
			t.Fatal(err)
		}
		checkFindings(t, list)
	})
}

func FuzzControl(f *testing.F) {
	f.Add([]byte("Wheel-Version: 1.0\nTag: cp314-cp314t-any\nTag: a.b-c.d-e.f\n"), []byte("Metadata-Version: 2.1\nName: x\nVersion: 1\nClassifier: Programming Language :: Python :: Free Threading\n"))
	f.Add([]byte("Wheel-Version: \xff\nTag: -\nTag:\n"), []byte("Name: \x1b[0m\nVersion: 1\x00\n"))
	name, err := wheeltags.ParseFilename("x-1-cp314-cp314t-win_amd64.whl")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, wheelText, metadata []byte) {
		w := &wheel{label: "x", info: "x-1.dist-info", classifiers: headers(metadata, "Classifier")}
		found := func(rule, message string) { w.found("m", rule, message) }
		checkTagLines(wheelText, &name, found)
		checkMetadata(metadata, &name, found)
		_ = claim(w.classifiers)
		checkFindings(t, w.findings)
	})
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte("a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\nx-1.dist-info/RECORD,,\n"))
	f.Add([]byte("\"a\n,b\",sha256=,\na,md5=AAAA,-1\na,sha512=AA,9223372036854775808\n"))
	f.Add([]byte("\xef\xbb\xbf\"a,\x00,\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, err := parseRecord(text)
		if err != nil {
			return
		}
		w := &wheel{label: "x"}
		checkRecord(rows, "x-1.dist-info", []*member{{path: "a.py", sums: map[string][]byte{"sha256": {1}}}}, nil, w.found)
		checkFindings(t, w.findings)
		for _, r := range rows {
			if r.size < -1 || r.digest != nil && r.fault == "" && newHash(r.algorithm) == nil {
				t.Errorf("%+v", r)
			}
		}
	})
}

func FuzzNames(f *testing.F) {
	f.Add("cp314-cp314t-manylinux_2_28_x86_64.musllinux_1_2_aarch64", ".cpython-314t-x86_64-linux-gnu.so")
	f.Add("py2.py3.cp3t-none.abi3.abi3t.cp37m-any.win32.macosx_10_9_universal2", ".cp314t_d-win_amd64.pyd")
	f.Fuzz(func(t *testing.T, text, ending string) {
		set, err := wheeltags.ParseTagSet(text)
		if err != nil {
			return
		}
		s := parseSuffix(ending)
		w := &wheel{tags: splitTags(&set)}
		for i := range w.tags.abis {
			_ = w.looksFor(&w.tags.abis[i], &s)
		}
		for i := range w.tags.platforms {
			_ = s.fitsPlatform(&w.tags.platforms[i])
			_ = w.tags.platforms[i].places()
		}
		for _, c := range w.cells() {
			if _, ok := w.covers(c.minor, c.free, c.at); !ok {
				t.Errorf("%s does not cover its own cell %s %s", text, c.python(), c.at)
			}
		}
		_ = wantedDLLs(&w.tags)
	})
}
