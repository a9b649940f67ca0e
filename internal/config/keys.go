package config

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A Type is the type of a key's value.
type Type string

// The types.
const (
	String  Type = "string"
	Strings Type = "list of strings"
	Bool    Type = "true or false"
	Date    Type = "date"
	Table   Type = "table"
	Tables  Type = "list of tables"
)

// A Key is one key of a settings file.
type Key struct {
	Name    string
	Type    Type
	Words   []string // if not nil, the only values
	Meaning string
	Default string
	Example string // as it stands in a file
	// Keys are the keys of a table, or of each of its entries; a Required one must
	// be there.
	Keys     []Key
	Required bool

	check func(string) error // of each string
	place bool               // strings are URLs, or paths relative to the file
	// cutoff is for a date up to and including which something holds, and which
	// may be a time; other dates are days.
	cutoff bool
	field  func(*Settings) any
	entry  func(*Accept) any
}

// Keys returns the keys of ftpkg.toml and [tool.ftpkg], in the order docs list
// them.
func Keys() []Key {
	return []Key{
		{
			Name: "python", Type: Strings, Default: "the newest settled CPython, free-threaded and GIL",
			Example: `["3.14t", "3.14"]`,
			Meaning: "Python versions to answer for; t is the free-threaded build",
			check:   func(s string) error { _, err := wheeltags.ParsePython(s); return err },
			field:   func(s *Settings) any { return &s.Python },
		},
		{
			Name: "platform", Type: Strings, Default: `["main"]`, Example: `["linux-x86_64", "manylinux_2_34_aarch64"]`,
			Meaning: "platforms to answer for: names, platform tags with their floor, main or all",
			check:   func(s string) error { _, err := wheeltags.Expand(s); return err },
			field:   func(s *Settings) any { return &s.Platform },
		},
		{
			Name: "like", Type: String, Words: vocab.Likes().Names(), Default: `"uv"`, Example: `"pip"`,
			Meaning: "the installer whose rules are followed where uv and pip differ",
			field:   func(s *Settings) any { return &s.Like },
		},
		{
			Name: "prerelease", Type: String, Words: Prereleases(), Default: `"if-necessary"`, Example: `"allow"`,
			Meaning: "when a pre-release may be chosen",
			field:   func(s *Settings) any { return &s.Prerelease },
		},
		{
			Name: "only-binary", Type: Strings, Default: "[]", Example: `[":all:"]`,
			Meaning: "packages whose source distributions are not considered; :all: is every package, :none: empties the list",
			check:   checkNames,
			field:   func(s *Settings) any { return &s.OnlyBinary },
		},
		{
			Name: "no-binary", Type: Strings, Default: "[]", Example: `["lxml"]`,
			Meaning: "packages whose wheels are not considered; :all: is every package, :none: empties the list",
			check:   checkNames,
			field:   func(s *Settings) any { return &s.NoBinary },
		},
		{
			Name: "align", Type: Bool, Default: "false", Example: "true",
			Meaning: "also look for one version of each package that serves all cells",
			field:   func(s *Settings) any { return &s.Align },
		},
		{
			Name: "trust-metadata", Type: Bool, Default: "false", Example: "true",
			Meaning: "take one wheel's metadata for all wheels of its version, unverified",
			field:   func(s *Settings) any { return &s.TrustMetadata },
		},
		{
			Name: "abi-features", Type: Bool, Default: "false", Example: "true",
			Meaning: "evaluate the marker variable sys_abi_features (PEP 780, draft)",
			field:   func(s *Settings) any { return &s.ABIFeatures },
		},
		{
			Name: "index-url", Type: String, Default: "the public index", Example: `"https://index.example.invalid/simple/"`,
			Meaning: "root of the simple repository API (PEP 503): a URL or a directory",
			place:   true,
			field:   func(s *Settings) any { return &s.IndexURL },
		},
		{
			Name: "extra-index-url", Type: Strings, Default: "[]", Example: `["https://wheels.example.invalid/simple/"]`,
			Meaning: "further indexes, asked before index-url; the first that has a project serves it",
			place:   true,
			field:   func(s *Settings) any { return &s.ExtraIndexURL },
		},
		{
			Name: "find-links", Type: Strings, Default: "[]", Example: `["dist"]`,
			Meaning: "directories or pages of files to choose from as well",
			place:   true,
			field:   func(s *Settings) any { return &s.FindLinks },
		},
		{
			Name: "no-index", Type: Bool, Default: "false", Example: "true",
			Meaning: "use no index, only find-links",
			field:   func(s *Settings) any { return &s.NoIndex },
		},
		{
			Name: "offline", Type: Bool, Default: "false", Example: "true",
			Meaning: "use the cache only",
			field:   func(s *Settings) any { return &s.Offline },
		},
		{
			Name: "exclude-newer", Type: Date, Example: "2026-11-01",
			Meaning: "leave out files uploaded after this day (in UTC), or from this moment on",
			cutoff:  true,
			field:   func(s *Settings) any { return &s.ExcludeNewer },
		},
		{
			Name: "cache-dir", Type: String, Default: "the platform's cache directory", Example: `".cache/ftpkg"`,
			Meaning: "where the cache is",
			place:   true,
			field:   func(s *Settings) any { return &s.CacheDir },
		},
		{
			Name: "data-dir", Type: String, Default: "the platform's directory for a user's data", Example: `".local/ftpkg"`,
			Meaning: "where runtimes are installed",
			place:   true,
			field:   func(s *Settings) any { return &s.DataDir },
		},
		{
			Name: "python-mirror", Type: String, Default: "the publisher of python-build-standalone", Example: `"https://mirror.example.invalid/python"`,
			Meaning: "where archives of CPython are downloaded from: a URL or a directory with a folder for each release, as UV_PYTHON_INSTALL_MIRROR",
			place:   true,
			field:   func(s *Settings) any { return &s.PythonMirror },
		},
		{
			Name: "accept", Type: Tables, Default: "[]",
			Example: `[{ package = "lxml", cells = ["3.14t"], reason = "no wheels yet" }]`,
			Meaning: "blockers that are known and accepted: they are reported, but no longer make the answer a no",
			Keys:    acceptKeys(),
			field:   func(s *Settings) any { return &s.Accept },
		},
		{
			Name: "probe", Type: Table, Default: "{}", Example: `{ scripts = ["stress"] }`,
			Meaning: "settings of ftpkg probe",
			Keys:    probeKeys(),
		},
		{
			Name: "run", Type: Table, Default: "{}", Example: `{ allow = ["yaml._yaml"] }`,
			Meaning: "settings of ftpkg run",
			Keys:    runKeys(),
		},
		{
			Name: "check", Type: Table, Default: "{}", Example: `{ ignore = ["FT602"] }`,
			Meaning: "settings of ftpkg check",
			Keys:    checkKeys(),
		},
		{
			Name: "matrix", Type: Table, Default: "{}", Example: `{ platform = ["main"] }`,
			Meaning: "settings of ftpkg matrix",
			Keys:    matrixKeys(),
		},
		{
			Name: "lint", Type: Table, Default: "{}", Example: `{ ignore = ["FM102"] }`,
			Meaning: "settings of ftpkg matrix lint",
			Keys:    lintKeys(),
		},
		{
			Name: "gap", Type: Table, Default: "{}", Example: `{ accept = [{ cell = "win_arm64", reason = "no runner yet" }] }`,
			Meaning: "settings of ftpkg matrix gap",
			Keys:    gapKeys(),
		},
	}
}

func probeKeys() []Key {
	return []Key{
		{
			Name: "scripts", Type: Strings, Default: "[]", Example: `["stress", "examples/threads.py"]`,
			Meaning: "Python files, or directories of them, that --stress runs by threads beside the package's own examples",
			place:   true,
			field:   func(s *Settings) any { return &s.Probe.Scripts },
		},
	}
}

func runKeys() []Key {
	return []Key{
		{
			Name: "allow", Type: Strings, Default: "[]", Example: `["yaml._yaml", "pandas.*"]`,
			Meaning: "extension modules that may load without having declared that they run without the GIL; pandas.* is everything in the package pandas",
			check:   CheckModule,
			field:   func(s *Settings) any { return &s.Run.Allow },
		},
	}
}

func matrixKeys() []Key {
	return []Key{
		{
			Name: "python", Type: Strings, Default: "what the project allows", Example: `["3.13", "3.14", "3.14t"]`,
			Meaning: "the Pythons of the matrix, t being the free-threaded build",
			check:   func(s string) error { _, err := wheeltags.ParsePython(s); return err },
			field:   func(s *Settings) any { return &s.Matrix.Python },
		},
		{
			Name: "platform", Type: Strings, Default: "archs of [tool.cibuildwheel], or what the runners are", Example: `["manylinux_*", "macos-arm64", "win_amd64"]`,
			Meaning: "the platforms of the matrix: as in cibuildwheel's identifiers, patterns of such, or names",
			field:   func(s *Settings) any { return &s.Matrix.Platform },
		},
		{
			Name: "runners", Type: Strings, Default: "GitHub's own", Example: `["manylinux_ppc64le=my-power-runner"]`,
			Meaning: "labels of the runners to take for platforms",
			field:   func(s *Settings) any { return &s.Matrix.Runners },
		},
		{
			Name: "emulate", Type: Bool, Default: "false", Example: "true",
			Meaning: "test also where no runner has the processor, under emulation",
			field:   func(s *Settings) any { return &s.Matrix.Emulate },
		},
		{
			Name: "cibuildwheel", Type: String, Default: "the newest that is known", Example: `"3.4"`,
			Meaning: "the release line of cibuildwheel that the matrix is for",
			field:   func(s *Settings) any { return &s.Matrix.Cibuildwheel },
		},
	}
}

func lintKeys() []Key {
	return []Key{
		{
			Name: "select", Type: Strings, Default: `["ALL"]`, Example: `["FM11", "FM121"]`,
			Meaning: "the rules that count: codes, or the beginnings of some",
			check:   checkLintRule,
			field:   func(s *Settings) any { return &s.Lint.Select },
		},
		{
			Name: "ignore", Type: Strings, Default: "[]", Example: `["FM102"]`,
			Meaning: "the rules that do not count; of two words that fit a rule, the longer one decides",
			check:   checkLintRule,
			field:   func(s *Settings) any { return &s.Lint.Ignore },
		},
	}
}

func checkKeys() []Key {
	return []Key{
		{
			Name: "select", Type: Strings, Default: `["ALL"]`, Example: `["FT1", "FT401"]`,
			Meaning: "the rules that count: codes, or the beginnings of some",
			check:   checkRule,
			field:   func(s *Settings) any { return &s.Check.Select },
		},
		{
			Name: "ignore", Type: Strings, Default: "[]", Example: `["FT602"]`,
			Meaning: "the rules that do not count; of two words that fit a rule, the longer one decides",
			check:   checkRule,
			field:   func(s *Settings) any { return &s.Check.Ignore },
		},
	}
}

func gapKeys() []Key {
	return []Key{
		{
			Name: "accept", Type: Tables, Default: "[]",
			Example: `[{ cell = "3.15t windows-*", reason = "waits for SDK 3", expires = 2027-03-31 }]`,
			Meaning: "gaps that are known and accepted: they are reported, but no longer make the answer a no",
			Keys:    gapAcceptKeys(),
			field:   func(s *Settings) any { return &s.Gap.Accept },
		},
	}
}

func gapAcceptKeys() []Key {
	keys := []Key{{
		Name: "cell", Type: Strings, Required: true, Example: `"3.14t macos-x86_64"`,
		Meaning: "the cells it is accepted in: a Python, a platform, both with a space between, or an identifier of cibuildwheel; * stands for any text",
		check: func(s string) error {
			if err := checkCell(s); err != nil && !isIdentifierOfBuild(s) {
				return err
			}
			return nil
		},
		entry: func(a *Accept) any { return &a.Cells },
	}}
	for _, k := range acceptKeys() {
		if k.Name == "reason" || k.Name == "expires" {
			keys = append(keys, k)
		}
	}
	return keys
}

// isIdentifierOfBuild reports whether s looks like an identifier of cibuildwheel,
// such as cp314t-macosx_x86_64, or is the platform of one.
func isIdentifierOfBuild(s string) bool {
	python, platform, ok := strings.Cut(s, "-")
	if !ok {
		python, platform = "", s
	}
	if _, err := wheeltags.ParsePython(python); ok && (err != nil || !strings.HasPrefix(python, "cp")) {
		return false
	}
	_, err := wheeltags.ParsePlatform(platform)
	return err == nil || platform == "macosx_universal2"
}

// checkRule checks the form of a rule's code, or of its beginning. Whether there is
// such a rule is for the command to say, so that files outlive versions.
func checkRule(s string) error {
	digits, ok := strings.CutPrefix(s, "FT")
	if s != "ALL" && (!ok || len(digits) > 3 || strings.Trim(digits, "0123456789") != "") {
		return fmt.Errorf("%q is not the code of a rule, such as FT101 or FT1, nor ALL", s)
	}
	return nil
}

// checkLintRule checks the code of a rule of ftpkg matrix lint, or the beginning of some.
func checkLintRule(s string) error {
	digits, ok := strings.CutPrefix(s, "FM")
	if s != "ALL" && (!ok || len(digits) > 3 || strings.Trim(digits, "0123456789") != "") {
		return fmt.Errorf("%q is not the code of a rule, such as FM101 or FM1, nor ALL", s)
	}
	return nil
}

func acceptKeys() []Key {
	return []Key{
		{
			Name: "package", Type: String, Required: true, Example: `"lxml"`,
			Meaning: "the blocked package",
			check:   pep508.CheckName,
			entry:   func(a *Accept) any { return &a.Package },
		},
		{
			Name: "cells", Type: Strings, Default: "every cell", Example: `["3.14t macos-*"]`,
			Meaning: "the cells it is accepted in: a Python, a platform, or both with a space between; * stands for any text",
			check:   checkCell,
			entry:   func(a *Accept) any { return &a.Cells },
		},
		{
			Name: "reason", Type: String, Required: true, Example: `"no wheels yet, see issue 12"`,
			Meaning: "why it is accepted; the answer repeats it",
			check: func(s string) error {
				if strings.TrimSpace(s) == "" {
					return errors.New("a reason is needed")
				}
				return nil
			},
			entry: func(a *Accept) any { return &a.Reason },
		},
		{
			Name: "expires", Type: Date, Default: "never", Example: "2027-03-31",
			Meaning: "the last day it is accepted",
			entry:   func(a *Accept) any { return &a.Expires },
		},
	}
}

// CheckModule checks a word of the key run.allow: the dotted name of a module, or
// "package.*".
func CheckModule(s string) error {
	for i, part := range strings.Split(s, ".") {
		if last := i > 0 && strings.HasSuffix(s, ".*") && strings.Count(s, "*") == 1; last && part == "*" {
			continue
		}
		if !isIdentifier(part) {
			return fmt.Errorf("%q is neither the dotted name of a module nor package.*", s)
		}
	}
	return nil
}

// isIdentifier reports whether a module may be called s. Python allows a few more
// characters of rare scripts; nobody calls a module so.
func isIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r) && !unicode.Is(unicode.M, r)) {
			return false
		}
	}
	return s != ""
}

// Prereleases returns the values of the key prerelease.
func Prereleases() []string { return []string{"if-necessary", "allow", "disallow"} }

func checkNames(s string) error {
	if s == ":all:" || s == ":none:" {
		return nil
	}
	return pep508.CheckName(s)
}

// checkCell checks a pattern of cells. A word without wildcards must be a Python
// or a platform: a pattern that can never match is a mistake.
func checkCell(s string) error {
	words := strings.Fields(s)
	if len(words) == 0 || len(words) > 2 {
		return fmt.Errorf("%q is not a cell: want a Python, a platform, or both", s)
	}
	for i, w := range words {
		if _, err := path.Match(w, ""); err != nil {
			return fmt.Errorf("%q is not a pattern: %w", w, err)
		}
		if strings.ContainsAny(w, `*?[\`) {
			continue
		}
		_, pythonErr := wheeltags.ParsePython(w)
		_, platformErr := wheeltags.ParsePlatform(w)
		isPython, isPlatform := pythonErr == nil, platformErr == nil
		if len(words) == 2 {
			isPython, isPlatform = isPython && i == 0, isPlatform && i == 1
		}
		if !isPython && !isPlatform {
			return fmt.Errorf("%q is not a cell: %q is not the name of a Python or a platform", s, w)
		}
	}
	return nil
}

// ParseCutoff reads the value of exclude-newer: a day, which is left behind with
// its last moment (UTC), or an RFC 3339 time. What is at or after the time
// returned is too new.
func ParseCutoff(s string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.AddDate(0, 0, 1), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a date (YYYY-MM-DD) or an RFC 3339 time", s)
	}
	return t, nil
}
