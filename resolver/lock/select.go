package lock

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/suggest"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// Selected is a package that applies to an environment.
type Selected struct {
	*Package
	// RequiredBy names the selected packages that require it, sorted; the
	// lock's own roots are "".
	RequiredBy []string
	// With are the extras it is required with, sorted.
	With []string
}

// SelectReason says why a lock cannot be used for an environment.
type SelectReason string

// The reasons.
const (
	ReasonPython      SelectReason = "requires-python"
	ReasonEnvironment SelectReason = "environment"
	ReasonAmbiguous   SelectReason = "ambiguous"
	ReasonConflict    SelectReason = "conflict"
	ReasonExtra       SelectReason = "unknown-extra"
	ReasonGroup       SelectReason = "unknown-group"
	ReasonMissing     SelectReason = "missing-package"
)

// SelectError says that a lock cannot be used as asked. Only the environment or
// the question is at fault; another may do.
type SelectError struct {
	Path   string
	Line   int
	Reason SelectReason
	// Package is the package concerned, if one is.
	Package string
	Msg     string
}

// Error returns "file:line: message".
func (e *SelectError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Msg)
	}
	return e.Path + ": " + e.Msg
}

// Select returns the packages of the lock that apply to env, in the order of
// the lock, by the rules of the tool that wrote it. Groups that are nil are
// DefaultGroups; an empty slice takes none. What the project itself requires is
// taken in any case, unless OnlyGroups is set; only a pylock.toml knows no such
// thing, as PEP 751 has it.
//
// The error is a [*SelectError].
func (l *Lock) Select(env *pep508.Environment, extras, groups []string) ([]Selected, error) {
	s := &selection{lock: l, env: *env, picked: map[int]*pick{}}
	for _, e := range extras {
		s.extras = append(s.extras, pep508.NormalizeExtra(e))
	}
	s.groups = l.DefaultGroups
	if groups != nil {
		s.groups = make([]string, len(groups))
		for i, g := range groups {
			s.groups[i] = pep508.NormalizeName(g)
		}
	}
	if own := l.ownGroup(); slices.Contains(l.Groups, own) {
		s.groups = slices.DeleteFunc(slices.Clone(s.groups), func(g string) bool { return g == own })
		if !l.OnlyGroups {
			s.groups = append(s.groups, own)
		}
	}
	s.env.Extras, s.env.Groups = set(s.extras), set(s.groups)
	for _, check := range []func() error{s.checkNames, s.checkPython, s.checkEnvironment} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	var err error
	switch {
	case l.Kind == KindEnvironment:
		s.all()
	case l.Kind == KindPylock:
		err = s.pylock()
	case l.groupsOnly:
		err = s.byGroups()
	case l.Kind == KindUV:
		err = s.uv()
	default:
		err = s.walkDependencies()
	}
	if err != nil {
		return nil, err
	}
	return s.result(), nil
}

// A selection is one question to a lock.
type selection struct {
	lock           *Lock
	env            pep508.Environment
	extras, groups []string
	picked         map[int]*pick
}

// A pick is what is known of a selected package.
type pick struct {
	requiredBy, with map[string]bool
}

// pick selects the i-th package.
func (s *selection) pick(i int) *pick {
	p, ok := s.picked[i]
	if !ok {
		p = &pick{map[string]bool{}, map[string]bool{}}
		s.picked[i] = p
	}
	return p
}

func (s *selection) result() []Selected {
	var out []Selected
	for i := range s.lock.Packages {
		if p, ok := s.picked[i]; ok {
			out = append(out, Selected{
				Package:    &s.lock.Packages[i],
				RequiredBy: sortedKeys(p.requiredBy),
				With:       sortedKeys(p.with),
			})
		}
	}
	return out
}

func (s *selection) fail(reason SelectReason, p *Package, format string, args ...any) error {
	e := &SelectError{Path: s.lock.Path, Reason: reason, Msg: fmt.Sprintf(format, args...)}
	if p != nil {
		e.Package, e.Line = p.Name, p.Line
	}
	return e
}

// checkNames refuses extras and groups the lock does not have.
func (s *selection) checkNames() error {
	if s.lock.Kind == KindEnvironment {
		return nil
	}
	for _, e := range s.extras {
		if !slices.Contains(s.lock.Extras, e) {
			return s.fail(ReasonExtra, nil, "no extra %q%s", e, has(e, s.lock.Extras))
		}
	}
	for _, g := range s.groups {
		if !slices.Contains(s.lock.Groups, g) {
			return s.fail(ReasonGroup, nil, "no group %q%s", g, has(g, s.lock.Groups))
		}
	}
	return nil
}

// has says what there is instead of a name.
func has(name string, names []string) string {
	if near, ok := suggest.Closest(name, names); ok {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	if len(names) == 0 {
		return "; it has none"
	}
	return "; it has " + strings.Join(names, ", ")
}

func (s *selection) python() (pep440.Version, bool) {
	v, err := pep440.Parse(s.env.PythonFullVersion)
	return v, err == nil
}

func (s *selection) checkPython() error {
	if v, ok := s.python(); ok && !s.lock.RequiresPython.Contains(v) {
		return s.fail(ReasonPython, nil, "the lock is for Python %s, not %s", s.lock.RequiresPython, s.env.PythonFullVersion)
	}
	return nil
}

// checkEnvironment refuses an environment that the lock was not made for.
func (s *selection) checkEnvironment() error {
	if len(s.lock.Environments) == 0 {
		return nil
	}
	v, known := s.python()
	var names []string
	for _, e := range s.lock.Environments {
		if e.Marker.Eval(&s.env, "") && (!known || e.Python.Contains(v)) && s.hasFlavour(e.Flavour) {
			return nil
		}
		names = append(names, e.String())
	}
	return s.fail(ReasonEnvironment, nil, "the lock is not for this environment; it is for %s", strings.Join(names, "; "))
}

// hasFlavour reports whether the environment is of a flavour: only one that
// names ABI features tells.
func (s *selection) hasFlavour(flavour string) bool {
	switch {
	case flavour == "" || len(s.env.ABIFeatures) == 0:
		return true
	case slices.Contains(s.env.ABIFeatures, "free-threading"):
		return flavour == "free-threaded"
	}
	return flavour == "gil"
}

// String returns the conditions of the environment.
func (e Environment) String() string {
	var parts []string
	if !e.Python.IsAny() {
		parts = append(parts, "Python "+e.Python.String())
	}
	switch {
	case e.Platform != "":
		parts = append(parts, e.Platform)
	case e.Marker != nil:
		parts = append(parts, e.Marker.String())
	}
	if e.Flavour != "" {
		parts = append(parts, e.Flavour)
	}
	return strings.Join(parts, ", ")
}

// all selects every package, and finds who requires whom.
func (s *selection) all() {
	for i := range s.lock.Packages {
		s.pick(i)
	}
	s.requirers()
}

// requirers fills RequiredBy among selected packages that were not reached by a
// walk. One that nothing requires is a root.
func (s *selection) requirers() {
	w := newWalk(s.lock)
	type node struct {
		pkg   int
		extra string
	}
	var queue []node
	for _, i := range sortedPicks(s.picked) {
		queue = append(queue, node{i, ""})
	}
	seen := map[node]bool{}
	for ; len(queue) > 0; queue = queue[1:] {
		next := queue[0]
		if seen[next] {
			continue
		}
		seen[next] = true
		p := &s.lock.Packages[next.pkg]
		deps, extras := p.Dependencies, []string(nil)
		if next.extra != "" {
			deps, extras = p.ExtraDependencies[next.extra], strings.Split(next.extra, ",")
		}
		for _, d := range deps {
			if d.Name == p.Name || !s.holds(d.Marker, extras) {
				continue
			}
			for _, i := range w.byName[d.Name] {
				to, ok := s.picked[i]
				if !ok {
					continue
				}
				to.requiredBy[p.Name] = true
				addAll(to.with, d.Extras)
				for _, extra := range extraKeys(&s.lock.Packages[i], d.Extras) {
					queue = append(queue, node{i, extra})
				}
			}
		}
	}
	for _, p := range s.picked {
		if len(p.requiredBy) == 0 {
			p.requiredBy[""] = true
		}
	}
}

func sortedPicks(m map[int]*pick) []int {
	out := make([]int, 0, len(m))
	for i := range m {
		out = append(out, i)
	}
	slices.Sort(out)
	return out
}
