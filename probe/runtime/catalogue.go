package runtime

import (
	"bytes"
	_ "embed" // for builds.json
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/wheeltags"
)

//go:generate go run ../../scripts/runtime-catalogue -o builds.json

// embedded is the catalogue that comes with the program.
//
//go:embed builds.json
var embedded []byte

// Where python-build-standalone publishes: an index of all its archives, and the
// archives themselves.
const (
	indexURL      = "https://releases.astral.sh/github/versions/main/v1/python-build-standalone.ndjson"
	archivePrefix = "https://github.com/astral-sh/python-build-standalone/releases/download/"
)

// catalogueFile is the catalogue's name in the data directory.
const catalogueFile = "builds.json"

// catalogueSchema is the first field of the file; another one is not read.
const catalogueSchema = "ftpkg.builds/1"

// maxCatalogue bounds the file: some 2000 builds of 200 bytes are in sight.
const maxCatalogue = 8 << 20

// A Digest is a SHA-256 digest.
type Digest [32]byte

// String returns the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText implements encoding.TextMarshaler.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Digest) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	if err != nil || len(b) != len(d) {
		return fmt.Errorf("%.80q is not a sha256 digest", text)
	}
	copy(d[:], b)
	return nil
}

// A Build is one archive of python-build-standalone: a stripped installation, as
// .tar.gz.
type Build struct {
	// Version is complete, without the flavour: "3.14.7", "3.15.0rc1".
	Version      string   `json:"version"`
	FreeThreaded bool     `json:"free_threaded"`
	Platform     Platform `json:"platform"`
	// Release is the day of the publisher's release: "20260814".
	Release string `json:"release"`
	// SHA256 is of the archive.
	SHA256 Digest `json:"sha256"`
}

// Python returns the version and flavour.
func (b Build) Python() wheeltags.Python {
	p, err := wheeltags.ParsePython(b.Version)
	if err != nil {
		return wheeltags.Python{} // never for a Build of a catalogue
	}
	p.FreeThreaded = b.FreeThreaded
	return p
}

// Name is the build's name, under which it is installed:
// "cpython-3.14.7t+20260814-x86_64-linux-gnu".
func (b Build) Name() string {
	return "cpython-" + b.Python().String() + "+" + b.Release + "-" + b.Platform.Short()
}

// File is the archive's name as the publisher has it.
func (b Build) File() string {
	flavour := ""
	if b.FreeThreaded {
		flavour = "freethreaded-"
	}
	return "cpython-" + b.Version + "+" + b.Release + "-" + string(b.Platform) + "-" + flavour + "install_only_stripped.tar.gz"
}

// path is the archive's path below the prefix of all archives, as in a URL.
func (b Build) path() string {
	return b.Release + "/" + strings.ReplaceAll(b.File(), "+", "%2B")
}

var releasePattern = regexp.MustCompile(`^20\d{6}$`)

func (b Build) check() error {
	p, err := wheeltags.ParsePython(b.Version)
	switch {
	case err != nil:
		return err
	case p.Micro < 0 || p.FreeThreaded || p.Debug || p.String() != b.Version:
		return fmt.Errorf("%q is not a complete version", b.Version)
	case !b.Platform.known():
		return fmt.Errorf("%q is not a known platform", b.Platform)
	case !releasePattern.MatchString(b.Release):
		return fmt.Errorf("%q is not the day of a release", b.Release)
	case b.SHA256 == Digest{}:
		return errors.New("no digest")
	}
	return b.Python().Check()
}

// A Catalogue is the archives that can be installed. It is read from a file that
// scripts/runtime-catalogue makes from the publisher's index; its order is
// fixed, so that two can be compared.
type Catalogue struct {
	// AsOf is the day of the newest release in it.
	AsOf time.Time
	// Index is the URL of the publisher's index, Prefix what the URLs of all
	// archives begin with.
	Index, Prefix string
	Builds        []Build
}

// catalogueHead is everything of the file but the builds.
type catalogueHead struct {
	Schema string `json:"schema"`
	AsOf   string `json:"as_of"`
	Index  string `json:"index"`
	Prefix string `json:"prefix"`
}

// Embedded returns the catalogue that comes with the program.
func Embedded() (*Catalogue, error) {
	c, err := ReadCatalogue(bytes.NewReader(embedded))
	if err != nil {
		return nil, fmt.Errorf("the catalogue of this program: %w", err)
	}
	return c, nil
}

// LoadCatalogue returns the newer one of the catalogue that comes with the
// program and the one [Manager.Update] left in the data directory. If that can't
// be read, it returns the program's own and the error.
func LoadCatalogue(dataDir string) (*Catalogue, error) {
	own, err := Embedded()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dataDir, catalogueFile))
	if errors.Is(err, os.ErrNotExist) || dataDir == "" {
		return own, nil
	} else if err != nil {
		return own, err
	}
	defer func() { _ = f.Close() }()
	kept, err := ReadCatalogue(f)
	switch {
	case err != nil:
		return own, fmt.Errorf("%s: %w", f.Name(), err)
	case kept.AsOf.Before(own.AsOf):
		return own, nil
	}
	return kept, nil
}

// ReadCatalogue reads a catalogue's file, every entry checked.
func ReadCatalogue(r io.Reader) (*Catalogue, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxCatalogue+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxCatalogue {
		return nil, fmt.Errorf("more than %d bytes", maxCatalogue)
	}
	var doc struct {
		catalogueHead
		Builds []Build `json:"builds"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	if doc.Schema != catalogueSchema {
		return nil, fmt.Errorf("its schema is %.40q, not %s", doc.Schema, catalogueSchema)
	}
	c := &Catalogue{Index: doc.Index, Prefix: doc.Prefix, Builds: doc.Builds}
	if c.AsOf, err = time.Parse(time.DateOnly, doc.AsOf); err != nil {
		return nil, fmt.Errorf("as_of: %w", err)
	}
	return c, c.check()
}

func (c *Catalogue) check() error {
	for _, raw := range [...]string{c.Index, c.Prefix} {
		if u, err := url.Parse(raw); err != nil || u.Scheme != "https" || u.Host == "" {
			return fmt.Errorf("%q is not an https URL", raw)
		}
	}
	if !strings.HasSuffix(c.Prefix, "/") {
		return fmt.Errorf("%q does not end in a slash", c.Prefix)
	}
	if len(c.Builds) == 0 {
		return errors.New("it has no builds")
	}
	for i, b := range c.Builds {
		if err := b.check(); err != nil {
			return fmt.Errorf("build %d: %w", i, err)
		}
		if i > 0 && compareBuilds(c.Builds[i-1], b) >= 0 {
			return fmt.Errorf("build %d: %s is not in its place", i, b.Name())
		}
	}
	return nil
}

// Write writes the catalogue's file, a line a build.
func (c *Catalogue) Write(w io.Writer) error {
	if err := c.check(); err != nil {
		return err
	}
	head, err := json.MarshalIndent(catalogueHead{catalogueSchema, c.AsOf.Format(time.DateOnly), c.Index, c.Prefix}, "", "  ")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.Write(bytes.TrimSuffix(head, []byte("\n}")))
	b.WriteString(",\n  \"builds\": [")
	for i, build := range c.Builds {
		line, err := json.Marshal(build)
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n    ")
		b.Write(line)
	}
	b.WriteString("\n  ]\n}\n")
	_, err = w.Write(b.Bytes())
	return err
}

// On returns the builds for a platform, newest version first, of each version
// the free-threaded build first.
func (c *Catalogue) On(p Platform) []Build {
	var on []Build
	for _, b := range c.Builds {
		if b.Platform == p {
			on = append(on, b)
		}
	}
	slices.Reverse(on)
	return on
}

// Find returns the newest build that is wanted: of the series, or of one patch
// release if want has it. A pre-release is taken only if it is asked for, or if
// the series has no final release yet. The error is a *NoBuildError.
func (c *Catalogue) Find(want wheeltags.Python, p Platform) (Build, error) {
	var best *Build
	on := c.On(p)
	for i, b := range on {
		final := b.Python().Pre == ""
		if satisfies(b.Python(), want) && (best == nil || final && best.Python().Pre != "") {
			best = &on[i]
		}
	}
	if best == nil {
		return Build{}, &NoBuildError{want, p, c.AsOf, on}
	}
	return *best, nil
}

// A NoBuildError says that the catalogue has no build as wanted.
type NoBuildError struct {
	Want     wheeltags.Python
	Platform Platform
	// AsOf is the day of the catalogue; On are its builds for the platform.
	AsOf time.Time
	On   []Build
}

func (e *NoBuildError) Error() string {
	s := fmt.Sprintf("the catalogue of %s has no CPython %s for %s", e.AsOf.Format(time.DateOnly), e.Want, e.Platform)
	var have []string
	for _, b := range e.On {
		if b.FreeThreaded == e.Want.FreeThreaded {
			have = append(have, b.Python().String())
		}
	}
	if len(have) > 0 {
		const most = 8
		more := ""
		if len(have) > most {
			have, more = have[:most], " …"
		}
		s += "; it has " + strings.Join(have, ", ") + more
	}
	return s
}

// satisfies reports whether an interpreter is what is wanted. The flavour always
// counts: no build with the GIL serves where a free-threaded one is wanted, nor
// the other way around.
func satisfies(p, want wheeltags.Python) bool {
	return p.Major == want.Major && p.Minor == want.Minor &&
		(want.Micro < 0 || p.Micro == want.Micro && p.Pre == want.Pre) &&
		p.FreeThreaded == want.FreeThreaded && p.Debug == want.Debug
}

// compareVersions orders versions, flavours apart: a pre-release comes before
// its release.
func compareVersions(p, q wheeltags.Python) int {
	for _, d := range [...]int{p.Major - q.Major, p.Minor - q.Minor, p.Micro - q.Micro} {
		if d != 0 {
			return d
		}
	}
	return comparePre(p.Pre, q.Pre)
}

func comparePre(p, q string) int {
	switch {
	case p == q:
		return 0
	case p == "":
		return 1
	case q == "":
		return -1
	case strings.TrimRight(p, "0123456789") != strings.TrimRight(q, "0123456789"):
		return strings.Compare(p, q) // a, b, rc
	case len(p) != len(q):
		return len(p) - len(q) // the same word, and a longer number
	}
	return strings.Compare(p, q)
}

// compareBuilds is the order of a catalogue.
func compareBuilds(a, b Build) int {
	if d := compareVersions(a.Python(), b.Python()); d != 0 {
		return d
	}
	if a.FreeThreaded != b.FreeThreaded {
		if b.FreeThreaded {
			return -1
		}
		return 1
	}
	return strings.Compare(string(a.Platform), string(b.Platform))
}
