package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/indextest"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/resolver/universe"
)

// told is what an index says of a file that a resolver goes by.
type told struct {
	Version, Filename, RequiresPython, SHA256 string
	Kind                                      simple.Kind
	Build                                     string
	Yanked                                    bool
	Metadata                                  *simple.Metadata
	Err                                       string
}

// tell asks an index for everything.
func tell(t *testing.T, x resolver.Index, name string) []told {
	t.Helper()
	p, err := x.Project(t.Context(), name)
	if errors.Is(err, simple.ErrNoProject) {
		return []told{{Err: "no project"}}
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []told
	for _, r := range p.Releases {
		for i := range r.Files {
			f := &r.Files[i]
			e := told{
				Version: r.Version.String(), Filename: f.Filename, RequiresPython: p.RequiresPython[f.RequiresPython],
				Kind: f.Kind, Build: fmt.Sprint(f.Build), Yanked: f.Yanked,
			}
			if f.HasSHA256 {
				e.SHA256 = fmt.Sprintf("%x", f.SHA256)
			}
			m, err := x.Metadata(t.Context(), p, f)
			switch {
			case errors.Is(err, simple.ErrNoMetadata):
				e.Err = "no metadata"
			case err != nil:
				t.Fatalf("%s: %v", f.Filename, err)
			default:
				e.Metadata = m
			}
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b told) int { return strings.Compare(a.Filename, b.Filename) })
	return all
}

// Whatever way an index speaks, the client says of it what the universe it was
// made from says.
func TestUniverses(t *testing.T) {
	t.Parallel()
	cases, err := universe.Load(os.DirFS("../../resolver/testdata"), "universe")
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 20 {
		t.Fatalf("only %d universes", len(cases))
	}
	ways := map[string][]indextest.Option{
		"json":          nil,
		"html":          {indextest.Speak(universe.ServeHTML)},
		"plain":         {indextest.Speak(universe.ServePlain)},
		"plain, whole":  {indextest.Speak(universe.ServePlain), indextest.WithRanges(indextest.RangesIgnored)},
		"plain, suffix": {indextest.Speak(universe.ServePlain), indextest.WithRanges(indextest.SuffixRefused)},
		"compressed":    {indextest.WithGzip(), indextest.WithValidator(indextest.LastModified)},
		"closed":        {indextest.WithCredentials("user", "secret"), indextest.WithCacheControl("")},
	}
	for name, options := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				if c.Name == "file-digest-wrong" && strings.HasPrefix(name, "plain") {
					continue // the universe looks into files that the client refuses
				}
				s := indextest.NewServer(c.Universe, options...)
				defer s.Close()
				var indexes []string
				for _, x := range c.Universe.Indexes {
					u := s.IndexURL(x.Name)
					if name == "closed" {
						u = strings.Replace(u, "//", "//user:secret@", 1)
					}
					indexes = append(indexes, u)
				}
				compare(t, c, indexes, c.Options.ExcludeNewer)
				s.Close()
			}
		})
	}
	t.Run("tree", func(t *testing.T) {
		t.Parallel()
		for _, c := range cases {
			dir := t.TempDir()
			if err := indextest.WriteTree(c.Universe, dir); err != nil {
				t.Fatal(err)
			}
			var indexes []string
			for _, x := range c.Universe.Indexes {
				indexes = append(indexes, filepath.Join(dir, x.Name, "simple"))
			}
			compare(t, c, indexes, time.Time{})
		}
	})
}

// compare holds the client against the universe, cold, warm and offline.
func compare(t *testing.T, c *universe.Case, indexes []string, cutoff time.Time) {
	t.Helper()
	want := universe.NewMemory(c.Universe, cutoff)
	dir := t.TempDir()
	for _, offline := range []bool{false, false, true} {
		got := open(t, Options{Indexes: indexes, CacheDir: dir, Offline: offline, ExcludeNewer: cutoff})
		for _, x := range c.Universe.Indexes {
			for _, p := range x.Projects {
				name := pep508.NormalizeName(p.Name)
				if diff := cmp.Diff(tell(t, want, name), tell(t, got, name)); diff != "" {
					t.Errorf("%s: %s, offline %v (-universe +client):\n%s", c.Name, name, offline, diff)
				}
			}
		}
		got.Close()
		if t.Failed() {
			return
		}
	}
}
