package inputs

import (
	"path/filepath"
	"regexp"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// script reads the inline metadata of a script (PEP 723).
func (l *load) script(name string) error {
	data, err := l.read(name)
	if err != nil {
		return openError(Origin{}, name, err)
	}
	text, err := decode(name, data)
	if err != nil {
		return err
	}
	meta, line, err := scriptMetadata(name, text)
	if err != nil {
		return err
	}
	if line == 0 {
		return &SyntaxError{File: name, Msg: "the script has no inline metadata (a # /// script block, PEP 723); a requirements file is not called .py"}
	}
	// Blank lines in front keep the line numbers those of the script.
	doc, err := tomldoc.Parse(name, []byte(strings.Repeat("\n", line)+meta))
	if err != nil {
		return err
	}
	path := l.abs(name)
	p := &project{file: name, path: path, dir: filepath.Dir(path), doc: doc, root: doc.Root(), groups: map[string]*group{}}
	p.uv = l.uvSettings(p)
	l.takeUVIndexes(p, p.uv.table)
	l.takeUVOptions(p.uv.table)
	if err := l.takeUVRequirements(p); err != nil {
		return err
	}
	if v := p.root.Get("requires-python"); v.Exists() {
		specs, err := pep440.ParseSpecifiers(v.Str())
		if err != nil {
			v.FailErr(err)
			return doc.Err()
		}
		l.in.RequiresPython = l.in.RequiresPython.And(specs)
	}
	for _, d := range p.root.Get("dependencies").Items() {
		if err := l.projectRequirement(p, d, d.Str(), via{}); err != nil {
			return err
		}
	}
	return doc.Err()
}

// scriptMetadata returns the TOML of a script's block and the line of its first
// comment mark, 0 if there is no block.
func scriptMetadata(file, text string) (meta string, line int, err error) {
	lines := splitLines(text)
	open := regexp.MustCompile(`^# /// ([a-zA-Z0-9-]+)$`)
	for i := 0; i < len(lines); i++ {
		m := open.FindStringSubmatch(strings.TrimRight(lines[i], " \t"))
		if m == nil {
			continue
		}
		// The block ends at the last "# ///" of the comment lines that follow.
		end := -1
		j := i + 1
		for ; j < len(lines) && (lines[j] == "#" || strings.HasPrefix(lines[j], "# ")); j++ {
			if lines[j] == "# ///" {
				end = j
			}
		}
		if end < 0 {
			continue // not a block
		}
		if m[1] != "script" {
			i = end
			continue
		}
		if line > 0 {
			return "", 0, &SyntaxError{File: file, Line: i + 1, Text: lines[i], Msg: "a second script block"}
		}
		var b strings.Builder
		for _, c := range lines[i+1 : end] {
			b.WriteString(strings.TrimPrefix(strings.TrimPrefix(c, "#"), " "))
			b.WriteByte('\n')
		}
		meta, line = b.String(), i+1
		i = end
	}
	return meta, line, nil
}
