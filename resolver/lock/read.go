package lock

import (
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/resolver/internal/markertext"
	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// KindOf tells the kind of a lock by its file name; false if the name is none
// that a tool gives its lock.
func KindOf(name string) (Kind, bool) {
	base := name[strings.LastIndexAny(name, `/\`)+1:]
	switch {
	case base == "uv.lock", strings.HasSuffix(base, ".py.lock"):
		return KindUV, true
	case base == "poetry.lock":
		return KindPoetry, true
	case base == "pdm.lock":
		return KindPDM, true
	case isPylockName(base):
		return KindPylock, true
	}
	return "", false
}

// isPylockName reports whether PEP 751 lets a lock be called that: pylock.toml,
// or pylock.NAME.toml with a name that has no dot.
func isPylockName(base string) bool {
	if base == "pylock.toml" {
		return true
	}
	name, ok := strings.CutPrefix(base, "pylock.")
	if !ok {
		return false
	}
	name, ok = strings.CutSuffix(name, ".toml")
	return ok && name != "" && !strings.Contains(name, ".")
}

// Read reads a lock. Its kind is told from the content, else from the file
// name; path is only used to name the file and need not exist. A fault in the
// file is a [*ParseError] with its line.
func Read(path string, data []byte) (*Lock, error) {
	doc, err := tomldoc.Parse(path, data)
	if err != nil {
		return nil, err
	}
	kind, ok := kindOfContent(doc.Root())
	if !ok {
		if kind, ok = KindOf(path); !ok {
			return nil, &ParseError{File: path, Msg: "not a lock file that is known: pylock.toml, uv.lock, poetry.lock or pdm.lock"}
		}
	}
	r := &reader{doc: doc, lock: &Lock{Kind: kind, Path: path}}
	read := map[Kind]func(){KindPylock: r.pylock, KindUV: r.uv, KindPoetry: r.poetry, KindPDM: r.pdm}
	read[kind]()
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return r.lock, nil
}

// kindOfContent tells a lock by the keys that only its tool writes.
func kindOfContent(root tomldoc.Value) (Kind, bool) {
	switch meta := root.Get("metadata"); {
	case root.Get("lock-version").Exists():
		return KindPylock, true
	case meta.IsTable() && meta.Get("lock_version").Exists():
		return KindPDM, true
	case meta.IsTable() && (meta.Get("lock-version").Exists() || meta.Get("python-versions").Exists()):
		return KindPoetry, true
	case root.Get("version").Exists() && root.Get("requires-python").Exists():
		return KindUV, true
	}
	return "", false
}

// A reader turns a document into a lock.
type reader struct {
	doc  *tomldoc.Doc
	lock *Lock
}

// name returns a normalised name.
func (r *reader) name(v tomldoc.Value) string {
	s := v.Need().Str()
	if v.Exists() && v.IsStr() {
		if err := pep508.CheckName(s); err != nil {
			v.FailErr(err)
			return ""
		}
	}
	return pep508.NormalizeName(s)
}

func (r *reader) names(v tomldoc.Value, normalize func(string) string) []string {
	var out []string
	for _, s := range v.Strs() {
		out = append(out, normalize(s))
	}
	return out
}

// version returns a version; one that is missing is not valid.
func (r *reader) version(v tomldoc.Value) pep440.Version {
	if !v.Exists() || !v.IsStr() {
		_ = v.Str()
		return pep440.Version{}
	}
	version, err := pep440.Parse(v.Str())
	if err != nil {
		v.FailErr(err)
	}
	return version
}

// marker returns a marker with its extras as a set, nil if there is none.
func (r *reader) marker(v tomldoc.Value) *pep508.Marker {
	text := v.Str()
	if text == "" {
		return nil
	}
	return r.markerText(v, text)
}

func (r *reader) markerText(at tomldoc.Value, text string) *pep508.Marker {
	// The text as written is checked first, so that errors quote it.
	m, err := pep508.ParseMarker(text)
	if err != nil {
		at.FailErr(err)
		return nil
	}
	asSet, err := markertext.ExtrasAsSet(text)
	if err != nil || asSet == text {
		return m
	}
	if m, err = pep508.ParseMarker(asSet); err != nil {
		at.FailErr(err)
	}
	return m
}

// pythons returns a PEP 440 set.
func (r *reader) pythons(v tomldoc.Value) Pythons {
	p, err := ParsePythons(v.Str())
	if err != nil {
		v.FailErr(err)
	}
	return p
}

// poetryVersions returns a set in Poetry's language.
func (r *reader) poetryVersions(v tomldoc.Value) Pythons {
	if !v.Exists() {
		return Pythons{}
	}
	p, err := ParsePoetry(v.Str())
	if err != nil {
		v.FailErr(err)
	}
	return p
}

// hash adds "sha256:0123…" to a file's hashes.
func (r *reader) hash(v tomldoc.Value, f *simple.RawFile) {
	if !v.Exists() {
		return
	}
	algorithm, hex, ok := strings.Cut(v.Str(), ":")
	if !ok || algorithm == "" || !isHex(hex) {
		v.Fail("not a hash: %q", tomldoc.Clip(v.Str()))
		return
	}
	f.Hashes = append(f.Hashes, simple.Hash{Algorithm: strings.ToLower(algorithm), Hex: strings.ToLower(hex)})
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return s != ""
}

// size returns a size in bytes, 0 if there is none.
func (r *reader) size(v tomldoc.Value) int64 {
	n := v.Int()
	if n < 0 {
		v.Fail("a size cannot be negative")
	}
	return n
}

// uploaded returns a time as Unix seconds, from a TOML date or an RFC 3339
// string; 0 if there is none.
func (r *reader) uploaded(v tomldoc.Value) int64 {
	if !v.Exists() {
		return 0
	}
	if !v.IsStr() {
		return v.Time().Unix()
	}
	t, err := time.Parse(time.RFC3339, v.Str())
	if err != nil {
		v.Fail("not a time: %q", tomldoc.Clip(v.Str()))
		return 0
	}
	return t.Unix()
}

// fileName returns the last part of a URL or path, decoded if it is of a URL.
func fileName(location string) string {
	if scheme, _, ok := strings.Cut(location, "://"); ok && scheme != "" {
		if u, err := url.Parse(location); err == nil {
			return path.Base(u.Path)
		}
	}
	return location[strings.LastIndexAny(location, `/\`)+1:]
}
