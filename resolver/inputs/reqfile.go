package inputs

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/internal/tomldoc"
)

// requirements reads a requirements file and those it includes. Within is the
// chain of files that include it.
func (l *load) requirements(name string, constraint bool, within []string) error {
	return l.include(name, constraint, within, Origin{})
}

func (l *load) include(name string, constraint bool, within []string, from Origin) error {
	key := name
	if !isURL(name) && name != "-" {
		key = l.abs(name)
	}
	if slices.Contains(within, key) {
		return &SyntaxError{File: from.File, Line: from.Line, Text: from.Text, Msg: "the file includes itself"}
	}
	data, err := l.read(name)
	if err != nil {
		return openError(from, name, err)
	}
	text, err := decode(name, data)
	if err != nil {
		return err
	}
	within = append(slices.Clip(within), key)
	for _, line := range logicalLines(text, l.LookupEnv) {
		o := Origin{File: name, Line: line.number, Text: redact(line.text)}
		if err := l.fileLine(line.text, o, constraint, within); err != nil {
			return err
		}
	}
	return nil
}

// fileLine acts on one line of a requirements file.
func (l *load) fileLine(text string, o Origin, constraint bool, within []string) error {
	fail := func(format string, args ...any) error {
		return &SyntaxError{File: o.File, Line: o.Line, Text: tomldoc.Clip(o.Text), Msg: fmt.Sprintf(format, args...)}
	}
	requirement, rest := splitArgs(text)
	words, err := shellWords(rest)
	if err != nil {
		return fail("%v", err)
	}
	options, stray, err := parseOptions(words)
	if err != nil {
		return fail("%v", err)
	}
	for _, w := range stray {
		l.in.ignore(o, w, "pip does not read what follows the options of a line")
	}
	line := reqLine{origin: o, constraint: constraint}
	for _, opt := range options {
		switch opt.kind {
		case optHash:
			h, err := checkHash(opt.value)
			if err != nil {
				return fail("%v", err)
			}
			line.hashes = append(line.hashes, h)
		case optEditable:
			if requirement == "" && !line.editable {
				requirement, line.editable = opt.value, true
				continue
			}
			l.in.ignore(o, opt.name+" "+redact(opt.value), "pip reads one requirement a line")
		default: // once it is known what kind of line it is
		}
	}
	if requirement == "" {
		return l.optionLine(options, o, within)
	}
	for _, opt := range options {
		switch opt.kind {
		case optHash, optEditable:
		case optConfigSettings, optGlobalOption:
			l.in.ignore(o, strings.TrimSpace(opt.name+" "+opt.value), "it only matters when a package is built")
		default:
			l.in.ignore(o, strings.TrimSpace(opt.name+" "+redact(opt.value)), "pip does not read it on the line of a requirement")
		}
	}
	if line.editable && constraint {
		return fail("a constraint cannot be editable")
	}
	if len(line.hashes) > 0 {
		l.in.Options.RequireHashes = true
	}
	return l.line(requirement, line)
}

// optionLine acts on a line of options alone.
func (l *load) optionLine(options []option, o Origin, within []string) error {
	opts := &l.in.Options
	included := false
	for _, opt := range options {
		switch opt.kind {
		case optRequirement, optConstraint:
			if included {
				l.in.ignore(o, opt.name+" "+opt.value, "pip reads one file a line")
				continue
			}
			included = true
			name := includePath(o.File, opt.value)
			if err := l.include(name, opt.kind == optConstraint, within, o); err != nil {
				return err
			}
		case optIndexURL:
			opts.IndexURL = opt.value
		case optExtraIndexURL:
			opts.ExtraIndexURLs = append(opts.ExtraIndexURLs, opt.value)
		case optFindLinks:
			opts.FindLinks = append(opts.FindLinks, l.findLinks(o.File, opt.value))
		case optNoIndex:
			opts.NoIndex = true
		case optNoBinary:
			opts.NoBinary.set(opt.value, &opts.OnlyBinary)
		case optOnlyBinary:
			opts.OnlyBinary.set(opt.value, &opts.NoBinary)
		case optPreferBinary:
			opts.PreferBinary = true
		case optRequireHashes:
			opts.RequireHashes = true
		case optNoRequireHashes:
			opts.RequireHashes = false
		case optPre:
			opts.AllReleases.set(":all:", &opts.OnlyFinal)
		case optAllReleases:
			opts.AllReleases.set(opt.value, &opts.OnlyFinal)
		case optOnlyFinal:
			opts.OnlyFinal.set(opt.value, &opts.AllReleases)
		case optHash:
			l.in.ignore(o, opt.name+" "+opt.value, "there is no requirement on the line")
		case optTrustedHost:
			l.in.ignore(o, opt.name+" "+opt.value, "certificates are always checked")
		case optUseFeature:
			l.in.ignore(o, opt.name+" "+opt.value, "it is a switch of pip's own")
		default:
			l.in.ignore(o, strings.TrimSpace(opt.name+" "+opt.value), "it only matters when a package is built")
		}
	}
	return nil
}

// includePath returns where a file named in another is: beside it.
func includePath(from, name string) string {
	switch {
	case isURL(name):
		return name
	case isURL(from):
		base, err := url.Parse(from)
		if err != nil {
			return name
		}
		ref, err := url.Parse(name)
		if err != nil {
			return name
		}
		return base.ResolveReference(ref).String()
	case filepath.IsAbs(name) || from == "-" || from == "":
		return name
	}
	return filepath.Join(filepath.Dir(from), name)
}

// findLinks returns where --find-links looks: a folder beside the file that
// names it, if there is one, else as it is written.
func (l *load) findLinks(from, value string) string {
	if isURL(value) || filepath.IsAbs(value) || isURL(from) {
		return value
	}
	if beside := includePath(from, value); beside != value {
		if _, err := os.Stat(l.abs(beside)); err == nil {
			return beside
		}
	}
	return value
}

// checkHash checks the value of --hash, "sha256:0123…".
func checkHash(value string) (string, error) {
	algorithm, digest, ok := strings.Cut(value, ":")
	size := map[string]int{"sha256": 32, "sha384": 48, "sha512": 64}[algorithm]
	switch {
	case !ok:
		return "", errors.New("--hash wants ALGORITHM:DIGEST, as sha256:0123…")
	case size == 0:
		return "", fmt.Errorf("--hash takes sha256, sha384 or sha512, not %s", tomldoc.Clip(algorithm))
	}
	if raw, err := hex.DecodeString(digest); err != nil || len(raw) != size {
		return "", fmt.Errorf("not a %s digest: %s", algorithm, tomldoc.Clip(digest))
	}
	return algorithm + ":" + strings.ToLower(digest), nil
}
