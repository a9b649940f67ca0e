package pubgrub

import (
	"fmt"
	"strings"
)

// A Namer puts packages and versions in words for [Failure.Explain].
type Namer interface {
	// Package returns the name of a package, Root among them.
	Package(p Package) string
	// Versions returns the text that stands after the package's name for a set
	// of its versions, like "1.2.3" or ">=2,<3", or "" for all of them. See
	// [FormatSet].
	Versions(p Package, versions Set) string
}

// Explain returns the proof in sentences, one a line, from the facts to the
// conclusion. A line that a later one refers to ends in its number in
// parentheses. An empty line comes between arguments that do not continue one
// another.
//
// Reasons and requirements are printed with [fmt.Sprint].
func (f *Failure) Explain(names Namer) []string {
	e := &explainer{
		words:      words{names},
		conclusion: f.Conclusion,
		uses:       make(map[*Node]int),
		numbers:    make(map[*Node]int),
	}
	if f.Conclusion.Cause != CauseDerived {
		e.write(f.Conclusion, "Because "+e.fact(f.Conclusion))
		return e.lines
	}
	e.count(f.Conclusion)
	e.visit(f.Conclusion)
	return e.lines
}

// An explainer writes the lines of one explanation (ALGORITHM.md section 8).
type explainer struct {
	words
	conclusion *Node
	uses       map[*Node]int // how many nodes follow from a derived one
	numbers    map[*Node]int // the numbers of the lines that have one
	lines      []string
}

// count counts the uses of all derived nodes below n.
func (e *explainer) count(n *Node) {
	for _, from := range n.From {
		if from.Cause != CauseDerived {
			continue
		}
		if e.uses[from]++; e.uses[from] == 1 {
			e.count(from)
		}
	}
}

// visit writes why a derived node holds. The last line it writes ends in the
// statement of the node.
func (e *explainer) visit(n *Node) {
	a, b := n.From[0], n.From[1]
	switch {
	case a.Cause == CauseDerived && b.Cause == CauseDerived:
		e.visitBoth(n, a, b)
	case a.Cause == CauseDerived:
		e.visitOne(n, a, b)
	case b.Cause == CauseDerived:
		e.visitOne(n, b, a)
	default:
		e.write(n, "Because "+e.facts(a, b))
	}
	if e.uses[n] > 1 {
		e.number(n)
	}
}

// visitBoth writes why n holds, which follows from two derived nodes. A derived
// node without a number has not been written yet: one that is used twice is
// given its number at once.
func (e *explainer) visitBoth(n, a, b *Node) {
	if e.numbers[a] != 0 && e.numbers[b] != 0 {
		e.write(n, "Because "+e.cite(a)+" and "+e.cite(b))
		return
	}
	if e.numbers[a] != 0 || e.numbers[b] == 0 && isBrief(a) && !isBrief(b) {
		a, b = b, a
	}
	e.visit(a)
	switch {
	case e.numbers[b] != 0: // it may have come up under a
		e.write(n, "And because "+e.cite(b))
	case isBrief(b):
		// b takes one line, after which the reader still has a in mind.
		e.visit(b)
		e.write(n, "Thus")
	default:
		e.number(a)
		e.lines = append(e.lines, "")
		e.visit(b)
		e.write(n, "And because "+e.cite(a))
	}
}

// visitOne writes why n holds, which follows from a derived node and a leaf.
func (e *explainer) visitOne(n, derived, leaf *Node) {
	if e.numbers[derived] != 0 {
		e.write(n, "Because "+e.fact(leaf)+" and "+e.cite(derived))
		return
	}
	if prior, priorLeaf := e.chained(derived); prior != nil {
		// A chain of derived nodes with one leaf each reads well with two
		// leaves a line.
		e.visit(prior)
		e.write(n, "And because "+e.facts(priorLeaf, leaf))
		return
	}
	e.visit(derived)
	e.write(n, "And because "+e.fact(leaf))
}

// chained returns the causes of a derived node if they are a derived node that
// must be visited and a leaf, and the node itself need not be written.
func (e *explainer) chained(n *Node) (prior, leaf *Node) {
	prior, leaf = n.From[0], n.From[1]
	if prior.Cause != CauseDerived {
		prior, leaf = leaf, prior
	}
	if e.uses[n] > 1 || prior.Cause != CauseDerived || leaf.Cause == CauseDerived || e.numbers[prior] != 0 {
		return nil, nil
	}
	return prior, leaf
}

// isBrief reports whether a derived node follows from two leaves.
func isBrief(n *Node) bool {
	return n.From[0].Cause != CauseDerived && n.From[1].Cause != CauseDerived
}

// write adds the line that states n and why it holds.
func (e *explainer) write(n *Node, why string) {
	if n == e.conclusion {
		if rest, ok := strings.CutPrefix(why, "And because "); ok {
			why = "So, because " + rest
		}
	}
	e.lines = append(e.lines, why+", "+e.statement(n.Terms)+".")
}

// number gives the line written last the next number, as that of n.
func (e *explainer) number(n *Node) {
	if e.numbers[n] != 0 {
		return
	}
	e.numbers[n] = len(e.numbers) + 1
	e.lines[len(e.lines)-1] += fmt.Sprintf(" (%d)", e.numbers[n])
}

// cite refers to the line of a derived node that has a number.
func (e *explainer) cite(n *Node) string {
	return fmt.Sprintf("%s (%d)", e.statement(n.Terms), e.numbers[n])
}
