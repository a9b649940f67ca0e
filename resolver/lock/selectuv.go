package lock

import (
	"fmt"
	"slices"
)

// uv selects what `uv sync` would: the packages reached from the workspace's
// roots over edges whose markers hold.
//
// Where extras or groups of the lock exclude each other, markers on edges also
// ask which of them are active, anywhere in the graph, in an encoding of uv's
// own: "extra-3-foo-x1" is the extra x1 of the package foo. The graph is
// therefore walked until no new extra becomes active, and only then for good.
func (s *selection) uv() error {
	u := &uvWalk{selection: s, w: newWalk(s.lock), active: map[string]bool{}}
	if err := u.start(); err != nil {
		return err
	}
	if len(s.lock.Conflicts) > 0 {
		for {
			before := len(u.active)
			if err := u.run(true); err != nil {
				return err
			}
			if len(u.active) == before {
				break
			}
		}
		if err := u.checkConflicts(); err != nil {
			return err
		}
	}
	clear(s.picked)
	s.env.Extras = set(sortedKeys(u.active))
	return u.run(false)
}

type uvWalk struct {
	*selection
	w *walk
	// active are the encoded projects, extras and groups.
	active map[string]bool
	// members are the packages of the roots that are entered as projects.
	members []int
	queue   []uvNode
	seen    map[uvNode]bool
}

// A uvNode is a package's own dependencies or those of one of its extras.
type uvNode struct {
	pkg   int
	extra string
}

func encodeProject(pkg string) string { return fmt.Sprintf("project-%d-%s", len(pkg), pkg) }
func encodeExtra(pkg, extra string) string {
	return fmt.Sprintf("extra-%d-%s-%s", len(pkg), pkg, extra)
}
func encodeGroup(pkg, group string) string {
	return fmt.Sprintf("group-%d-%s-%s", len(pkg), pkg, group)
}

// start finds the members and what of them is active from the outset.
func (u *uvWalk) start() error {
	for _, root := range u.lock.Roots {
		if !u.isMember(root) {
			continue
		}
		all := u.w.byName[root.Name]
		if len(all) != 1 {
			return u.fail(ReasonMissing, nil, "the lock holds %d packages named %s, not one", len(all), root.Name)
		}
		u.members = append(u.members, all[0])
		p := &u.lock.Packages[all[0]]
		if !u.lock.OnlyGroups {
			u.active[encodeProject(p.Name)] = true
			for _, e := range u.extras {
				if slices.Contains(p.Extras, e) {
					u.active[encodeExtra(p.Name, e)] = true
				}
			}
		}
		for _, g := range u.groups {
			if p.GroupDependencies[g] != nil {
				u.active[encodeGroup(p.Name, g)] = true
			}
		}
	}
	return nil
}

// isMember reports whether a root is a project of the lock, not a requirement.
func (u *uvWalk) isMember(root Root) bool {
	if root.Group != "" || root.Extra != "" || root.Marker != nil {
		return false
	}
	all := u.w.byName[root.Name]
	return len(all) == 1 && u.lock.Packages[all[0]].Source.IsLocal()
}

// run walks the graph. While finding what is active it activates the extras of
// every edge it takes.
func (u *uvWalk) run(finding bool) error {
	u.queue, u.seen = u.queue[:0], map[uvNode]bool{}
	for _, i := range u.members {
		p := &u.lock.Packages[i]
		if !u.lock.OnlyGroups {
			u.enterMember(i)
		}
		for _, g := range u.groups {
			for _, d := range p.GroupDependencies[g] {
				u.follow(d, p.Name, finding)
			}
		}
	}
	for _, root := range u.lock.Roots {
		if u.isMember(root) || u.lock.OnlyGroups && root.Group == "" {
			continue
		}
		if root.Group != "" && !slices.Contains(u.groups, root.Group) || root.Extra != "" && !slices.Contains(u.extras, root.Extra) {
			continue
		}
		if err := u.followRoot(root, finding); err != nil {
			return err
		}
	}
	for len(u.queue) > 0 {
		next := u.queue[0]
		u.queue = u.queue[1:]
		p := &u.lock.Packages[next.pkg]
		deps := p.Dependencies
		if next.extra != "" {
			deps = p.ExtraDependencies[next.extra]
		}
		for _, d := range deps {
			u.follow(d, p.Name, finding)
		}
	}
	return nil
}

// enterMember takes a member of the workspace with the extras asked for.
func (u *uvWalk) enterMember(i int) {
	u.pick(i).requiredBy[""] = true
	u.enter(i, "")
	for _, e := range u.extras {
		if slices.Contains(u.lock.Packages[i].Extras, e) {
			u.pick(i).with[e] = true
			u.enter(i, e)
		}
	}
}

func (u *uvWalk) enter(pkg int, extra string) {
	if next := (uvNode{pkg, extra}); !u.seen[next] {
		u.seen[next] = true
		u.queue = append(u.queue, next)
	}
}

// follow takes an edge if its marker holds.
func (u *uvWalk) follow(d Dep, from string, finding bool) {
	if !u.open(d, finding) {
		return
	}
	for _, i := range u.w.matching(d) { // one, as Read made sure
		u.take(i, d.Extras, from, finding)
	}
}

func (u *uvWalk) take(i int, extras []string, from string, finding bool) {
	p := u.pick(i)
	p.requiredBy[from] = true
	u.enter(i, "")
	for _, e := range extras {
		p.with[e] = true
		u.enter(i, e)
		if finding {
			u.active[encodeExtra(u.lock.Packages[i].Name, e)] = true
		}
	}
}

// open evaluates an edge's marker. While finding what is active, the edge's own
// extras count as active.
func (u *uvWalk) open(d Dep, finding bool) bool {
	if d.Marker == nil {
		return true
	}
	if !finding {
		return d.Marker.Eval(&u.env, "")
	}
	env := u.env
	env.Extras = sortedKeys(u.active)
	for _, e := range d.Extras {
		env.Extras = append(env.Extras, encodeExtra(d.Name, e))
	}
	return d.Marker.Eval(&env, "")
}

// followRoot takes a requirement of the workspace or script itself, which names
// a package without its version: forks tell which is meant.
func (u *uvWalk) followRoot(root Root, finding bool) error {
	if !root.Marker.Eval(&u.env, "") {
		return nil
	}
	found := -1
	for _, i := range u.w.byName[root.Name] {
		p := &u.lock.Packages[i]
		env := u.env
		env.Extras = set(nil)
		inFork := len(p.Forks) == 0
		for _, m := range p.Forks {
			inFork = inFork || m.Eval(&env, "")
		}
		if !inFork {
			continue
		}
		if found >= 0 {
			return u.ambiguous(found, i)
		}
		found = i
	}
	if found < 0 {
		return u.fail(ReasonMissing, nil, "the lock has no package %s for this environment", root.Name)
	}
	u.take(found, root.Extras, "", finding)
	return nil
}

// checkConflicts refuses active extras or groups that exclude each other.
func (u *uvWalk) checkConflicts() error {
	for _, items := range u.lock.Conflicts {
		var on []string
		for _, c := range items {
			switch {
			case c.Extra != "" && u.active[encodeExtra(c.Package, c.Extra)]:
				on = append(on, fmt.Sprintf("extra %s of %s", c.Extra, c.Package))
			case c.Group != "" && u.active[encodeGroup(c.Package, c.Group)]:
				on = append(on, fmt.Sprintf("group %s of %s", c.Group, c.Package))
			case c.Extra == "" && c.Group == "" && u.active[encodeProject(c.Package)]:
				on = append(on, c.Package)
			}
		}
		if len(on) > 1 {
			return u.fail(ReasonConflict, nil, "%s and %s are declared as conflicting", on[0], on[1])
		}
	}
	return nil
}
