package universe

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// Scenario is a case in uv's public scenario format (TOML). Its expectation is
// one for all targets.
type Scenario struct {
	Case
	// Python is the version resolved for, such as "3.12". The flavour may be
	// named too, "3.14t", which uv's own scenarios never do.
	Python string
	// Platform is uv's name of a target platform, "" for the machine's own.
	Platform string
	// RequiresPython is that of the project that resolves, which matters only if
	// Universal.
	RequiresPython string
	// Universal scenarios expect one answer for all platforms.
	Universal bool
	// RequiredEnvironments are markers for which every package of a universal
	// answer must have a wheel.
	RequiredEnvironments []string
	// Resolution is "", "highest", "lowest" or "lowest-direct".
	Resolution string

	// Satisfiable and Packages are what is expected; Packages is empty where
	// only satisfiability is.
	Satisfiable bool
	Packages    map[string]string
	Explanation string
}

// scenarioFile is the format as written.
type scenarioFile struct {
	Name        string `toml:"name"`
	Description string `toml:"description"`
	Root        struct {
		Requires       []string `toml:"requires"`
		RequiresPython *string  `toml:"requires_python"`
	} `toml:"root"`
	Expected struct {
		Satisfiable bool              `toml:"satisfiable"`
		Packages    map[string]string `toml:"packages"`
		Explanation string            `toml:"explanation"`
	} `toml:"expected"`
	Environment struct {
		Python           string   `toml:"python"`
		AdditionalPython []string `toml:"additional_python"`
	} `toml:"environment"`
	ResolverOptions struct {
		Resolution           string   `toml:"resolution"`
		Python               string   `toml:"python"`
		Prereleases          bool     `toml:"prereleases"`
		NoBuild              []string `toml:"no_build"`
		NoBinary             []string `toml:"no_binary"`
		Universal            bool     `toml:"universal"`
		PythonPlatform       string   `toml:"python_platform"`
		RequiredEnvironments []string `toml:"required_environments"`
	} `toml:"resolver_options"`
	Testgen  map[string]any `toml:"testgen"`
	Packages map[string]struct {
		Versions map[string]scenarioVersion `toml:"versions"`
	} `toml:"packages"`
}

type scenarioVersion struct {
	RequiresPython *string             `toml:"requires_python"`
	Requires       []string            `toml:"requires"`
	Extras         map[string][]string `toml:"extras"`
	Sdist          *bool               `toml:"sdist"`
	Wheel          *bool               `toml:"wheel"`
	Yanked         bool                `toml:"yanked"`
	WheelTags      []string            `toml:"wheel_tags"`
}

// scenarioPython is the Requires-Python of everything that says nothing else,
// and the Python of scenarios that do not name one.
const (
	scenarioRequires = ">=3.12"
	scenarioPython   = "3.12"
)

// ParseScenario reads a scenario in uv's format. Keys it does not know are
// errors.
func ParseScenario(name string, text []byte) (*Scenario, error) {
	var f scenarioFile
	md, err := toml.Decode(string(text), &f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if extra := md.Undecoded(); len(extra) > 0 {
		return nil, fmt.Errorf("%s: unknown key %s", name, extra[0])
	}
	s := &Scenario{
		Case:                 Case{Name: name, Shows: strings.Join(strings.Fields(f.Description), " ")},
		Python:               first(f.ResolverOptions.Python, f.Environment.Python, scenarioPython),
		Platform:             f.ResolverOptions.PythonPlatform,
		RequiresPython:       orDefault(f.Root.RequiresPython),
		Universal:            f.ResolverOptions.Universal,
		RequiredEnvironments: f.ResolverOptions.RequiredEnvironments,
		Resolution:           f.ResolverOptions.Resolution,
		Satisfiable:          f.Expected.Satisfiable,
		Packages:             map[string]string{},
		Explanation:          f.Expected.Explanation,
	}
	s.Options = Options{OnlyBinary: f.ResolverOptions.NoBuild, NoBinary: f.ResolverOptions.NoBinary, Serve: ServeJSON}
	if f.ResolverOptions.Prereleases {
		s.Options.Prereleases = resolver.Allow
	}
	for n, v := range f.Expected.Packages {
		s.Packages[pep508.NormalizeName(n)] = v
	}
	for _, r := range f.Root.Requires {
		if _, err := pep508.Parse(r); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		s.Requirements = append(s.Requirements, Root{Text: r})
	}
	index := &Index{Name: MainIndex}
	s.Universe = &Universe{Indexes: []*Index{index}}
	for _, n := range sortedKeys(f.Packages) {
		p := &Project{Name: n}
		index.Projects = append(index.Projects, p)
		for _, v := range sortedKeys(f.Packages[n].Versions) {
			r, err := f.Packages[n].Versions[v].release(n, v)
			if err != nil {
				return nil, fmt.Errorf("%s: %s %s: %w", name, n, v, err)
			}
			p.Releases = append(p.Releases, r)
		}
	}
	return s, nil
}

// release returns the files of a version.
func (v scenarioVersion) release(name, version string) (*Release, error) {
	if _, err := pep440.Parse(version); err != nil {
		return nil, err
	}
	core := Core{MetadataVersion: "2.3", Name: name, Version: version, RequiresPython: orDefault(v.RequiresPython)}
	if _, err := pep440.ParseSpecifiers(core.RequiresPython); err != nil {
		return nil, err
	}
	for _, r := range v.Requires {
		if _, err := pep508.Parse(r); err != nil {
			return nil, err
		}
		core.Requires = append(core.Requires, r)
	}
	for _, e := range sortedKeys(v.Extras) {
		if err := core.addExtra(e); err != nil {
			return nil, err
		}
		for _, r := range v.Extras[e] {
			if err := core.addExtra(e + ": " + r); err != nil {
				return nil, err
			}
		}
	}
	rel := &Release{Version: version}
	add := func(suffix string, kind Kind) {
		rel.Files = append(rel.Files, &File{Name: fileStem(name, version) + suffix, Kind: kind, Core: core, Yanked: v.Yanked})
	}
	if v.Wheel == nil || *v.Wheel {
		tags := v.WheelTags
		if len(tags) == 0 {
			tags = []string{"py3-none-any"}
		}
		for _, t := range tags {
			if strings.Count(t, "-") != 2 || strings.ContainsAny(t, "/ ") {
				return nil, errors.New("not a wheel tag: " + t)
			}
			add("-"+t+".whl", Wheel)
		}
	}
	if v.Sdist == nil || *v.Sdist {
		add(".tar.gz", Sdist)
	}
	return rel, nil
}

// Target returns the target a scenario that is not universal resolves for; home
// is the platform of scenarios that name none.
func (s *Scenario) Target(home wheeltags.Platform) (wheeltags.Target, error) {
	py, err := wheeltags.ParsePython(s.Python)
	if err != nil {
		return wheeltags.Target{}, fmt.Errorf("%s: %w", s.Name, err)
	}
	t := wheeltags.Target{Python: py, Platform: home}
	if s.Platform == "" {
		return t, nil
	}
	name := s.Platform
	if full, ok := map[string]string{
		"linux": "x86_64-unknown-linux-gnu", "macos": "aarch64-apple-darwin", "windows": "x86_64-pc-windows-msvc",
	}[name]; ok {
		name = full
	}
	if t.Platform, err = wheeltags.ParsePlatform(name); err != nil {
		return t, fmt.Errorf("%s: %w", s.Name, err)
	}
	return t, nil
}

func orDefault(s *string) string {
	if s == nil {
		return scenarioRequires
	}
	return *s
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
