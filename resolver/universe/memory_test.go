package universe_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/resolver/universe"
)

const shelf = `shows an index in memory
index first
  package a
    status archived gone
    version 1.0
      uploaded 2026-01-01
      requires b
      wheel cp313-cp313-win_amd64 cp313-cp313t-win_amd64
      sdist dynamic
    version 2.0
      requires b
index second
  package a
    version 3.0
  package b
    version 1.0
      metadata unreadable
`

func TestMemory(t *testing.T) {
	ctx := context.Background()
	c, err := universe.Parse("shelf", shelf)
	if err != nil {
		t.Fatal(err)
	}
	m := c.Memory()
	a, err := m.Project(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := m.Project(ctx, "a"); again != a {
		t.Error("the same project is another pointer")
	}
	if len(a.Releases) != 2 || a.Releases[0].Version.String() != "2.0" || a.Status != "archived" {
		t.Errorf("the first index serves a: %+v", a)
	}
	if _, err := m.Project(ctx, "nowhere"); !errors.Is(err, simple.ErrNoProject) {
		t.Errorf("unknown project: %v", err)
	}
	one := &a.Releases[1]
	gil, err := m.Metadata(ctx, a, &one.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	if ft, _ := m.Metadata(ctx, a, &one.Files[1]); ft != gil {
		t.Error("equal metadata is another pointer")
	}
	if two, _ := m.Metadata(ctx, a, &a.Releases[0].Files[0]); two == gil {
		t.Error("other metadata is the same pointer")
	}
	if md, err := m.Metadata(ctx, a, &one.Files[2]); err != nil || md.StaticDependencies() {
		t.Errorf("a dynamic source: %+v, %v", md, err)
	}
	if got := len(m.Reads()); got != 4 {
		t.Errorf("%d reads, want 4", got)
	}
	b, err := m.Project(ctx, "b")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Metadata(ctx, b, &b.Releases[0].Files[0]); !errors.Is(err, simple.ErrNoMetadata) {
		t.Errorf("unreadable metadata: %v", err)
	}
	if _, err := m.Metadata(ctx, b, &one.Files[0]); !errors.Is(err, simple.ErrNoMetadata) {
		t.Errorf("a file of another page: %v", err)
	}
}

func TestMemoryDirect(t *testing.T) {
	ctx := context.Background()
	c, err := universe.Parse("shelf", shelf)
	if err != nil {
		t.Fatal(err)
	}
	m := c.Memory()
	p, err := m.Direct(ctx, universe.Origin+"/second/files/a-3.0-py3-none-any.whl#sha256=00")
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "a" || len(p.Releases) != 1 || len(p.Releases[0].Files) != 1 {
		t.Errorf("direct: %+v", p)
	}
	if _, err := m.Metadata(ctx, p, &p.Releases[0].Files[0]); err != nil {
		t.Error(err)
	}
	for _, u := range []string{"/first/files/a-3.0-py3-none-any.whl", "/third/files/a", "/second/a-3.0-py3-none-any.whl"} {
		if _, err := m.Direct(ctx, universe.Origin+u); !errors.Is(err, simple.ErrNoProject) {
			t.Errorf("%s: %v", u, err)
		}
	}
}

func TestMemoryExcludeNewer(t *testing.T) {
	c, err := universe.Parse("shelf", "option exclude-newer 2026-02-01\n"+shelf)
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.Memory().Project(context.Background(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Releases) != 1 || a.Releases[0].Version.String() != "1.0" {
		t.Errorf("releases %+v", a.Releases)
	}
}
