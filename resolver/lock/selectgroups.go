package lock

import "slices"

// pylock selects as PEP 751 lays down in "Installation": packages whose marker
// holds, of which no two may have one name.
func (s *selection) pylock() error {
	v, known := s.python()
	at := map[string]int{}
	for i := range s.lock.Packages {
		p := &s.lock.Packages[i]
		if !p.Marker.Eval(&s.env, "") {
			continue
		}
		if known && !p.RequiresPython.Contains(v) {
			return s.fail(ReasonPython, p, "%s requires Python %s, not %s", p.Name, p.RequiresPython, s.env.PythonFullVersion)
		}
		if j, taken := at[p.Name]; taken {
			return s.ambiguous(j, i)
		}
		at[p.Name] = i
		s.pick(i)
	}
	s.requirers()
	return nil
}

func (s *selection) ambiguous(j, i int) error {
	q, p := &s.lock.Packages[j], &s.lock.Packages[i]
	return s.fail(ReasonAmbiguous, p, "multiple packages with the name %s apply: %s (line %d) and %s (line %d)",
		p.Name, describeVersion(q), q.Line, describeVersion(p), p.Line)
}

func describeVersion(p *Package) string {
	if p.Version.IsValid() {
		return p.Version.String()
	}
	return string(p.Source.Kind)
}

// byGroups selects the packages that belong to a group asked for and whose
// marker holds there: Poetry since 2.1, and PDM with inherited metadata.
func (s *selection) byGroups() error {
	groups := s.groups
	if s.lock.Kind == KindPDM { // where extras are groups too
		groups = append(slices.Clip(groups), s.extras...)
	}
	at := map[string]int{}
	for i := range s.lock.Packages {
		p := &s.lock.Packages[i]
		if !s.inGroups(p, groups) {
			continue
		}
		if j, taken := at[p.Name]; taken {
			return s.ambiguous(j, i)
		}
		at[p.Name] = i
		s.pick(i)
	}
	s.requirers()
	return nil
}

// inGroups reports whether a package applies in any of the groups.
func (s *selection) inGroups(p *Package, groups []string) bool {
	if len(p.Groups) == 0 {
		return p.Marker.Eval(&s.env, "")
	}
	for _, g := range p.Groups {
		if !slices.Contains(groups, g) {
			continue
		}
		m := p.Marker
		if p.GroupMarkers != nil {
			m = p.GroupMarkers[g] // nil where the group has no marker
		}
		if m.Eval(&s.env, "") {
			return true
		}
	}
	return false
}
