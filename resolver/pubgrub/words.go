package pubgrub

import (
	"fmt"
	"strings"
)

// words puts facts and statements into English, without a capital at the start
// or a full stop at the end.
type words struct{ names Namer }

// fact words what a leaf says.
func (w words) fact(n *Node) string {
	if n.Cause == CauseDependency {
		return w.dependent(n) + " depends on " + w.dependency(n)
	}
	subject := w.choice(n.Package, n.Versions)
	switch text := w.names.Versions(n.Package, n.Versions); {
	case n.Package == Root:
		subject += " cannot be used"
	case text == "":
		subject = "no version of " + subject + " can be used"
	case n.Versions.Count() == 1:
		subject += " cannot be used"
	default:
		subject = "none of " + subject + " can be used"
	}
	return subject + w.reason(n)
}

// facts words what two leaves say, in one clause where they have a common
// subject or where the second goes on from the first.
func (w words) facts(a, b *Node) string {
	if follows(b, a) || a.Cause != CauseDependency && b.Cause == CauseDependency && !follows(a, b) {
		a, b = b, a // what is needed before what is not to be had
	}
	switch {
	case follows(a, b) && b.Cause == CauseDependency:
		return w.fact(a) + " which depends on " + w.dependency(b)
	case follows(a, b):
		return w.fact(a) + " of which no version can be used" + w.reason(b)
	case a.Cause == CauseDependency && b.Cause == CauseDependency &&
		a.Package == b.Package && a.Versions.Equal(b.Versions):
		return w.fact(a) + " and " + w.dependency(b)
	}
	return w.fact(a) + " and " + w.fact(b)
}

// follows reports whether leaf b is about all that leaf a depends on, so that b
// can be told in a clause on a's dependency.
func follows(a, b *Node) bool {
	return a.Cause == CauseDependency && b.Package == a.Dependency.Package && a.Package != b.Package &&
		!a.Dependency.Allowed.IsEmpty() && a.Dependency.Allowed.Subset(b.Versions)
}

// dependent words the subject of a dependency.
func (w words) dependent(n *Node) string {
	if n.Package != Root && n.Versions.Len() > 1 && w.names.Versions(n.Package, n.Versions) == "" {
		return "every version of " + w.names.Package(n.Package)
	}
	return w.choice(n.Package, n.Versions)
}

// dependency words the object of a dependency.
func (w words) dependency(n *Node) string {
	d := &n.Dependency
	text := w.names.Package(d.Package)
	switch {
	case d.Requirement != nil:
		text = join(text, fmt.Sprint(d.Requirement))
	case !d.Allowed.IsEmpty():
		text = w.choice(d.Package, d.Allowed)
	}
	switch {
	case d.Allowed.Len() == 0:
		text += " (it has no versions)"
	case d.Allowed.IsEmpty():
		text += " (no version matches)"
	}
	return text
}

// reason words a leaf's reason in parentheses, if it has one.
func (w words) reason(n *Node) string {
	if n.Reason == nil {
		return ""
	}
	if text := fmt.Sprint(n.Reason); text != "" {
		return " (" + text + ")"
	}
	return ""
}

// choice words some versions of a package.
func (w words) choice(p Package, versions Set) string {
	name := w.names.Package(p)
	if p == Root {
		return name
	}
	return join(name, w.names.Versions(p, versions))
}

func join(name, rest string) string {
	if rest == "" {
		return name
	}
	return name + " " + rest
}

// statement words an incompatibility as what it means for the versions that its
// positive terms name: that they cannot be had together, or that they require
// what the negative terms name. The root is always chosen, so it is left out
// beside other positive terms.
func (w words) statement(terms []Term) string {
	var has, needs []string
	root := ""
	for _, t := range terms {
		text := w.choice(t.Package, t.Versions)
		switch {
		case t.Positive && t.Package == Root:
			root = text
		case t.Positive:
			has = append(has, text)
		default:
			needs = append(needs, text)
		}
	}
	need := strings.Join(needs, " or ")
	switch {
	case len(has) == 0 && len(needs) == 0:
		return "there is no solution"
	case len(has) == 0 && root != "":
		return root + " requires " + need
	case len(has) == 0:
		return need + " is required"
	case len(needs) > 0:
		return strings.Join(has, " with ") + " requires " + need
	case len(has) == 1:
		return has[0] + " is forbidden"
	case len(has) == 2:
		return has[0] + " is incompatible with " + has[1]
	}
	last := len(has) - 1
	return strings.Join(has[:last], ", ") + " and " + has[last] + " are incompatible"
}
