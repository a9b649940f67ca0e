package tracker_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/matrix/emit/emittest"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/status"
)

var (
	timeSeed = flag.Uint64("timemachine.seed", 1, "the first seed of the histories that uv is asked about")
	timeRuns = flag.Uint64("timemachine.runs", 1, "how many seeds uv is asked about, each some 20 projects on 10 days")
)

// What --as-of says of what 3.13t gets on Linux is what uv installs that day: uv is told
// to leave out what was uploaded later (--exclude-newer) and to build nothing
// (--only-binary :all:). The mapping is:
//
//   - the words native, stable-abi, abi-none and pure stand for a wheel of the row's
//     release, older for one of another: uv chooses that version;
//   - sdist and none mean that there is no wheel: uv finds no solution;
//   - a row is about the newest release that is two days old, which is no business of
//     installers: uv is held against a deriver that does not wait. The one that waits
//     has to say the same unless its row names a newer release.
//
// No Requires-Python of the histories has an upper bound: uv takes no notice of those,
// and the status reads them as pip and the specification do.
//
// The facts are of one look, long after. A store that looked on some of the days on the
// way has to say the same.
func TestTimeMachine(t *testing.T) {
	t.Parallel()
	for seed := range *timeRuns {
		t.Run(fmt.Sprint("seed ", *timeSeed+seed), func(t *testing.T) {
			t.Parallel()
			timeMachine(t, *timeSeed+seed)
		})
	}
}

func timeMachine(t *testing.T, seed uint64) {
	g := newHistorian(seed)
	w := newWorld(t)
	w.now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	w.look(g, w.now)
	watched := newWorld(t)
	for i, date := range g.dates() {
		if i%3 == 1 {
			watched.look(g, date.AddDate(0, 0, 1).Add(-time.Microsecond))
		}
	}
	watched.look(g, w.now)
	uv := newUV(t, w.server.IndexURL(universe.MainIndex))
	patient, hasty := status.DefaultRules(), status.DefaultRules()
	hasty.Settling = 0
	var asked, installable, older, settling int
	for _, date := range g.dates() {
		// As the command line reads --as-of.
		at := date.AddDate(0, 0, 1).Add(-time.Microsecond)
		got, kinds := axis(t, w, status.New(hasty), at)
		waiting, _ := axis(t, w, status.New(patient), at)
		if then, _ := axis(t, watched, status.New(hasty), at); !maps.Equal(then, got) {
			t.Errorf("on %s: what was seen by then says %v, what is seen now %v", date.Format(time.DateOnly), then, got)
		}
		want := uv.ask(t, g.names(), date)
		for _, name := range g.names() {
			asked++
			if want[name] != "" {
				installable++
			}
			if kinds[name].word == "older" {
				older++
			}
			if got[name] != want[name] {
				t.Errorf("%s on %s: as of that day %q (%s of %s), uv takes %q\n%s", name, date.Format(time.DateOnly), got[name], kinds[name].word, kinds[name].release, want[name], g.history(name))
			}
			if kinds[name].newest = waiting[name]; waiting[name] != got[name] {
				settling++
				if !g.fresh(name, at, patient.Settling) {
					t.Errorf("%s on %s: %q with settling, %q without, and no release is fresh", name, date.Format(time.DateOnly), waiting[name], got[name])
				}
			}
		}
	}
	t.Logf("%d comparisons: %d installable, %d of them from an older release; %d told otherwise while a release settles", asked, installable, older, settling)
	// A history in which nothing happens would prove nothing.
	if asked < 200 || installable < asked/4 || installable > asked*9/10 || older < asked/50 {
		t.Errorf("of %d comparisons %d installable, %d older", asked, installable, older)
	}
}

// look has the world look at an index that has what was uploaded by a time.
func (w *world) look(g *historian, at time.Time) {
	w.t.Helper()
	w.now = at
	w.serve(g.text(at))
	w.track(g.names()...)
	if s := w.update(tracker.Options{Jobs: 4}); len(s.Failed) > 0 || s.Files == 0 {
		w.t.Fatalf("%+v", s)
	}
}

type kind struct{ word, release, newest string }

// axis is the version that the install axis says 3.13t gets on Linux, by name; "" is no
// wheel.
func axis(t *testing.T, w *world, d *status.Deriver, at time.Time) (map[string]string, map[string]*kind) {
	t.Helper()
	doc, err := tracker.Document(t.Context(), w.store, d, at)
	if err != nil {
		t.Fatal(err)
	}
	versions, kinds := map[string]string{}, map[string]*kind{}
	for _, p := range doc.Packages {
		versions[p.Name], kinds[p.Name] = "", &kind{release: p.Version}
		for _, c := range p.Cells {
			if c.Python != "3.13t" || c.Platform != "linux-x86_64" {
				continue
			}
			if kinds[p.Name].word = string(c.Install); c.Install != p.Installs[c.Python][c.Platform] {
				t.Errorf("%s: %s in its cell, %s in its table", p.Name, c.Install, p.Installs[c.Python][c.Platform])
			}
			if c.Install.IsWheel() || c.Install == "older" {
				versions[p.Name] = c.Version
			}
		}
	}
	return versions, kinds
}

// A uvTool asks the real uv.
type uvTool struct {
	program, python, index, cache string
}

func newUV(t *testing.T, index string) *uvTool {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	tools := emittest.New(filepath.Join(cache, "ftpkg", "test-tools"), runtimetest.GIL(t))
	return &uvTool{filepath.Join(tools.Python(t), "uv"), runtimetest.FreeThreaded(t), index, t.TempDir()}
}

// ask returns the version that uv takes of each package on a day; "" is none.
func (u *uvTool) ask(t *testing.T, names []string, date time.Time) map[string]string {
	t.Helper()
	versions := map[string]string{}
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(t.Context())
	g.SetLimit(4)
	for _, name := range names {
		g.Go(func() error {
			version, err := u.compile(ctx, name, date)
			mu.Lock()
			defer mu.Unlock()
			versions[name] = version
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	return versions
}

func (u *uvTool) compile(ctx context.Context, name string, date time.Time) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, u.program, "pip", "compile", "-", "--python", u.python, "--python-platform", "x86_64-manylinux_2_28",
		"--exclude-newer", date.Format(time.DateOnly), "--only-binary", ":all:", "--no-deps", "--no-annotate", "--no-header",
		"--default-index", u.index, "--no-config", "--cache-dir", u.cache, "--no-python-downloads", "--color", "never")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + u.cache, "TZ=UTC", "NO_PROXY=*"}
	cmd.Stdin = strings.NewReader(name + "\n")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	said := strings.Join(strings.Fields(stderr.String()), " ")
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 && strings.Contains(said, "No solution found") {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("uv pip compile %s on %s: %w\n%s", name, date.Format(time.DateOnly), err, stderr.Bytes())
	}
	got, version, ok := strings.Cut(strings.TrimSpace(stdout.String()), "==")
	if !ok || got != name {
		return "", fmt.Errorf("uv pip compile %s printed %q", name, stdout.String())
	}
	return version, nil
}

// A historian makes up projects whose histories have the shapes that real ones have.
type historian struct {
	rand     *rand.Rand
	projects []*madeUp
}

type madeUp struct {
	name, shape string
	releases    []madeRelease
}

type madeRelease struct {
	version  string
	requires string // Requires-Python
	yanked   bool
	files    []madeFile
}

type madeFile struct {
	tags   string // "" is the source distribution
	at     time.Time
	yanked bool
}

// A shape says which wheels the n-th release of so many has.
type shape struct {
	name  string
	wheel func(r *rand.Rand, n, of int, v *madeRelease, at time.Time)
}

const (
	linux    = "manylinux_2_17_x86_64.manylinux2014_x86_64"
	linux28  = "manylinux_2_27_x86_64.manylinux_2_28_x86_64"
	mac      = "macosx_11_0_arm64"
	windows  = "win_amd64"
	gilWheel = "cp313-cp313-" + linux
	ftWheel  = "cp313-cp313t-" + linux
)

// days later, at some time of that day: the edges of days are where mistakes would be.
func days(r *rand.Rand, at time.Time, n int) time.Time {
	d := time.Date(at.Year(), at.Month(), at.Day()+n, 0, 0, 0, 0, time.UTC)
	switch r.IntN(5) {
	case 0:
		return d
	case 1:
		return d.Add(24*time.Hour - time.Second)
	}
	return d.Add(time.Duration(r.IntN(86400)) * time.Second)
}

func (v *madeRelease) add(at time.Time, tags ...string) {
	for _, t := range tags {
		v.files = append(v.files, madeFile{tags: t, at: at})
	}
}

func shapes() []shape {
	return []shape{
		{"wheels come later on each platform", func(r *rand.Rand, n, of int, v *madeRelease, at time.Time) {
			v.add(at, gilWheel, "cp313-cp313-"+mac, "")
			if n >= 1 {
				v.add(at, "cp313-cp313t-"+mac)
			}
			if n >= of/2 {
				v.add(at, ftWheel)
			}
			if n == of-1 {
				v.add(at, "cp313-cp313t-"+windows)
			}
		}},
		{"abi3 only", func(_ *rand.Rand, _, _ int, v *madeRelease, at time.Time) { v.add(at, "cp310-abi3-"+linux) }},
		{"abi3, then wheels of its own", func(_ *rand.Rand, n, of int, v *madeRelease, at time.Time) {
			v.add(at, "cp310-abi3-"+linux, "")
			if n > of/2 {
				v.add(at, ftWheel, "cp314-cp314t-"+linux)
			}
		}},
		{"pure", func(_ *rand.Rand, _, _ int, v *madeRelease, at time.Time) { v.add(at, "py3-none-any", "") }},
		{"source only", func(_ *rand.Rand, _, _ int, v *madeRelease, at time.Time) { v.add(at, "") }},
		{"source, then wheels, then source again", func(_ *rand.Rand, n, of int, v *madeRelease, at time.Time) {
			v.add(at, "")
			if n > 0 && n < of-2 {
				v.add(at, ftWheel, gilWheel)
			}
		}},
		{"musl only", func(r *rand.Rand, n, of int, v *madeRelease, at time.Time) {
			v.add(at, "cp313-cp313t-musllinux_1_2_x86_64", gilWheel)
			if n == of/2 {
				v.add(days(r, at, 1+r.IntN(5)), "cp313-cp313t-"+linux28)
			}
		}},
		{"the newest are yanked", func(r *rand.Rand, n, of int, v *madeRelease, at time.Time) {
			v.add(at, ftWheel, gilWheel, "")
			v.yanked = n >= of-2 || r.IntN(4) == 0
		}},
		{"single wheels are yanked", func(r *rand.Rand, _, _ int, v *madeRelease, at time.Time) {
			v.add(at, ftWheel, gilWheel, "")
			v.files[r.IntN(len(v.files))].yanked = true
		}},
		{"release candidates have what finals lack", func(r *rand.Rand, n, of int, v *madeRelease, at time.Time) {
			v.add(at, gilWheel)
			if n%2 == 1 {
				v.version += []string{"rc1", "b2", ".dev3", "a1"}[r.IntN(4)]
				v.add(at, ftWheel)
			} else if n < of/2 {
				v.add(at, "py3-none-any")
			}
		}},
		{"pre-releases only", func(r *rand.Rand, n, _ int, v *madeRelease, at time.Time) {
			v.version += []string{"rc1", "b2", "a1"}[r.IntN(3)]
			if v.add(at, gilWheel); n%3 != 2 {
				v.add(at, ftWheel)
			}
		}},
		{"finals first, then pre-releases", func(_ *rand.Rand, n, of int, v *madeRelease, at time.Time) {
			if n >= of/2 {
				v.version += "rc1"
			}
			v.add(at, ftWheel, "")
		}},
		{"pre-releases first, then finals", func(_ *rand.Rand, n, of int, v *madeRelease, at time.Time) {
			if n < of/2 {
				v.version += "rc1"
			}
			v.add(at, ftWheel, "")
		}},
		{"finals are yanked, pre-releases stay", func(r *rand.Rand, n, _ int, v *madeRelease, at time.Time) {
			v.add(at, ftWheel, "")
			if n%2 == 0 {
				v.version += "rc1"
			} else {
				v.yanked = r.IntN(4) > 0
			}
		}},
		{"newer Pythons only", func(_ *rand.Rand, n, of int, v *madeRelease, at time.Time) {
			v.add(at, ftWheel, "py3-none-any")
			v.requires = []string{">=3.8", ">=3.10", ">=3.13", ">=3.14"}[min(3, 4*n/of)]
		}},
		{"wheels are added to old releases", func(r *rand.Rand, _, _ int, v *madeRelease, at time.Time) {
			v.add(at, gilWheel, "")
			if r.IntN(3) > 0 {
				v.add(days(r, at, 1+r.IntN(90)), ftWheel)
			}
		}},
		{"given up", func(_ *rand.Rand, n, of int, v *madeRelease, at time.Time) {
			v.add(at, gilWheel, "cp314-cp314t-"+linux)
			if n < of-2 {
				v.add(at, ftWheel)
			}
		}},
		{"newer systems only", func(_ *rand.Rand, n, of int, v *madeRelease, at time.Time) {
			floor := []string{linux, linux28, "manylinux_2_34_x86_64", "manylinux_2_39_x86_64"}[min(3, 4*n/of)]
			v.add(at, "cp313-cp313t-"+floor)
		}},
		{"pure beside compiled", func(r *rand.Rand, n, of int, v *madeRelease, at time.Time) {
			v.add(at, gilWheel, "py3-none-any")
			if n > of/2 {
				v.add(days(r, at, r.IntN(4)), ftWheel)
			}
			if r.IntN(3) == 0 {
				v.files = slices.DeleteFunc(v.files, func(f madeFile) bool { return f.tags == "py3-none-any" })
			}
		}},
		{"programs, and other architectures", func(r *rand.Rand, _, _ int, v *madeRelease, at time.Time) {
			v.add(at, "py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64", "py3-none-"+mac)
			if r.IntN(3) > 0 {
				v.add(days(r, at, r.IntN(3)), "py3-none-"+linux)
			}
		}},
		{"uploads that take days, sources first", func(r *rand.Rand, n, _ int, v *madeRelease, at time.Time) {
			v.add(at, "")
			v.add(days(r, at, 1), gilWheel)
			if n > 0 {
				v.add(days(r, at, 2+r.IntN(3)), ftWheel)
			}
		}},
		{"builds, post releases, sets of tags", func(r *rand.Rand, n, _ int, v *madeRelease, at time.Time) {
			switch n % 4 {
			case 0:
				v.add(at, "cp313.cp314-cp313t.cp314t-"+linux)
			case 1:
				v.version += ".post1"
				v.add(at, "1-"+gilWheel, "2-"+gilWheel)
				v.add(days(r, at, 3), "1-"+ftWheel, "2-"+ftWheel)
			case 2:
				v.add(at, "cp315-abi3.abi3t-"+linux, "cp315-cp315t-"+linux)
			case 3:
				v.version = "1!" + v.version
				v.add(at, ftWheel)
			}
		}},
	}
}

func newHistorian(seed uint64) *historian {
	g := &historian{rand: rand.New(rand.NewPCG(seed, 20))}
	for i, s := range shapes() {
		r := g.rand
		p := &madeUp{name: fmt.Sprintf("p%02d", i), shape: s.name}
		of := 4 + r.IntN(6)
		at := time.Date(2024, 6, 1+r.IntN(200), 0, 0, 0, 0, time.UTC)
		major, minor := r.IntN(3), 0
		for n := range of {
			if r.IntN(4) == 0 {
				major, minor = major+1, 0
			} else {
				minor++
			}
			v := madeRelease{version: fmt.Sprintf("%d.%d", major, minor)}
			if r.IntN(3) == 0 {
				v.version += fmt.Sprint(".", 1+r.IntN(9))
			}
			s.wheel(r, n, of, &v, days(r, at, 0))
			p.releases = append(p.releases, v)
			at = at.AddDate(0, 0, 1+r.IntN(150))
			// A release for an older series comes after that of a newer one.
			if n > 0 && r.IntN(6) == 0 {
				p.releases[n].version, p.releases[n-1].version = p.releases[n-1].version, p.releases[n].version
			}
		}
		g.projects = append(g.projects, p)
	}
	return g
}

func (g *historian) names() []string {
	var names []string
	for _, p := range g.projects {
		names = append(names, p.name)
	}
	return names
}

// dates are ten days: of some uploads and those before, and others.
func (g *historian) dates() []time.Time {
	r := rand.New(rand.NewPCG(uint64(len(g.projects)), 10))
	var uploads []time.Time
	for _, p := range g.projects {
		for _, v := range p.releases {
			for _, f := range v.files {
				uploads = append(uploads, time.Date(f.at.Year(), f.at.Month(), f.at.Day(), 0, 0, 0, 0, time.UTC))
			}
		}
	}
	slices.SortFunc(uploads, time.Time.Compare)
	uploads = slices.Compact(uploads)
	var dates []time.Time
	for i := range 10 {
		d := uploads[(2*i+1)*len(uploads)/20]
		dates = append(dates, d.AddDate(0, 0, -(r.IntN(3))%2))
	}
	return dates
}

// fresh reports whether a project has a release that began less than so long before a
// time.
func (g *historian) fresh(name string, at time.Time, settling time.Duration) bool {
	for _, p := range g.projects {
		if p.name != name {
			continue
		}
		for _, v := range p.releases {
			first := slices.MinFunc(v.files, func(a, b madeFile) int { return a.at.Compare(b.at) }).at
			if !first.After(at) && first.Add(settling).After(at) {
				return true
			}
		}
	}
	return false
}

// text is the universe of the projects, with the files that were uploaded by a time.
func (g *historian) text(until time.Time) string {
	var b strings.Builder
	for _, p := range g.projects {
		if text := p.text(until); text != "" {
			fmt.Fprintf(&b, "# %s\npackage %s\n%s", p.shape, p.name, text)
		}
	}
	return b.String()
}

func (g *historian) history(name string) string {
	for _, p := range g.projects {
		if p.name == name {
			return p.shape + "\n" + p.text(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))
		}
	}
	return ""
}

func (p *madeUp) text(until time.Time) string {
	var b strings.Builder
	for _, v := range p.releases {
		files := slices.DeleteFunc(slices.Clone(v.files), func(f madeFile) bool { return f.at.After(until) })
		if len(files) == 0 {
			continue
		}
		fmt.Fprintf(&b, "  version %s\n    requires-python %s\n", v.version, cmp.Or(v.requires, ">=3.9"))
		if v.yanked {
			b.WriteString("    yanked a mistake\n")
		}
		for _, f := range files {
			if f.tags == "" {
				b.WriteString("    sdist\n")
			} else {
				fmt.Fprintf(&b, "    wheel %s\n", f.tags)
			}
			fmt.Fprintf(&b, "      uploaded %s\n", f.at.Format(time.RFC3339))
			if f.yanked {
				b.WriteString("      yanked a mistake\n")
			}
		}
	}
	return b.String()
}
