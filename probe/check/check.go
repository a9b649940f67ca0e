package check

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/extmod"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// Wheel checks one wheel, size bytes long, by itself. Of name, which is how findings
// call it, the last part is the file's name. Findings are sorted by member. The error
// is that of r or the context; whatever is wrong with the wheel is a finding.
func Wheel(ctx context.Context, r io.ReaderAt, size int64, name string) ([]Finding, error) {
	w, err := examine(ctx, r, size, name, new(sync.Mutex))
	if err != nil {
		return nil, err
	}
	return w.findings, nil
}

// A wheel is what was read of one file, and what was found in it.
type wheel struct {
	label    string // as findings name it
	findings []Finding

	name  wheeltags.Filename
	named bool // whether the file's name is that of a wheel
	tags  tags

	info        string   // the dist-info folder
	classifiers []string // of METADATA
	modules     []*module
	libraries   []*library

	turn *sync.Mutex // held while something large is in memory
}

// A module is an extension module: a file that by its name and its contents is one.
type module struct {
	*extmod.File

	path   string // in the archive
	name   string // dotted
	test   bool   // in a package of tests
	suffix suffix
	faulty bool // some rule of its family was broken, so that further ones would follow from it
}

// A library is a file that modules may be linked with.
type library struct {
	*extmod.File

	path string
}

func (w *wheel) found(member, rule, message string) {
	w.findings = append(w.findings, Finding{w.label, member, rule, severityOf(rule), sentence(message)})
}

// less is found for what matters less than the rule's findings do.
func (w *wheel) less(member, rule string, severity vocab.Severity, message string) {
	w.findings = append(w.findings, Finding{w.label, member, rule, severity, sentence(message)})
}

// large is the size in bytes above which members are looked into one at a time,
// however many wheels are checked at once.
const large = 64 << 20

// examine reads a wheel and checks what one wheel alone can show.
func examine(ctx context.Context, r io.ReaderAt, size int64, label string, turn *sync.Mutex) (*wheel, error) {
	w := &wheel{label: label, turn: turn}
	src := &source{r: r}
	base := path.Base(strings.ReplaceAll(label, `\`, "/"))
	name, err := wheeltags.ParseFilename(base)
	if err != nil {
		msg := err.Error()
		if e, ok := errors.AsType[*wheeltags.FilenameError](err); ok {
			msg = "its name is not that of a wheel: " + e.Msg
		}
		w.found("", ruleImpossible, trim(msg))
	} else {
		w.name, w.named, w.tags = name, true, splitTags(&name.Tags)
	}
	judged := w.checkName()
	members, refused, ok := archive(src, size, w.found)
	if ok {
		if err := w.read(ctx, members, refused); err != nil {
			return nil, err
		}
		if judged {
			w.checkModules()
		}
	}
	if src.err != nil {
		return nil, fmt.Errorf("%s: %w", label, src.err)
	}
	sortFindings(w.findings)
	return w, nil
}

// A source passes reads on and keeps the first error that is not the end, so that a
// failure to get bytes can be told from a fault in them.
type source struct {
	r   io.ReaderAt
	err error
}

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.r.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) && s.err == nil {
		s.err = err
	}
	return n, err
}

// checkName judges the tags by themselves; false means that nothing can be held
// against them.
func (w *wheel) checkName() bool {
	if !w.named {
		return false
	}
	reason, bad := w.name.Tags.Mislabelled()
	if !bad {
		return w.tags.ofCPython()
	}
	rule := ruleImpossible
	switch {
	case slices.ContainsFunc(w.tags.pythons, func(p pythonTag) bool {
		version, ok := strings.CutSuffix(p.text, "t")
		return ok && parsePythonTag(version).minor >= 0
	}):
		rule = rulePythonT
	case w.tags.hasABI(func(a *abiTag) bool { return a.kind == abi3T }) && w.tags.oldest() >= 0 && w.tags.oldest() < 15:
		rule = ruleTooEarly
	}
	w.found("", rule, reason)
	return false
}

// read reads all members: the dist-info folder, the modules, and the rest for its
// digests.
func (w *wheel) read(ctx context.Context, members []*member, refused map[string]bool) error {
	byPath := make(map[string]*member, len(members))
	for _, m := range members {
		byPath[m.path] = m
	}
	info, infoErr := infoFolder(members)
	if infoErr != nil {
		w.found("", ruleMetadata, infoErr.Error())
	}
	w.info = info
	var rows []row
	recorded := false
	algorithms := map[string][]string{}
	if m := byPath[info+"/RECORD"]; infoErr == nil && m != nil {
		text, err := m.read(ctx, nil, maxRecord)
		if err != nil {
			return err
		}
		switch rows, err = parseRecord(text); {
		case m.unread != nil: // said below
		case text == nil && m.size > 0:
			w.found(m.path, ruleRecord, fmt.Sprintf("it has more than %d MiB and was not read", maxRecord>>20))
		case err != nil:
			w.found(m.path, ruleRecord, "it is no table of comma-separated values: "+trim(err.Error()))
		default:
			recorded = true
		}
		for i := range rows {
			algorithms[rows[i].path] = append(algorithms[rows[i].path], rows[i].algorithm)
		}
	} else if infoErr == nil && !refused[info+"/RECORD"] {
		w.found("", ruleRecord, "it has no RECORD")
	}
	for _, m := range members {
		if err := w.readMember(ctx, m, algorithms[m.path]); err != nil {
			return err
		}
		if m.unread != nil {
			w.found(m.path, ruleArchive, "it cannot be unpacked: "+unpackError(m.unread))
		}
	}
	if infoErr == nil {
		w.checkInfo(byPath, refused)
	}
	if recorded {
		checkRecord(rows, info, members, refused, w.found)
	}
	return nil
}

// unpackError says why a member could not be read.
func unpackError(err error) string {
	switch {
	case errors.Is(err, zip.ErrChecksum):
		return "its contents do not match their checksum"
	case errors.Is(err, zip.ErrFormat), errors.Is(err, io.ErrUnexpectedEOF):
		return "its contents are not as long as the archive says"
	}
	return trim(err.Error())
}

// checkInfo judges the dist-info folder's own name, and what it lacks.
func (w *wheel) checkInfo(byPath map[string]*member, refused map[string]bool) {
	for _, name := range []string{"METADATA", "WHEEL"} {
		if byPath[w.info+"/"+name] == nil && !refused[w.info+"/"+name] {
			w.found("", ruleMetadata, "it has no "+name)
		}
	}
	if !w.named {
		return
	}
	project, _, _ := strings.Cut(strings.TrimSuffix(w.info, ".dist-info"), "-")
	if pep508.NormalizeName(project) != w.name.Name {
		w.found("", ruleMetadata, fmt.Sprintf("its folder %s is not that of %s, as the file's name has it; installers refuse it", printable(w.info), w.name.Name))
	}
}

// readMember reads one member for its digests, and looks into it if it is one of
// those that say something.
func (w *wheel) readMember(ctx context.Context, m *member, algorithms []string) error {
	limit := int64(0)
	x, isExtension := environment.NewExtension(installed(m.path))
	shared := isExtension || isShared(m.path)
	folder, name, _ := strings.Cut(m.path, "/")
	control := w.info != "" && folder == w.info && (name == "METADATA" || name == "WHEEL")
	switch {
	case shared:
		limit = maxModule
	case control:
		limit = maxControl
	}
	if limit > 0 && m.zip.UncompressedSize64 > large {
		w.turn.Lock()
		defer w.turn.Unlock()
	}
	data, err := m.read(ctx, algorithms, limit)
	if err != nil || m.unread != nil {
		return err
	}
	found := func(rule, message string) { w.found(m.path, rule, message) }
	switch {
	case limit > 0 && data == nil && m.size > limit:
		w.less(m.path, ruleArchive, vocab.SeverityNote, fmt.Sprintf("it has more than %d MiB and was not looked into", limit>>20))
	case control && w.named && name == "METADATA":
		w.classifiers = headers(data, "Classifier")
		checkMetadata(data, &w.name, found)
	case control && w.named:
		checkTagLines(data, &w.name, found)
	case shared:
		w.addObject(m.path, data, x, isExtension)
	}
	return nil
}

// addObject reads an object file; what is none is not looked at further.
func (w *wheel) addObject(member string, data []byte, x environment.Extension, isExtension bool) {
	f, err := extmod.Read(bytes.NewReader(data), int64(len(data)), member)
	if err != nil {
		return
	}
	if isExtension && f.Module {
		w.modules = append(w.modules, &module{File: f, path: member, name: x.Module, test: x.Test, suffix: parseSuffix(x.Suffix)})
		return
	}
	w.libraries = append(w.libraries, &library{f, member})
}

// installed is where a member comes to stand below the folder of packages: what is
// below NAME.data/platlib goes to the top.
func installed(member string) string {
	first, rest, ok := strings.Cut(member, "/")
	if !ok || !strings.HasSuffix(first, ".data") {
		return member
	}
	if below, ok := strings.CutPrefix(rest, "platlib/"); ok {
		return below
	}
	if below, ok := strings.CutPrefix(rest, "purelib/"); ok {
		return below
	}
	return member
}

// isShared reports whether a file's name is that of a shared library of Linux or
// macOS.
func isShared(member string) bool {
	name := path.Base(member)
	return strings.HasSuffix(name, ".so") || strings.Contains(name, ".so.") || strings.HasSuffix(name, ".dylib")
}
