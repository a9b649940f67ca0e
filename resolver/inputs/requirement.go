package inputs

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// A reqLine is what is known of a requirement besides its text.
type reqLine struct {
	origin     Origin
	constraint bool
	editable   bool
	hashes     []string
}

// line reads one requirement as it stands on a line or a command line: a name
// with versions, a URL, or the path of an archive or a project.
func (l *load) line(text string, at reqLine) error {
	fail := func(err error) error {
		return &SyntaxError{File: at.origin.file(), Line: at.origin.Line, Text: tomldoc.Clip(redact(at.origin.Text)), Msg: redact(err.Error()), Err: err}
	}
	at.origin.Text = redact(at.origin.Text)
	text = strings.TrimSpace(text)
	if text == "" {
		return fail(errors.New("an empty requirement"))
	}
	location, markerText, isPlace := l.place(text)
	if !isPlace {
		req, err := pep508.Parse(text)
		if err != nil {
			return fail(reason(err, text))
		}
		if req.URL == "" && at.editable {
			return fail(errors.New("only a local project or a repository can be editable"))
		}
		return l.wrap(l.add(req, at), fail)
	}
	req := pep508.Requirement{}
	if markerText != "" {
		m, err := pep508.ParseMarker(markerText)
		if err != nil {
			return fail(reason(err, markerText))
		}
		req.Marker = m
	}
	location, extras := cutExtras(location)
	for _, e := range extras {
		if err := pep508.CheckName(e); err != nil {
			return fail(err)
		}
		req.Extras = append(req.Extras, pep508.NormalizeExtra(e))
	}
	req.URL = location
	return l.wrap(l.add(req, at), fail)
}

// wrap gives an error the place of the line, unless it has one of its own.
func (l *load) wrap(err error, fail func(error) error) error {
	var se *SyntaxError
	if err == nil || errors.As(err, &se) || l.ctx.Err() != nil {
		return err
	}
	return fail(err)
}

// file names the origin in errors.
func (o Origin) file() string {
	if o.File == "" {
		return "command line"
	}
	return o.File
}

// reason shortens a syntax error to what the line does not already say, and adds
// a hint where the mistake is a common one.
func reason(err error, text string) error {
	msg := err.Error()
	if se, ok := errors.AsType[*pep508.SyntaxError](err); ok {
		msg = se.Msg
		if se.Offset > 0 && se.Offset < len(text) {
			msg += fmt.Sprintf(" (at %q)", tomldoc.Clip(redact(text[se.Offset:])))
		}
	}
	if singleEqual().MatchString(text) {
		msg += "; did you mean == instead of =?"
	}
	if redact(text) != text {
		err = nil // it quotes the text, password and all
	}
	return &causeError{redact(msg), err}
}

func singleEqual() *regexp.Regexp {
	return regexp.MustCompile(`^[\w.\-\[\], ]+[^=!<>~;@ ] ?= ?[^=;@]+$`)
}

// A causeError has its own words for a cause.
type causeError struct {
	msg   string
	cause error
}

func (e *causeError) Error() string { return e.msg }
func (e *causeError) Unwrap() error { return e.cause }

// add takes a requirement into the input, wherever it points.
func (l *load) add(req pep508.Requirement, at reqLine) error {
	r := Requirement{Requirement: req, Origin: at.origin, Hashes: at.hashes, Editable: at.editable}
	if req.URL == "" {
		l.keep(r, at.constraint)
		return nil
	}
	return l.direct(r, "", at.constraint)
}

// keep takes a requirement that can be judged.
func (l *load) keep(r Requirement, constraint bool) {
	r.Hashes = slices.Compact(slices.Sorted(slices.Values(r.Hashes)))
	r.Extra, r.Group = l.extra, l.group
	if !l.once(fmt.Sprint(constraint, r.Origin, r.Requirement, r.Parent, r.Index, r.Hashes)) {
		return // reached twice, over two ways
	}
	if constraint {
		l.in.Constraints = append(l.in.Constraints, r)
	} else {
		l.in.Requirements = append(l.in.Requirements, r)
	}
}

// notJudged names a requirement that has no file to judge.
func (l *load) notJudged(r Requirement, reason string) {
	r.Extra, r.Group = l.extra, l.group
	if l.once(fmt.Sprint("not judged", r.Origin, r.Requirement, r.Parent, reason)) {
		l.in.NotJudged = append(l.in.NotJudged, Note{Origin: r.Origin, Text: r.Origin.Text, Reason: reason, Requirement: &r})
	}
}

// direct takes a requirement on a URL or path. Paths start from a folder, "" for
// the loader's own.
func (l *load) direct(r Requirement, folder string, constraint bool) error {
	location := r.URL
	scheme, rest, hasScheme := strings.Cut(location, ":")
	switch {
	case isVCS(scheme), hasScheme && (scheme == "ssh" || scheme == "git" && strings.HasPrefix(rest, "//")):
		l.notJudged(r, "a repository: its files and dependencies are only known once it is built")
		return nil
	case hasScheme && strings.EqualFold(scheme, "file"):
		path, err := filePath(location)
		if err != nil {
			return err
		}
		return l.path(r, l.under(folder, path), location, constraint)
	case isURL(location):
		return l.archiveURL(r, constraint)
	case strings.Contains(location, "${"):
		return fmt.Errorf("a variable in %s has no value", redact(location))
	}
	return l.path(r, l.under(folder, location), location, constraint)
}

// under returns where a path leads from a folder, "" for the loader's own.
func (l *load) under(folder, path string) string {
	if folder != "" && !filepath.IsAbs(path) {
		path = filepath.Join(folder, path)
	}
	return l.abs(path)
}

// archiveURL takes a wheel or sdist at a URL.
func (l *load) archiveURL(r Requirement, constraint bool) error {
	u, err := url.Parse(r.URL)
	if err != nil {
		return fmt.Errorf("not a URL: %s", redact(r.URL))
	}
	fragment := parseFragment(u.Fragment)
	if sub := fragment["subdirectory"]; sub != "" {
		l.notJudged(r, "a project in a folder of an archive: its dependencies are only known once it is built")
		return nil
	}
	for _, algorithm := range []string{"sha256", "sha384", "sha512"} {
		if digest := fragment[algorithm]; digest != "" {
			h, err := checkHash(algorithm + ":" + digest)
			if err != nil {
				return err
			}
			r.Hashes = append(r.Hashes, h)
		}
	}
	if egg, extras := cutExtras(fragment["egg"]); egg != "" && r.Name == "" {
		r.setName(egg)
		for _, e := range extras {
			r.Extras = append(r.Extras, pep508.NormalizeExtra(e))
		}
	}
	u.Fragment, u.RawFragment = "", ""
	r.URL = u.String()
	filename := u.Path[strings.LastIndexByte(u.Path, '/')+1:]
	if !isArchive(filename) {
		l.notJudged(r, "what is at the URL is not known: its name is not that of a wheel or source distribution")
		return nil
	}
	return l.archive(r, filename, constraint)
}

// archive takes a distribution whose name may be known from its file alone.
func (l *load) archive(r Requirement, filename string, constraint bool) error {
	name, err := archiveName(filename)
	switch {
	case err != nil:
		return err
	case r.Name == "" && name == "":
		return fmt.Errorf("the project is not known from the name %s; write it as NAME @ %s", filename, redact(r.URL))
	case r.Name == "":
		r.setName(name)
	case strings.HasSuffix(filename, ".whl") && name != r.Name:
		return fmt.Errorf("%s is a wheel of %s, not of %s", filename, name, r.Name)
	}
	l.keep(r, constraint)
	return nil
}

func (r *Requirement) setName(name string) {
	r.Name, r.Display = pep508.NormalizeName(name), name
}

// archiveName returns the project's name in the name of an archive, "" if it
// cannot be told. The error is of a wheel that is misnamed.
func archiveName(filename string) (string, error) {
	if strings.HasSuffix(strings.ToLower(filename), ".whl") {
		w, err := wheeltags.ParseFilename(filename)
		if err != nil {
			return "", err
		}
		return w.Name, nil
	}
	stem := filename
	for _, suffix := range []string{".gz", ".bz2", ".xz", ".lz", ".lzma", ".tar", ".tgz", ".tbz", ".txz", ".tlz", ".zip"} {
		stem = strings.TrimSuffix(stem, suffix)
	}
	i := strings.LastIndexByte(stem, '-')
	if i <= 0 {
		return "", nil
	}
	if !isVersion(stem[i+1:]) || !isName(stem[:i]) {
		return "", nil
	}
	return pep508.NormalizeName(stem[:i]), nil
}

func isName(s string) bool { return pep508.CheckName(s) == nil }

func isVersion(s string) bool {
	_, err := pep440.Parse(s)
	return err == nil
}

// path takes an archive or project on disk, which the user knows as shown.
func (l *load) path(r Requirement, place, shown string, constraint bool) error {
	info, err := os.Stat(place)
	switch {
	case err != nil && r.Origin.File != "" && !isURL(r.Origin.File):
		if beside := l.abs(includePath(r.Origin.File, shown)); beside != place {
			if _, besideErr := os.Stat(beside); besideErr == nil {
				return fmt.Errorf("there is no %s in the working directory, which paths start from; there is one beside %s", shown, r.Origin.File)
			}
		}
		return fmt.Errorf("there is no file or folder %s", shown)
	case err != nil:
		return fmt.Errorf("there is no file or folder %s", shown)
	case info.IsDir() && constraint:
		l.notJudged(r, "a constraint to a local project")
		return nil
	case info.IsDir():
		return l.localProject(r, place, false)
	case r.Editable:
		return errors.New("only a local project or a repository can be editable")
	}
	filename := filepath.Base(place)
	if !isArchive(filename) {
		return fmt.Errorf("%s is not a wheel, a source distribution or a project; a requirements file is named with -r", shown)
	}
	r.URL = fileURL(place)
	return l.archive(r, filename, constraint)
}

func noSpecifiers() pep440.Specifiers { return pep440.Specifiers{} }
