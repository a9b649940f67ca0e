package main

import (
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/probe/ready"
	"github.com/ftpkg/ftpkg/resolver/inputs"
	"github.com/ftpkg/ftpkg/resolver/lock"
)

// patch writes the changes of a repair as one of the files they belong in, and as
// what to run where a tool writes the file.
func (x *readiness) patch(ctx context.Context, q *readyQuestion, a *ready.Application) error {
	r := a.Repair
	if r == nil {
		return nil
	}
	in := q.input
	var only []string // packages to change, nil for all
	if q.lock != nil {
		in, only = q.project, append([]string{}, r.Relaxed...)
		r.Commands = relock(q.lock.Kind, r.Changes)
	}
	if in == nil {
		return nil
	}
	p := &patcher{env: x.env, in: in, files: map[string]*patchedFile{}}
	for _, c := range r.Changes {
		if c.To == "" || c.From == "" || only != nil && !slices.Contains(only, c.Package) {
			continue
		}
		var hashes []string
		if page, err := x.idx.Project(ctx, c.Package); err == nil {
			for _, rel := range page.Releases {
				if rel.Version.String() != c.To {
					continue
				}
				for _, f := range rel.Files {
					if f.HasSHA256 {
						hashes = append(hashes, "sha256:"+hex.EncodeToString(f.SHA256[:]))
					}
				}
			}
		}
		slices.Sort(hashes)
		p.pin(c, chainOf(a, c.Package), hashes)
	}
	r.Patch = p.diff()
	return ctx.Err()
}

// chainOf is the chain of the finding about a package, nil if there is none.
func chainOf(a *ready.Application, name string) []string {
	for i := range a.Findings {
		if a.Findings[i].Package == name {
			return a.Findings[i].Chain
		}
	}
	return nil
}

// relock are the commands that make a tool lock these versions.
func relock(kind lock.Kind, changes []ready.Change) []string {
	var pins []string
	for _, c := range changes {
		if c.From != "" && c.To != "" {
			pins = append(pins, c.Package+"=="+c.To)
		}
	}
	if len(pins) == 0 {
		return nil
	}
	switch kind {
	case lock.KindUV:
		return []string{"uv lock --upgrade-package " + strings.Join(pins, " --upgrade-package ")}
	case lock.KindPoetry:
		return []string{"poetry add " + strings.Join(pins, " ")}
	case lock.KindPDM:
		return []string{"pdm add " + strings.Join(pins, " ")}
	case lock.KindEnvironment:
		return []string{"python -m pip install " + strings.Join(pins, " ")}
	case lock.KindPylock:
	}
	return nil
}

// A patcher edits the files that requirements stand in.
type patcher struct {
	env   Env
	in    *inputs.Input
	files map[string]*patchedFile
	order []string
}

// A patchedFile is a file and what is to change in it.
type patchedFile struct {
	text  string
	lines []string       // with their ends
	now   map[int]string // what stands in the place of a line, maybe several or none
	added []string       // lines for the end
}

// line is a line as it is by now.
func (f *patchedFile) line(i int) string {
	if text, ok := f.now[i]; ok {
		return text
	}
	return f.lines[i]
}

// file reads a file once, nil if it cannot be.
func (p *patcher) file(name string) *patchedFile {
	f, ok := p.files[name]
	if !ok {
		data, err := os.ReadFile(p.env.path(name))
		if err == nil && name != "" && name != "-" {
			f = &patchedFile{text: string(data), lines: splitAfterLines(string(data)), now: map[int]string{}}
			p.order = append(p.order, name)
		}
		p.files[name] = f
	}
	return f
}

// pin gives a package its version wherever it is required, or, where nobody asks
// for it directly, beside the requirement that brings it.
func (p *patcher) pin(c ready.Change, chain, hashes []string) {
	found := false
	for i := range p.in.Requirements {
		r := &p.in.Requirements[i]
		if r.Name != c.Package || r.URL != "" {
			continue
		}
		found = true
		if f := p.file(r.Origin.File); f != nil {
			f.replace(r, c.To, hashes)
		}
	}
	if found {
		return
	}
	for i := range p.in.Requirements {
		r := &p.in.Requirements[i]
		f := p.file(r.Origin.File)
		if f == nil || len(chain) > 0 && r.Name != chain[0] {
			continue
		}
		f.beside(r, c.Package+"=="+c.To, hashes)
		return
	}
}

// isTOML reports whether a requirement stands in a TOML file.
func isTOML(r *inputs.Requirement) bool { return filepath.Ext(r.Origin.File) == ".toml" }

// replace pins the requirement where it stands.
func (f *patchedFile) replace(r *inputs.Requirement, version string, hashes []string) {
	at := r.Origin.Line - 1
	if at < 0 || at >= len(f.lines) {
		return
	}
	if isTOML(r) {
		if i, quoted := f.quoted(at, r.Origin.Text); i >= 0 {
			now := quoted[:1] + pinned(r.Origin.Text, version) + quoted[:1]
			f.now[i] = strings.Replace(f.line(i), quoted, now, 1)
		}
		return
	}
	line, end := strings.TrimRight(f.lines[at], "\r\n"), f.end(at)
	if len(r.Hashes) == 0 {
		f.now[at] = pinned(line, version) + end
		return
	}
	head, _, _ := strings.Cut(pinned(line, version), " --hash")
	f.now[at] = hashed(strings.TrimRight(head, `\ `), hashes, end)
	for strings.HasSuffix(strings.TrimRight(f.lines[at], "\r\n"), `\`) && at+1 < len(f.lines) {
		at++
		f.now[at] = "" // the digests of the other version
	}
}

// beside adds a requirement next to another one, or at the end of a file that has
// one in each line.
func (f *patchedFile) beside(r *inputs.Requirement, text string, hashes []string) {
	if !isTOML(r) {
		if len(r.Hashes) > 0 {
			text = hashed(text, hashes, f.end(0))
		} else {
			text += f.end(0)
		}
		f.added = append(f.added, splitAfterLines(text)...)
		return
	}
	at := r.Origin.Line - 1
	if at < 0 || at >= len(f.lines) {
		return
	}
	i, quoted := f.quoted(at, r.Origin.Text)
	if i < 0 {
		return
	}
	now := quoted[:1] + text + quoted[:1]
	line := f.line(i)
	if body := strings.TrimSpace(line); body == quoted+"," || body == quoted {
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		f.now[i] = indent + quoted + "," + f.end(i) + indent + now + "," + f.end(i)
		return
	}
	f.now[i] = strings.Replace(line, quoted, quoted+", "+now, 1)
}

// quoted finds a text as a string of TOML on or after a line, and returns the line
// and the text in its quotes; -1 if it is not there.
func (f *patchedFile) quoted(at int, text string) (int, string) {
	const reach = 3 // lines that a value may stand below its key
	for i := at; i < min(at+reach, len(f.lines)); i++ {
		for _, quote := range []string{`"`, `'`} {
			if q := quote + text + quote; strings.Contains(f.line(i), q) {
				return i, q
			}
		}
	}
	return -1, ""
}

// end is how a line ends, "\n" for the last one if it doesn't.
func (f *patchedFile) end(at int) string {
	if at < len(f.lines) && strings.HasSuffix(f.lines[at], "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// pinned gives a requirement another version; what stands before and behind stays:
// extras, marker, comment, options.
func pinned(text, version string) string {
	end := len(text)
	for _, stop := range []string{";", " #", "\t#", " --", `\`} {
		if i := strings.Index(text, stop); i >= 0 {
			end = min(end, i)
		}
	}
	head := text[:end]
	name := strings.IndexAny(head, "=<>!~( ")
	lead := len(head) - len(strings.TrimLeft(head, " \t"))
	if i := strings.IndexAny(head[lead:], "=<>!~( \t"); i >= 0 {
		name = lead + i
	}
	if open, closed := strings.IndexByte(head, '['), strings.IndexByte(head, ']'); open >= 0 && closed > open {
		name = closed + 1
	}
	if name < 0 {
		name = len(head)
	}
	space := ""
	if trimmed := strings.TrimRight(head, " \t"); len(trimmed) < len(head) {
		space = head[len(trimmed):]
	}
	return head[:name] + "==" + version + space + text[end:]
}

// hashed writes a requirement with the digests of its files, one a line.
func hashed(head string, hashes []string, end string) string {
	var b strings.Builder
	b.WriteString(head)
	for _, h := range hashes {
		b.WriteString(` \` + end + "    --hash=" + h)
	}
	return b.String() + end
}

// diff is all edits as one patch.
func (p *patcher) diff() string {
	var b strings.Builder
	for _, name := range p.order {
		f := p.files[name]
		last := len(f.lines) - 1
		if len(f.added) > 0 && last >= 0 && !strings.HasSuffix(f.line(last), "\n") {
			f.now[last] = f.line(last) + f.end(0) // which is no last line any more
		}
		var edits []lineEdit
		for i := range f.lines {
			if text, ok := f.now[i]; ok && text != f.lines[i] {
				edits = append(edits, lineEdit{i, i + 1, splitAfterLines(text)})
			}
		}
		if len(f.added) > 0 {
			edits = append(edits, lineEdit{len(f.lines), len(f.lines), f.added})
		}
		b.WriteString(unifiedDiff(name, f.text, edits))
	}
	return b.String()
}
