package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// releaseFile holds the release in a source distribution, where there is no git.
const releaseFile = "packaging/release.json"

// A release is what files and programs say of the commit they are made of.
type release struct {
	Version string    `json:"version"` // as PEP 440 writes it
	Stamp   string    `json:"stamp"`   // what ftpkg version prints: the tag, if it is one's
	Commit  string    `json:"commit"`
	Date    time.Time `json:"date"` // of the commit, in UTC

	root string // the module it was read from
}

// readRelease asks the source distribution's file, else git.
func readRelease(ctx context.Context, root string) (*release, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(releaseFile)))
	if err == nil {
		r := &release{root: root}
		if err := json.Unmarshal(text, r); err != nil {
			return nil, fmt.Errorf("%s: %w", releaseFile, err)
		}
		return r, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	git := func(args ...string) (string, error) { return output(ctx, root, "git", args...) }
	said, err := git("log", "-1", "--format=%H %ct")
	if err != nil {
		return nil, err
	}
	commit, seconds, _ := strings.Cut(said, " ")
	when, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("git log: %q: %w", said, err)
	}
	changed, err := git("status", "--porcelain", "--untracked-files=no")
	if err != nil {
		return nil, err
	}
	described, err := git("describe", "--tags", "--long", "--abbrev=12", "--match", "v[0-9]*")
	if err != nil { // there is no such tag
		count, err := git("rev-list", "--count", "HEAD")
		if err != nil {
			return nil, err
		}
		described = "v0.0.0-" + count + "-g" + commit[:min(12, len(commit))]
	}
	version, tagged, err := pep440Version(described, changed != "")
	if err != nil {
		return nil, err
	}
	r := &release{Version: version, Stamp: version, Commit: commit, Date: time.Unix(when, 0).UTC(), root: root}
	if tagged {
		r.Stamp = described[:strings.LastIndex(described, "-0-g")]
	}
	return r, nil
}

// long is what git describe --long prints: a tag of semantic versioning, the number of
// commits since, and the commit.
var long = regexp.MustCompile(`^v(\d+)\.(\d+)\.(\d+)(?:-(alpha|beta|rc)\.?(\d+))?-(\d+)-g([0-9a-f]+)$`)

// pep440Version turns what git describe --long prints into a version. Between tags it
// is a development release of the next one, with the commit behind it, which no index
// takes for a release by mistake. tagged says that the commit has the tag itself and
// nothing is changed.
func pep440Version(described string, changed bool) (version string, tagged bool, err error) {
	m := long.FindStringSubmatch(described)
	if m == nil {
		return "", false, fmt.Errorf("%s: the tag is not like v1.2.3 or v1.2.3-rc.1", described)
	}
	before, word, number, since := m[1]+"."+m[2]+".", m[4], m[5], m[6]
	tagged = since == "0" && !changed
	next := func(s string) (string, error) {
		if tagged {
			return s, nil
		}
		n, err := strconv.Atoi(s)
		return strconv.Itoa(n + 1), err
	}
	if word == "" {
		var last string
		last, err = next(m[3])
		version = before + last
	} else {
		number, err = next(number)
		version = before + m[3] + map[string]string{"alpha": "a", "beta": "b", "rc": "rc"}[word] + number
	}
	if err != nil {
		return "", false, fmt.Errorf("%s: %w", described, err)
	}
	if !tagged {
		version += ".dev" + since + "+g" + m[7]
		if changed {
			version += ".changed"
		}
	}
	v, err := pep440.Parse(version)
	if err != nil {
		return "", false, err
	}
	return v.String(), tagged, nil
}

// epoch is the time of all files in archives: SOURCE_DATE_EPOCH, if it is set, else
// that of the commit.
func (r *release) epoch() (time.Time, error) {
	s := os.Getenv("SOURCE_DATE_EPOCH")
	if s == "" {
		return r.Date, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(n, 0).UTC(), nil
}

// folder is a name of files and directories of the version.
func (r *release) folder(suffix string) string { return "ftpkg-" + r.Version + suffix }
