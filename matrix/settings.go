package matrix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/suggest"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Settings are what the user asks for beside what the project says. The zero value
// asks for nothing.
type Settings struct {
	Tables *Tables // nil for those of the program
	// Line names the release line of cibuildwheel, "" for the newest.
	Line string
	// Pythons are the only ones wanted, nil for all.
	Pythons []wheeltags.Python
	// Platforms are the only ones wanted, as second halves of identifiers; see
	// [ParsePlatforms]. They take the place of archs in [tool.cibuildwheel]. Nil for
	// what the project says.
	Platforms []string
	// Runners are labels to take by platform instead of those of the tables.
	Runners map[string]string
	// Emulate also tests the cells whose processor no runner has.
	Emulate bool
}

// words returns the second halves of all identifiers of the tables, in the order of
// plans.
func (t *Tables) words() []string {
	var words []string
	for _, os := range platforms() {
		for _, l := range t.Lines {
			for _, id := range l.Identifiers[os] {
				if w := platformOf(id).Word; !slices.Contains(words, w) {
					words = append(words, w)
				}
			}
		}
	}
	return words
}

// ParsePlatforms reads platforms as people write them: the second half of an
// identifier (manylinux_x86_64), a pattern of such (musllinux_*, *_aarch64, macos*),
// a name of ftpkg (linux-x86_64, windows-arm64, main). It returns second halves of
// identifiers, each once.
func (t *Tables) ParsePlatforms(words ...string) ([]string, error) {
	known := t.words()
	var all []string
	add := func(w string) {
		if !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	for _, word := range words {
		found := false
		for _, k := range known {
			if Match(word, k) || strings.ContainsAny(word, "*?[") && Match(word, wordName(k)) {
				add(k)
				found = true
			}
		}
		if found {
			continue
		}
		if strings.ContainsAny(word, "*?[{") {
			return nil, fmt.Errorf("no platform matches %q: they are %s", word, strings.Join(known, ", "))
		}
		named, err := wheeltags.Expand(word)
		if err != nil {
			if near, ok := suggest.Closest(word, known); ok {
				return nil, fmt.Errorf("there is no platform %q: did you mean %s?", word, near)
			}
			return nil, err
		}
		for _, p := range named {
			w := wordOf(p)
			if !slices.Contains(known, w) {
				return nil, fmt.Errorf("platform %q: cibuildwheel builds no wheels for it: the platforms are %s", word, strings.Join(known, ", "))
			}
			add(w)
		}
	}
	return all, nil
}

// ParseRunners reads "PLATFORM=LABEL", the platform as ParsePlatforms takes it.
func (t *Tables) ParseRunners(pairs ...string) (map[string]string, error) {
	runners := map[string]string{}
	for _, pair := range pairs {
		platform, label, ok := strings.Cut(pair, "=")
		if !ok || label == "" {
			return nil, fmt.Errorf("%q is not PLATFORM=LABEL, such as manylinux_ppc64le=my-power-runner", pair)
		}
		words, err := t.ParsePlatforms(platform)
		if err != nil {
			return nil, err
		}
		for _, w := range words {
			runners[w] = label
		}
	}
	return runners, nil
}

// wordOf returns the second half of the identifiers of a platform.
func wordOf(p wheeltags.Platform) string {
	switch p.OS() {
	case "linux":
		if p.Libc() == "musl" {
			return "musllinux_" + p.Arch()
		}
		return "manylinux_" + p.Arch()
	case "macos":
		return "macosx_" + p.Arch()
	}
	return p.Tag()
}

// wordName returns ftpkg's own name of the platform of an identifier's second half:
// "macos-arm64"; universal2 has none and is named alike.
func wordName(word string) string {
	p := Platform{Word: word}
	prefix := map[string]string{"linux": "linux", "macos": "macos", "windows": "windows"}[p.OS()]
	if p.Libc() == "musl" {
		prefix = "musllinux"
	}
	arch := strings.ToLower(p.Arch())
	if arch == "amd64" {
		arch = "x86_64"
	}
	return prefix + "-" + arch
}
