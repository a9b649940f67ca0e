package universe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// DefaultPlatform is meant where neither a target nor a recorded line names one.
const DefaultPlatform = "linux-x86_64"

// headOf returns the text in front of the recorded answers.
func headOf(text string) string {
	rest := text
	for rest != "" {
		line, after, _ := strings.Cut(rest, "\n")
		if strings.HasPrefix(line, "recorded ") {
			return text[:len(text)-len(rest)]
		}
		rest = after
	}
	return text
}

// readAnswers reads the lines that could not be read before all files and the
// platform of the recording were known.
func (p *parser) readAnswers() error {
	for _, l := range p.answers {
		if l.word == "recorded" {
			if err := p.recorded(l); err != nil {
				return err
			}
		}
	}
	for _, l := range p.answers {
		var err error
		switch l.word {
		case "recorded":
		case "also":
			var ts []wheeltags.Target
			ts, err = p.targets(l, l.rest)
			p.c.Also = append(p.c.Also, ts...)
		default:
			err = p.answer(l)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// recorded reads "DATE on PLATFORM: TOOLS".
func (p *parser) recorded(l *line) error {
	where, tools, ok := strings.Cut(l.rest, ":")
	date, platform, ok2 := strings.Cut(where, " on ")
	if !ok || !ok2 {
		return p.fail(l, "want: recorded DATE on PLATFORM: TOOLS")
	}
	if p.c.Recorded != nil {
		return p.fail(l, "recorded twice")
	}
	pf, err := wheeltags.ParsePlatform(strings.TrimSpace(platform))
	if err != nil {
		return p.fail(l, "%v", err)
	}
	rec := &Recorded{Date: strings.TrimSpace(date), Platform: pf, Tools: strings.TrimSpace(tools)}
	if _, version, ok := strings.Cut(rec.Tools, "CPython "); ok {
		version, _, _ = strings.Cut(version, ",")
		if rec.Python, err = wheeltags.ParsePython(version); err != nil {
			return p.fail(l, "%v", err)
		}
	}
	p.c.Recorded = rec
	return p.leaf(l)
}

// home returns the target that a Python alone means: the interpreter that was
// asked, on its platform.
func (r *Recorded) home(py wheeltags.Python) wheeltags.Target {
	if py.Micro < 0 && py.Major == r.Python.Major && py.Minor == r.Python.Minor {
		py.Micro = r.Python.Micro
	}
	return wheeltags.Target{Python: py, Platform: r.Platform}
}

// targets reads "3.13t, 3.14t macos-arm64".
func (p *parser) targets(l *line, s string) ([]wheeltags.Target, error) {
	var out []wheeltags.Target
	for word := range strings.SplitSeq(s, ",") {
		python, platform, _ := strings.Cut(strings.TrimSpace(word), " ")
		py, err := wheeltags.ParsePython(python)
		if err != nil {
			return nil, p.fail(l, "%v", err)
		}
		t := wheeltags.Target{Python: py}
		switch platform = strings.TrimSpace(platform); {
		case platform == "" && p.c.Recorded != nil:
			t = p.c.Recorded.home(py)
		case platform == "":
			platform = DefaultPlatform
			fallthrough
		default:
			if t.Platform, err = wheeltags.ParsePlatform(platform); err != nil {
				return nil, p.fail(l, "%v", err)
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// answer reads an answer with its head "SOURCE LIKE, …: TARGET, …".
func (p *parser) answer(l *line) error {
	likes, targets, ok := strings.Cut(l.rest, ":")
	if !ok {
		return p.fail(l, "want: %s pip, uv: TARGET, …", l.word)
	}
	a := Answer{Source: Source(l.word), Line: l.number}
	for w := range strings.SplitSeq(likes, ",") {
		like := vocab.Like(strings.TrimSpace(w))
		if _, ok := vocab.Likes().Lookup(string(like)); !ok {
			return p.fail(l, "no installer is named %q", like)
		}
		a.Likes = append(a.Likes, like)
	}
	var err error
	if a.Targets, err = p.targets(l, targets); err != nil {
		return err
	}
	for _, like := range a.Likes {
		for _, t := range a.Targets {
			if b, ok := p.c.From(a.Source, like, t); ok {
				return p.fail(l, "%s %s %s is answered in line %d already", a.Source, like, t, b.Line)
			}
		}
	}
	for _, k := range l.children {
		if err := p.answerLine(&a, k); err != nil {
			return err
		}
	}
	if a.Fails && len(a.Picks) > 0 {
		return p.fail(l, "an answer fails or picks, not both")
	}
	if (a.Source == FromUs) != (a.Because != "") {
		return p.fail(l, "a because line belongs under ours and nowhere else")
	}
	p.c.Answers = append(p.c.Answers, a)
	return nil
}

func (p *parser) answerLine(a *Answer, l *line) error {
	if err := p.leaf(l); err != nil {
		return err
	}
	switch l.word {
	case "fails":
		a.Fails, a.Said = true, l.rest
		return nil
	case "because":
		a.Because = l.rest
		return nil
	case "problem":
		name, kind, _ := strings.Cut(l.rest, " ")
		if _, ok := vocab.ProblemKinds().Lookup(kind); !ok {
			return p.fail(l, "no problem is named %q", kind)
		}
		a.Problems = append(a.Problems, Problem{pep508.NormalizeName(name), vocab.ProblemKind(kind)})
		return nil
	}
	pick, err := p.pick(l)
	if err == nil {
		a.Picks = append(a.Picks, pick)
	}
	return err
}

// pick reads "a==1.0 a-1.0-py3-none-any.whl [from INDEX] [WORD …]".
func (p *parser) pick(l *line) (Pick, error) {
	name, version, ok := strings.Cut(l.word, "==")
	words := strings.Fields(l.rest)
	if !ok || len(words) == 0 {
		return Pick{}, p.fail(l, "want: NAME==VERSION FILENAME")
	}
	pick := Pick{Name: pep508.NormalizeName(name), Version: version, File: words[0]}
	words = words[1:]
	if len(words) >= 2 && words[0] == "from" {
		pick.Index, words = words[1], words[2:]
	}
	for _, w := range words {
		if !isVerdict(w) {
			return Pick{}, p.fail(l, "%q is no word for a file", w)
		}
	}
	pick.Words = words
	if !p.c.Universe.offers(pick) {
		return Pick{}, p.fail(l, "%s==%s has no file %s", pick.Name, pick.Version, pick.File)
	}
	return pick, nil
}

// offers reports whether a pick's file exists under its name and version.
func (u *Universe) offers(pick Pick) bool {
	for _, x := range u.Indexes {
		if pick.Index != "" && pick.Index != x.Name {
			continue
		}
		p := x.Project(pick.Name)
		if p == nil {
			continue
		}
		for _, r := range p.Releases {
			for _, f := range r.Files {
				if r.Version == pick.Version && f.Name == pick.File {
					return true
				}
			}
		}
	}
	return false
}

// isVerdict reports whether the word is one that a package's result can carry.
func isVerdict(w string) bool {
	for _, s := range []vocab.Set{vocab.FileKinds(), vocab.VersionStatuses(), vocab.Twins(), vocab.MetadataSources()} {
		if _, ok := s.Lookup(w); ok {
			return true
		}
	}
	return false
}

// WithRecorded returns the case's text with its recorded answers replaced.
// Answers that say the same are written once.
func (c *Case) WithRecorded(rec Recorded, answers []Answer) string {
	var b strings.Builder
	b.WriteString(strings.TrimRight(c.head, "\n"))
	fmt.Fprintf(&b, "\n\nrecorded %s on %s: %s\n", rec.Date, rec.Platform.Tag(), rec.Tools)
	for _, group := range grouped(answers) {
		b.WriteString("\n" + group.head(&rec) + "\n" + group.body())
	}
	return b.String()
}

// head returns the line "answer pip, uv: 3.13t, 3.13".
func (a *Answer) head(rec *Recorded) string {
	var likes, targets []string
	for _, l := range a.Likes {
		likes = append(likes, string(l))
	}
	for _, t := range a.Targets {
		minor := t.Python
		minor.Micro = -1
		if rec.home(minor) == t {
			targets = append(targets, minor.String())
		} else {
			targets = append(targets, t.String())
		}
	}
	return fmt.Sprintf("%s %s: %s", a.Source, strings.Join(likes, ", "), strings.Join(targets, ", "))
}

// body returns the lines under an answer's head.
func (a *Answer) body() string {
	var b strings.Builder
	if a.Fails {
		b.WriteString(strings.TrimRight("  fails "+a.Said, " ") + "\n")
	}
	for _, p := range a.Picks {
		fmt.Fprintf(&b, "  %s==%s %s", p.Name, p.Version, p.File)
		if p.Index != "" {
			fmt.Fprintf(&b, " from %s", p.Index)
		}
		for _, w := range p.Words {
			b.WriteString(" " + w)
		}
		b.WriteString("\n")
	}
	for _, p := range a.Problems {
		fmt.Fprintf(&b, "  problem %s %s\n", p.Package, p.Kind)
	}
	return b.String()
}

// grouped merges answers of one target that say the same for several
// installers, then those of the same installers for several targets. What was
// said about a failure is the installer's own and keeps answers apart only
// between installers.
func grouped(answers []Answer) []Answer {
	merged := mergeBy(answers, func(a, b *Answer) bool {
		return slices.Equal(a.Targets, b.Targets)
	}, func(a, b *Answer) {
		a.Likes = append(a.Likes, b.Likes...)
	})
	return mergeBy(merged, func(a, b *Answer) bool {
		return slices.Equal(a.Likes, b.Likes)
	}, func(a, b *Answer) {
		a.Targets = append(a.Targets, b.Targets...)
	})
}

// mergeBy joins each answer to the first one that says the same and may join.
func mergeBy(in []Answer, may func(a, b *Answer) bool, join func(a, b *Answer)) []Answer {
	var out []Answer
next:
	for i := range in {
		for j := range out {
			if out[j].Source == in[i].Source && out[j].body() == in[i].body() && may(&out[j], &in[i]) {
				join(&out[j], &in[i])
				continue next
			}
		}
		a := in[i]
		a.Likes = append([]vocab.Like(nil), a.Likes...)
		a.Targets = append([]wheeltags.Target(nil), a.Targets...)
		out = append(out, a)
	}
	return out
}

// SortPicks puts picks in the order of their names.
func SortPicks(p []Pick) {
	slices.SortFunc(p, func(a, b Pick) int { return strings.Compare(a.Name, b.Name) })
}
