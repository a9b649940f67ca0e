package sitetest

import (
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/site"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// Attacks are texts that break out of whatever they are written into, if they are not
// escaped for it: of elements, attributes, scripts, style sheets, comments, documents,
// addresses, and lines. Each runs window.hit() in a browser if it succeeds.
func Attacks() []string {
	return []string{
		`<script>window.hit()</script>`,
		`"><img src=x onerror=window.hit()>`,
		`' autofocus onfocus=window.hit() x='`,
		`</title></style></textarea></script><svg onload=window.hit()>`,
		`--><script>window.hit()</script><!--`,
		`]]><script>window.hit()</script>`,
		`javascript:window.hit()`,
		`data:text/html,<script>parent.hit()</script>`,
		`{{.In}}${window.hit()}`,
		`\u003cscript\u003ewindow.hit()\u003c/script\u003e`,
		"a\x00b\x1b[31m\u202egnp.exe\u2028\u2029\ufeff",
		"\xff\xfe broken \xc3\x28",
		`../../../etc/passwd`,
		"x\r\nSet-Cookie: a=b\r\n\r\n<script>window.hit()</script>",
		`a" class="s clear`,
		`&lt;script&gt;window.hit()&lt;/script&gt; &#60;img src=x onerror=window.hit()&#62;`,
		strings.Repeat("W", 5000),
	}
}

// Hostile makes up a world in which every field that comes from an index or from
// people is an attack. Names of packages are what they have to be, since nothing else
// gets in.
func Hostile() *site.Input {
	attacks := Attacks()
	in := Input(len(attacks))
	for i, p := range in.Document.Packages {
		corrupt(p, attacks[i], attacks)
	}
	for i := range in.Events {
		e := &in.Events[i]
		e.Detail, e.Before, e.After, e.Version = attacks[i%len(attacks)], attacks[(i+1)%len(attacks)], attacks[(i+2)%len(attacks)], attacks[(i+3)%len(attacks)]
		if i%3 == 0 {
			e.Package = attacks[(i+4)%len(attacks)] // no longer watched
		}
		if i%5 == 0 {
			e.Kind = vocab.EventKind(attacks[(i+5)%len(attacks)])
		}
	}
	for i, a := range attacks {
		in.Marks = append(in.Marks, site.Mark{Day: Now().AddDate(0, -i, 0), Text: a})
	}
	in.Title = attacks[1] + attacks[3]
	in.Tool = attacks[0]
	in.Document.Cohort = attacks[2]
	return in
}

func corrupt(p *status.Package, a string, attacks []string) {
	next := func(i int) string { return attacks[(len(a)+i)%len(attacks)] }
	p.Version, p.Newest, p.Reason, p.Stale, p.Note, p.Issue, p.Declared = a, next(1), a, a, a, a, a
	p.Requires = append(p.Requires, attacks...)
	p.Tested = status.Tested{Lanes: []status.TestedLane{{Lane: vocab.Lane(a), On: next(2), Outcome: vocab.Outcome(next(3)), Detail: a}}, Upstream: attacks, At: Now()}
	p.Tested.Workflows = &status.Workflows{Repository: a, Source: next(12), At: Now(), Broken: attacks, Pythons: attacks}
	p.Contradictions = []status.Contradiction{{Kind: vocab.Contradiction(next(4)), Detail: a}}
	p.GIL.ProbedOn = attacks
	p.GIL.When = vocab.When(a)
	p.GIL.Static = vocab.GILValue(next(5))
	p.GIL.Pythons = map[string]vocab.GILValue{a: vocab.GILValue(next(6))}
	p.GIL.Offenders = []status.Offender{{
		Module: a, Platforms: attacks, Pythons: attacks, Declaration: vocab.Declaration(next(7)), Toolchain: vocab.Toolchain(next(8)), Distribution: a, Fix: a,
	}}
	p.GIL.Evidence = []status.Evidence{{File: a, SHA256: next(9), How: next(10), On: a, At: Now(), Tool: a, Rules: 1, Says: next(11)}}
	for i := range p.Cells {
		c := &p.Cells[i]
		c.File, c.SHA256, c.Version, c.Floor = attacks[i%len(attacks)], next(i), next(i+1), next(i+2)
	}
	p.Since = map[string]status.First{"3.14t": {Version: a, At: Now(), Last: a, Platforms: map[string]status.First{"linux-x86_64": {Version: next(12), At: Now().Add(-time.Hour), Last: a}}}}
	p.Blockers = append(p.Blockers, status.Blocker{Name: p.Name, State: vocab.State(a), Chain: append([]string{p.Name}, attacks...)})
}
