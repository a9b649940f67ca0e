package lock

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-golden +got):\n%s", path, diff)
	}
}

// Each lock as the model holds it.
func TestRead(t *testing.T) {
	files, err := filepath.Glob("testdata/locks/*")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d locks: %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			golden(t, name+".txt", dump(readLock(t, name)))
		})
	}
}

func dump(l *Lock) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", l.Kind, l.Version)
	if l.CreatedBy != "" {
		fmt.Fprintf(&b, ", by %s", l.CreatedBy)
	}
	fmt.Fprintf(&b, ", python %q, needs roots: %v\n", l.RequiresPython, l.NeedsRoots())
	fmt.Fprintf(&b, "extras %v, groups %v, by default %v\n", l.Extras, l.Groups, l.DefaultGroups)
	for _, e := range l.Environments {
		fmt.Fprintf(&b, "for %s\n", e)
	}
	for _, c := range l.Conflicts {
		fmt.Fprintf(&b, "conflict %v\n", c)
	}
	for _, r := range l.Roots {
		fmt.Fprintf(&b, "root %s", dumpDep(r.Dep))
		if r.Group != "" {
			fmt.Fprintf(&b, " group %s", r.Group)
		}
		if r.Extra != "" {
			fmt.Fprintf(&b, " extra %s", r.Extra)
		}
		b.WriteByte('\n')
	}
	for _, n := range l.Notes {
		fmt.Fprintf(&b, "note %d: %s: %s\n", n.Line, n.Text, n.Reason)
	}
	for i := range l.Packages {
		dumpPackage(&b, &l.Packages[i])
	}
	return b.String()
}

func dumpPackage(b *strings.Builder, p *Package) {
	fmt.Fprintf(b, "\n%s %s (line %d) %s %s", p.Name, describeVersion(p), p.Line, p.Source.Kind, p.Source.Text)
	if p.Source.Revision != "" {
		fmt.Fprintf(b, " at %s", p.Source.Revision)
	}
	b.WriteByte('\n')
	if p.Marker != nil {
		fmt.Fprintf(b, "  if %s\n", p.Marker)
	}
	if !p.RequiresPython.IsAny() {
		fmt.Fprintf(b, "  python %s\n", p.RequiresPython)
	}
	if p.Optional {
		b.WriteString("  optional\n")
	}
	if len(p.Groups) > 0 {
		fmt.Fprintf(b, "  groups %v\n", p.Groups)
	}
	for _, g := range sortedKeys(p.GroupMarkers) {
		fmt.Fprintf(b, "  in %s if %s\n", g, p.GroupMarkers[g])
	}
	for _, f := range p.Forks {
		fmt.Fprintf(b, "  fork %s\n", f)
	}
	for _, d := range p.Dependencies {
		fmt.Fprintf(b, "  needs %s\n", dumpDep(d))
	}
	for _, e := range sortedKeys(p.ExtraDependencies) {
		for _, d := range p.ExtraDependencies[e] {
			fmt.Fprintf(b, "  [%s] needs %s\n", e, dumpDep(d))
		}
	}
	for _, g := range sortedKeys(p.GroupDependencies) {
		for _, d := range p.GroupDependencies[g] {
			fmt.Fprintf(b, "  {%s} needs %s\n", g, dumpDep(d))
		}
	}
	for _, f := range p.Files {
		fmt.Fprintf(b, "  file %s", f.Filename)
		if f.URL != "" {
			fmt.Fprintf(b, " %s", f.URL)
		}
		for _, h := range f.Hashes {
			fmt.Fprintf(b, " %s:%.8s", h.Algorithm, h.Hex)
		}
		if f.Size > 0 {
			fmt.Fprintf(b, " %d B", f.Size)
		}
		if f.Uploaded > 0 {
			fmt.Fprintf(b, " at %d", f.Uploaded)
		}
		b.WriteByte('\n')
	}
}

func dumpDep(d Dep) string {
	s := d.Name
	if len(d.Extras) > 0 {
		s += "[" + strings.Join(d.Extras, ",") + "]"
	}
	if d.Version.IsValid() {
		s += "==" + d.Version.String()
	}
	s += d.Specifiers.String()
	if d.Source != "" {
		s += " from " + d.Source
	}
	if d.Marker != nil {
		s += " if " + d.Marker.String()
	}
	return s
}
