package check

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// infoFolder finds the dist-info folder among the members; an error says why there is
// not exactly one.
func infoFolder(members []*member) (string, error) {
	found := ""
	for _, m := range members {
		dir, _, ok := strings.Cut(m.path, "/")
		if !ok || !strings.HasSuffix(dir, ".dist-info") || dir == found {
			continue
		}
		if found != "" {
			return "", fmt.Errorf("it has two dist-info folders: %s and %s", found, dir)
		}
		found = dir
	}
	if found == "" {
		return "", errors.New("it has no dist-info folder")
	}
	return found, nil
}

// headers reads the fields of a name, which ignores case, in the header block of a
// text.
func headers(text []byte, name string) []string {
	var values []string
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if key, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(key, name) {
			values = append(values, strings.TrimSpace(value))
		}
	}
	return values
}

// checkMetadata holds METADATA against the file's name.
func checkMetadata(text []byte, name *wheeltags.Filename, found func(rule, message string)) {
	m, err := simple.ParseMetadata(text)
	if err != nil {
		found(ruleMetadata, "it cannot be read: "+trim(err.Error()))
		return
	}
	if pep508.NormalizeName(m.Name) != name.Name {
		found(ruleMetadata, fmt.Sprintf("it is the metadata of %.100q, the file's name is that of %s", m.Name, name.Name))
	}
	v, err := pep440.Parse(m.Version)
	switch {
	case err != nil:
		found(ruleMetadata, fmt.Sprintf("its version %.100q is none of PEP 440", m.Version))
	case v.Compare(name.Version) != 0:
		found(ruleMetadata, fmt.Sprintf("it is the metadata of version %s, the file's name has %s", v, name.Version))
	}
}

// checkTagLines holds the Tag lines of WHEEL against the tags of the file's name.
func checkTagLines(text []byte, name *wheeltags.Filename, found func(rule, message string)) {
	if version := headers(text, "Wheel-Version"); len(version) == 0 || !strings.HasPrefix(version[0], "1.") {
		found(ruleMetadata, "its Wheel-Version is not 1.x; installers refuse it")
	}
	lines := map[string]bool{}
	for _, line := range headers(text, "Tag") {
		set, err := wheeltags.ParseTagSet(line)
		if err != nil {
			found(ruleTagLines, fmt.Sprintf("its line Tag: %.100q is no tag", line))
			continue
		}
		for _, t := range set.Tags() {
			lines[t.String()] = true
		}
	}
	if len(lines) == 0 {
		found(ruleTagLines, "it has no Tag line; it should have: "+listed(tagTexts(&name.Tags)))
		return
	}
	var missing []string
	for _, t := range tagTexts(&name.Tags) {
		if !lines[t] {
			missing = append(missing, t)
		}
		delete(lines, t)
	}
	var extra []string
	for t := range lines {
		extra = append(extra, t)
	}
	slices.Sort(extra)
	switch {
	case len(missing) > 0 && len(extra) > 0:
		found(ruleTagLines, fmt.Sprintf("its Tag lines say %s, the file's name says %s", listed(extra), listed(missing)))
	case len(missing) > 0:
		found(ruleTagLines, "the file's name has tags that no Tag line has: "+listed(missing))
	case len(extra) > 0:
		found(ruleTagLines, "it has Tag lines that the file's name has not: "+listed(extra))
	}
}

func tagTexts(s *wheeltags.TagSet) []string {
	var texts []string
	for _, t := range s.Tags() {
		texts = append(texts, t.String())
	}
	return texts
}

// listed joins words, the first few of many.
func listed(words []string) string {
	const most = 4
	if len(words) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
	}
	return strings.Join(words, ", ")
}
