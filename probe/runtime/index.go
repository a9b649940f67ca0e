package runtime

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/wheeltags"
)

// The bounds of the publisher's index: 12 MB in March 2026, of which one release
// takes some 50 KB.
const (
	maxIndex     = 128 << 20
	maxIndexLine = 4 << 20
)

// firstSeries is the first minor version that is catalogued: older ones have no
// free-threaded build to compare with.
const firstSeries = 13

// dynamicMusl is the first release whose builds for musl are linked dynamically;
// a static interpreter loads no extension modules.
const dynamicMusl = "20250311"

// An indexLine is one line of the index: everything released under one version.
type indexLine struct {
	Version   string `json:"version"` // "3.14.7+20260814"
	Artifacts []struct {
		Platform string `json:"platform"`
		Variant  string `json:"variant"`
		URL      string `json:"url"`
		Format   string `json:"archive_format"`
		SHA256   string `json:"sha256"`
	} `json:"artifacts"`
}

// ReadIndex makes a catalogue of the publisher's index: lines of JSON, one a
// version and release. It takes the stripped installations for known platforms,
// of series that have a free-threaded build; of each version the last release,
// and pre-releases only as long as there is no final one. An index that is cut
// off, or says two things at once, is an error.
func ReadIndex(r io.Reader) (*Catalogue, error) {
	c := &Catalogue{Index: indexURL, Prefix: archivePrefix}
	last := map[string]Build{} // by version, flavour and platform
	scanner := bufio.NewScanner(io.LimitReader(r, maxIndex+1))
	scanner.Buffer(nil, maxIndexLine)
	size := 0
	for n := 1; scanner.Scan(); n++ {
		line := bytes.TrimSpace(scanner.Bytes())
		size += len(scanner.Bytes()) + 1
		if size > maxIndex {
			return nil, fmt.Errorf("more than %d bytes", maxIndex)
		}
		if len(line) == 0 {
			continue
		}
		builds, err := readLine(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		for _, b := range builds {
			key := b.Python().String() + " " + string(b.Platform)
			if have, ok := last[key]; !ok || have.Release < b.Release {
				last[key] = b
			} else if have.Release == b.Release && have.SHA256 != b.SHA256 {
				return nil, fmt.Errorf("line %d: two digests for %s", n, b.File())
			}
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, err
	}
	for _, b := range last {
		c.Builds = append(c.Builds, b)
	}
	c.Builds = withoutOldPreReleases(c.Builds)
	if len(c.Builds) == 0 {
		return nil, errors.New("no builds in the index")
	}
	slices.SortFunc(c.Builds, compareBuilds)
	newest := slices.MaxFunc(c.Builds, func(a, b Build) int { return strings.Compare(a.Release, b.Release) })
	var err error
	if c.AsOf, err = time.Parse("20060102", newest.Release); err != nil {
		return nil, err
	}
	return c, c.check()
}

// readLine returns the builds of one line that belong in the catalogue.
func readLine(text []byte) ([]Build, error) {
	var line indexLine
	if err := json.Unmarshal(text, &line); err != nil {
		return nil, err
	}
	version, release, ok := strings.Cut(line.Version, "+")
	if !ok || !releasePattern.MatchString(release) {
		return nil, fmt.Errorf("%.40q is not a version and a release", line.Version)
	}
	python, err := wheeltags.ParsePython(version)
	if err != nil || python.Minor < firstSeries {
		return nil, nil //nolint:nilerr // 2.7, 3.7: versions that no wheel is judged for
	}
	var builds []Build
	for _, a := range line.Artifacts {
		// Records of macOS have had the option in the platform's place.
		platform, options := a.Platform, strings.Split(a.Variant, "+")
		for _, o := range [...]string{"freethreaded", "debug"} {
			if cut, ok := strings.CutSuffix(platform, "-"+o); ok {
				platform, options = cut, append([]string{o}, options...)
			}
		}
		b := Build{Version: version, Release: release, Platform: Platform(platform)}
		if len(options) == 2 && options[0] == "freethreaded" {
			b.FreeThreaded, options = true, options[1:]
		}
		switch {
		case len(options) != 1 || options[0] != "install_only_stripped", !b.Platform.known():
			continue
		case strings.HasSuffix(platform, "-musl") && release < dynamicMusl:
			continue
		case !strings.HasPrefix(a.URL, archivePrefix):
			continue // from before the project had its present home
		}
		// The name is a second witness of version, platform and flavour.
		if a.URL != archivePrefix+b.path() || a.Format != "tar.gz" {
			return nil, fmt.Errorf("%s %s (%s) stands at %s", line.Version, a.Platform, a.Variant, a.URL)
		}
		if err := b.SHA256.UnmarshalText([]byte(a.SHA256)); err != nil {
			return nil, fmt.Errorf("%s: %w", b.File(), err)
		}
		if err := b.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", b.File(), err)
		}
		builds = append(builds, b)
	}
	return builds, nil
}

// withoutOldPreReleases keeps of each series its final releases, or if it has
// none, its newest pre-release.
func withoutOldPreReleases(builds []Build) []Build {
	newest := map[int]wheeltags.Python{}
	rank := func(p wheeltags.Python) wheeltags.Python {
		p.FreeThreaded = false
		return p
	}
	for _, b := range builds {
		p := rank(b.Python())
		best, ok := newest[p.Minor]
		switch {
		case !ok, best.Pre != "" && p.Pre == "", (best.Pre == "") == (p.Pre == "") && compareVersions(p, best) > 0:
			newest[p.Minor] = p
		}
	}
	return slices.DeleteFunc(builds, func(b Build) bool {
		p := rank(b.Python())
		return p.Pre != "" && p != newest[p.Minor]
	})
}
