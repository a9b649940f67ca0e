package matrix

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/internal/suggest"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// A selection is what cibuildwheel makes of a project's options on one platform.
type selection struct {
	project     *Project
	line        *Line
	os          string
	build, skip string
	testSkip    string
	// The places of build, skip, archs and test-skip, for reasons.
	buildAt, skipAt, archsAt, testSkipAt []any

	enabled map[string]bool
	archs   []string // nil for all
	// archsText is the option archs as it stands.
	archsText string
}

// selectOn reads the options for a platform. natives are the architectures that auto
// stands for; if they are nil, archs is not looked at, as with --archs all.
func (p *Project) selectOn(line *Line, os string, natives []string) (*selection, error) {
	c := &p.Cibuildwheel
	s := &selection{project: p, line: line, os: os}
	s.build, s.buildAt = c.option("build", os, "", " ", false)
	if s.build == "" {
		s.build = "*"
	}
	s.skip, s.skipAt = c.option("skip", os, "", " ", false)
	s.testSkip, s.testSkipAt = c.option("test-skip", os, "", " ", false)
	var err error
	if s.enabled, err = c.enabled(line, os); err != nil {
		return nil, err
	}
	if natives == nil {
		return s, nil
	}
	s.archsText, s.archsAt = c.option("archs", os, "", " ", true)
	if s.archsText == "" {
		s.archsText = "auto"
	}
	archs, unknown, ok := parseArchs(s.archsText, os, natives, line)
	if !ok {
		names := append([]string{"auto", "native", "all", "auto64", "auto32"}, line.archsOf(os)...)
		if near, ok := suggest.Closest(unknown, names); ok {
			return nil, c.fault(c.entry(s.archsAt, unknown), "archs: there is no architecture %q: did you mean %q?", unknown, near)
		}
		return nil, c.fault(c.entry(s.archsAt, unknown), "archs: there is no architecture %q: %s has %s", unknown, os, strings.Join(line.archsOf(os), ", "))
	}
	s.archs = append([]string{}, archs...)
	return s, nil
}

// Identifiers returns what cibuildwheel --print-build-identifiers prints for the
// project on a platform (linux, macos or windows). natives are the architectures of
// the machine, which archs = "auto" stands for; nil stands for --archs all.
func (p *Project) Identifiers(line *Line, os string, natives []string) ([]string, error) {
	s, err := p.selectOn(line, os, natives)
	if err != nil {
		return nil, err
	}
	var identifiers []string
	for _, id := range line.Identifiers[os] {
		if cause, _ := s.drops(id); cause == "" {
			identifiers = append(identifiers, id)
		}
	}
	return identifiers, nil
}

// drops says why an identifier is not built; the cause is "" if it is.
func (s *selection) drops(id string) (vocab.DropCause, string) {
	version := pep440.MustParse(pythonVersion(id) + ".99")
	p := s.project
	if p.HasRequiresPython && !p.RequiresPython.Contains(version) {
		return vocab.DropRequiresPython, fmt.Sprintf("requires-python is %q (%s)", p.RequiresPython, p.RequiresPythonAt)
	}
	python, _, _ := strings.Cut(id, "-")
	for group, pythons := range s.line.Groups {
		if slices.Contains(pythons, python) && !s.enabled[group] {
			return vocab.DropEnable, "it takes enable = [\"" + group + "\"]"
		}
	}
	if !Match(s.build, id) {
		return vocab.DropSelector, fmt.Sprintf("build is %q (%s)", s.build, p.Cibuildwheel.at(s.buildAt))
	}
	if Match(s.skip, id) {
		return vocab.DropSelector, fmt.Sprintf("skip is %q (%s)", s.skip, p.Cibuildwheel.at(s.skipAt))
	}
	if s.archs != nil && !slices.Contains(s.archs, platformOf(id).Arch()) {
		if s.archsAt == nil {
			return vocab.DropArch, "archs is \"auto\": what the runners are"
		}
		return vocab.DropArch, fmt.Sprintf("archs is %q (%s)", s.archsText, p.Cibuildwheel.at(s.archsAt))
	}
	return "", ""
}

// skipsTest says why the wheel of an identifier is not tested, "" if it is.
func (s *selection) skipsTest(id string) string {
	if !Match(s.testSkip, id) {
		return ""
	}
	return fmt.Sprintf("test-skip is %q (%s)", s.testSkip, s.project.Cibuildwheel.at(s.testSkipAt))
}

// pythonVersion returns the series of Python that an identifier is for: "3.14" of
// cp314t-win32, "3.11" of pp311-win_amd64.
func pythonVersion(id string) string {
	word, _, _ := strings.Cut(id, "-")
	word, _, _ = strings.Cut(word, "_")
	word = strings.TrimSuffix(word, "t")
	return word[2:3] + "." + word[3:]
}

// platformOf returns the platform of an identifier, without a floor.
func platformOf(id string) Platform {
	_, word, _ := strings.Cut(id, "-")
	return Platform{Word: word}
}

// pythonOf returns the Python of an identifier; ok is false if it is not CPython.
func pythonOf(id string) (p wheeltags.Python, ok bool) {
	word, _, _ := strings.Cut(id, "-")
	digits, ok := strings.CutPrefix(word, "cp3")
	digits, free := strings.CutSuffix(digits, "t")
	minor, err := strconv.Atoi(digits)
	return wheeltags.Python{Major: 3, Minor: minor, Micro: -1, FreeThreaded: free}, ok && err == nil
}

// identifier returns the identifier of a Python on a platform.
func identifier(p wheeltags.Python, word string) string { return p.ABI() + "-" + word }
