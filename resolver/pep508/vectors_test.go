package pep508_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// vectors are answers of packaging; see testdata/README.md.
type vectors struct {
	Environments []environment        `json:"environments"`
	Markers      [][3]*string         `json:"markers"`
	Requirements [][2]json.RawMessage `json:"requirements"`
}

type environment struct {
	OSName                       string   `json:"os_name"`
	SysPlatform                  string   `json:"sys_platform"`
	PlatformMachine              string   `json:"platform_machine"`
	PlatformPythonImplementation string   `json:"platform_python_implementation"`
	PlatformRelease              string   `json:"platform_release"`
	PlatformSystem               string   `json:"platform_system"`
	PlatformVersion              string   `json:"platform_version"`
	PythonVersion                string   `json:"python_version"`
	PythonFullVersion            string   `json:"python_full_version"`
	ImplementationName           string   `json:"implementation_name"`
	ImplementationVersion        string   `json:"implementation_version"`
	Extra                        string   `json:"extra"`
	Extras                       []string `json:"extras"`
	Groups                       []string `json:"dependency_groups"`
}

func (e environment) environment() *pep508.Environment {
	return &pep508.Environment{
		OSName: e.OSName, SysPlatform: e.SysPlatform, PlatformMachine: e.PlatformMachine,
		PlatformPythonImplementation: e.PlatformPythonImplementation,
		PlatformRelease:              e.PlatformRelease, PlatformSystem: e.PlatformSystem,
		PlatformVersion: e.PlatformVersion, PythonVersion: e.PythonVersion, PythonFullVersion: e.PythonFullVersion,
		ImplementationName: e.ImplementationName, ImplementationVersion: e.ImplementationVersion,
		Extras: e.Extras, Groups: e.Groups,
	}
}

func readVectors(t *testing.T, name string) *vectors {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	var v vectors
	if err := json.NewDecoder(r).Decode(&v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(v.Environments) < 14 || len(v.Markers) < 1000 || len(v.Requirements) < 1000 {
		t.Fatalf("%s: only %d environments, %d markers, %d requirements", name, len(v.Environments), len(v.Markers), len(v.Requirements))
	}
	return &v
}

// TestVectors holds the package to packaging's recorded answers and, if the
// environment names a file of fresh ones, to those too.
func TestVectors(t *testing.T) {
	files := []string{"testdata/pep508_vectors.json.gz"}
	if fresh := os.Getenv("FTPKG_PEP508_VECTORS"); fresh != "" {
		files = append(files, strings.Split(fresh, string(os.PathListSeparator))...)
	}
	for _, name := range files {
		t.Run(name, func(t *testing.T) {
			v := readVectors(t, name)
			t.Run("markers", v.testMarkers)
			t.Run("requirements", v.testRequirements)
			t.Logf("%d markers in %d environments, %d requirements", len(v.Markers), len(v.Environments), len(v.Requirements))
		})
	}
}

func (v *vectors) testMarkers(t *testing.T) {
	envs := make([]*pep508.Environment, len(v.Environments))
	for i := range envs {
		envs[i] = v.Environments[i].environment()
	}
	answers := func(m *pep508.Marker) string {
		var b strings.Builder
		for i, env := range envs {
			switch {
			case m.Check(env) != nil:
				b.WriteByte('e')
			case m.Eval(env, v.Environments[i].Extra):
				b.WriteByte('t')
			default:
				b.WriteByte('f')
			}
		}
		return b.String()
	}
	for _, c := range v.Markers {
		text, normal, want := *c[0], c[1], c[2]
		m, err := pep508.ParseMarker(text)
		if want == nil {
			if err == nil {
				t.Errorf("ParseMarker(%q) = %v, want it refused", text, m)
			}
			continue
		}
		if err != nil {
			t.Errorf("ParseMarker(%q): %v", text, err)
			continue
		}
		if normal != nil && m.String() != *normal {
			t.Errorf("ParseMarker(%q) = %s, want %s", text, m, *normal)
		}
		if got := answers(m); got != *want {
			t.Errorf("%q:\ngot  %s\nwant %s", text, got, *want)
		}
		again, err := pep508.ParseMarker(m.String())
		if err != nil {
			t.Errorf("%q prints as %q: %v", text, m, err)
		} else if got := answers(again); got != *want {
			t.Errorf("%q, printed as %q:\ngot  %s\nwant %s", text, m, got, *want)
		}
	}
}

func (v *vectors) testRequirements(t *testing.T) {
	for _, c := range v.Requirements {
		var text string
		var want *struct {
			Name       string
			Extras     []string
			URL        string
			Specifiers []string
			Marker     *string
		}
		decode(t, c[0], &text)
		decode(t, c[1], &want)
		r, err := pep508.Parse(text)
		if want == nil {
			if err == nil {
				t.Errorf("Parse(%q) = %v, want it refused", text, r)
			}
			continue
		}
		if err != nil {
			t.Errorf("Parse(%q): %v", text, err)
			continue
		}
		var specifiers []string
		for _, c := range r.Specifiers.Clauses() {
			specifiers = append(specifiers, c.String())
		}
		slices.Sort(specifiers)
		if r.Display != want.Name || r.Name != pep508.NormalizeName(want.Name) || r.URL != want.URL ||
			!slices.Equal(r.Extras, want.Extras) || !slices.Equal(specifiers, want.Specifiers) {
			t.Errorf("Parse(%q) = %q %q %q %q, want %+v", text, r.Display, r.Extras, r.URL, specifiers, *want)
		}
		switch {
		case want.Marker == nil && r.Marker == nil:
			t.Errorf("Parse(%q) has no marker", text)
		case want.Marker != nil && r.Marker.String() != *want.Marker:
			t.Errorf("Parse(%q) has marker %s, want %s", text, r.Marker, *want.Marker)
		}
		if again, err := pep508.Parse(r.String()); err != nil || again.String() != r.String() {
			t.Errorf("%q prints as %q, which reads as %v, %v", text, r, again, err)
		}
	}
}

func decode(t *testing.T, raw json.RawMessage, to any) {
	t.Helper()
	if err := json.Unmarshal(raw, to); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
}
