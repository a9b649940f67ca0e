package gap

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Random releases are judged as the list of tags that packaging has would judge them:
// what is taken is what the list takes first; what a report says of floors, halves and
// losses agrees with its cells.
func TestCompareRandom(t *testing.T) {
	t.Parallel()
	table := known(t)
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		p := simple.FromFiles("a", randomFiles(r))
		if len(p.Releases) == 0 {
			continue
		}
		release := &p.Releases[r.IntN(len(p.Releases))]
		report := Compare(p, release, Options{Known: table, Now: now()})
		for i := range report.Cells {
			c := &report.Cells[i]
			want := byList(p, release, c.Target())
			got := fmt.Sprintf("%s %s %s", c.Status, c.Version, c.File)
			if got != want {
				t.Errorf("seed %d: %s %s: got %s, want %s", seed, c.Python, c.Platform, got, want)
			}
			if c.Lost && c.Status == vocab.GapSame || (c.Reason == "") != (c.Status == vocab.GapSame) {
				t.Errorf("seed %d: %s %s: %s, lost %t, reason %q", seed, c.Python, c.Platform, c.Status, c.Lost, c.Reason)
			}
			if slices.IndexFunc(report.Cells, func(o Cell) bool { return o.target == c.target }) != i {
				t.Errorf("seed %d: %s %s stands twice", seed, c.Python, c.Platform)
			}
		}
		for _, d := range report.Differences {
			if d.Kind == vocab.HalfFloor && !olderFloor(d.TwinFloor, d.Floor) {
				t.Errorf("seed %d: %s on %s: the floor %s is not above %s", seed, d.Python, d.Platform, d.Floor, d.TwinFloor)
			}
		}
		for _, l := range report.Losses {
			if len(l.Pythons) == 0 || len(l.Platforms) == 0 || (l.Kind == vocab.LossFloor) != (l.Before != "") {
				t.Errorf("seed %d: %+v", seed, l)
			}
		}
	}
}

// randomFiles are the files of some releases.
func randomFiles(r *rand.Rand) []simple.RawFile {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	platform := func() string {
		return pick("manylinux_2_5_x86_64.manylinux1_x86_64", "manylinux_2_28_x86_64", "manylinux2014_x86_64", "musllinux_1_1_x86_64",
			"macosx_10_9_universal2", "macosx_10_15_x86_64", "macosx_14_0_x86_64", "macosx_11_0_arm64", "win_amd64", "linux_x86_64")
	}
	var files []simple.RawFile
	for _, version := range []string{"1.0", "2.0", "2.1rc1", "3.0"} {
		requires := pick("", "", ">=3.13", "<3.15", ">=3.14.1")
		yanked := r.IntN(6) == 0
		add := func(name string) {
			if !slices.ContainsFunc(files, func(f simple.RawFile) bool { return f.Filename == name }) {
				files = append(files, simple.RawFile{Filename: name, URL: name, RequiresPython: requires, Yanked: yanked})
			}
		}
		if r.IntN(2) == 0 {
			add("a-" + version + ".tar.gz")
		}
		if r.IntN(6) == 0 {
			add("a-" + version + "-py3-none-any.whl")
		}
		for range r.IntN(12) {
			minor := 12 + r.IntN(4)
			abi := pick(fmt.Sprintf("cp3%d", minor), fmt.Sprintf("cp3%dt", max(minor, 13)), "abi3")
			python := fmt.Sprintf("cp3%d", minor)
			switch {
			case strings.HasSuffix(abi, "t"):
				python = strings.TrimSuffix(abi, "t")
			case abi == "abi3" && minor == 15:
				abi = pick("abi3", "abi3t", "abi3.abi3t")
			}
			add(fmt.Sprintf("a-%s-%s-%s-%s.whl", version, python, abi, platform()))
		}
	}
	return files
}

// byList is what a target takes, worked out from its list of tags.
func byList(p *simple.Project, release *simple.Release, t wheeltags.Target) string {
	place := map[wheeltags.Tag]int{}
	for i, tag := range t.Tags(wheeltags.PackagingOrder) {
		place[tag] = i
	}
	pg := newPage(p, release)
	take := func(r *simple.Release) (file string) {
		best := len(place)
		for i := range r.Files {
			f := &r.Files[i]
			if f.Kind != simple.Wheel || !pg.live(r, f) || !pg.admits(f, t.Python) {
				continue
			}
			for _, tag := range p.Tags[f.Tags].Tags() {
				if at, ok := place[tag]; ok && at < best {
					best, file = at, f.Filename
				}
			}
		}
		return file
	}
	if f := take(release); f != "" {
		return fmt.Sprintf("same %s %s", release.Version, f)
	}
	for _, pre := range []bool{false, true} {
		for i := range p.Releases { // newest first
			if r := &p.Releases[i]; r.Version.Compare(release.Version) < 0 && r.Version.IsPrerelease() == pre {
				if f := take(r); f != "" {
					return fmt.Sprintf("older %s %s", r.Version, f)
				}
			}
		}
	}
	for i := range p.Releases {
		r := &p.Releases[i]
		if r.Version.Compare(release.Version) > 0 || r != release && r.Version.IsPrerelease() {
			continue
		}
		if f := pg.sdist(r, t.Python); f != nil {
			return fmt.Sprintf("source %s %s", r.Version, f.Filename)
		}
	}
	return "none  "
}
