package inputs

import (
	"path/filepath"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// Some build backends read dynamic dependencies from files that stand beside
// the project file and state them plainly; those are read.

// dynamicFiles returns the files that a dynamic field is read from.
func (p *project) dynamicFiles(field string) []tomldoc.Value {
	if !p.isDynamic(field) || field != "dependencies" {
		return nil
	}
	return append(
		fileList(p.root.Get("tool", "setuptools", "dynamic", "dependencies")),
		p.root.Get("tool", "hatch", "metadata", "hooks", "requirements_txt", "files").Items()...)
}

// dynamicExtras returns the files of each dynamic extra.
func (p *project) dynamicExtras() map[string][]tomldoc.Value {
	out := map[string][]tomldoc.Value{}
	if !p.isDynamic("optional-dependencies") {
		return out
	}
	table := p.root.Get("tool", "setuptools", "dynamic", "optional-dependencies")
	for _, key := range table.Keys() {
		out[pep508.NormalizeExtra(key)] = fileList(table.Get(key))
	}
	table = p.root.Get("tool", "hatch", "metadata", "hooks", "requirements_txt", "optional-dependencies")
	for _, key := range table.Keys() {
		out[pep508.NormalizeExtra(key)] = table.Get(key).Items()
	}
	return out
}

// fileList returns the names in {file = "x"} or {file = ["x", "y"]}.
func fileList(v tomldoc.Value) []tomldoc.Value {
	if !v.IsTable() {
		return nil
	}
	if file := v.Get("file"); file.IsStr() {
		return []tomldoc.Value{file}
	}
	return v.Get("file").Items()
}

// dynamicDependencies takes dependencies that the build backend reads from
// files, or notes that they are not known.
func (l *load) dynamicDependencies(p *project, field string, v via) error {
	files := p.dynamicFiles(field)
	if field == "optional-dependencies" {
		files = p.dynamicExtras()[v.extra]
	}
	if err := p.doc.Err(); err != nil {
		return err
	}
	if len(files) == 0 && v.parent != "" {
		return nil // noted at the requirement that leads here
	}
	if len(files) == 0 {
		at := p.root.Get("project", "dynamic")
		l.notJudged(Requirement{Origin: p.origin(at, p.display())}, "dynamic "+field+": computed when the project is built")
		return nil
	}
	for _, f := range files {
		if err := l.dynamicFile(p, f, v); err != nil {
			return err
		}
	}
	return p.doc.Err()
}

// dynamicFile reads a file of requirements, one a line, with comments and
// nothing else.
func (l *load) dynamicFile(p *project, f tomldoc.Value, v via) error {
	shown := filepath.ToSlash(filepath.Join(filepath.Dir(p.file), f.Str()))
	data, err := readFile(filepath.Join(p.dir, f.Str()))
	if err != nil {
		return openError(p.origin(f, f.Str()), shown, err)
	}
	l.noteFile(shown)
	text, err := decode(shown, data)
	if err != nil {
		return err
	}
	for _, line := range logicalLines(text, nil) {
		o := Origin{File: shown, Line: line.number, Text: redact(line.text)}
		if strings.HasPrefix(line.text, "-") {
			l.in.ignore(o, o.Text, "build backends do not read options in such a file")
			continue
		}
		req, err := pep508.Parse(line.text)
		if err == nil {
			req, err = v.under(req)
		}
		if err != nil {
			return &SyntaxError{File: shown, Line: line.number, Text: tomldoc.Clip(o.Text), Msg: reason(err, line.text).Error(), Err: err}
		}
		r := Requirement{Requirement: req, Origin: o, Parent: v.parent}
		if r.URL == "" {
			l.keep(r, false)
			continue
		}
		if err := l.placed(p, f, l.direct(r, p.dir, false)); err != nil {
			return err
		}
	}
	return nil
}
