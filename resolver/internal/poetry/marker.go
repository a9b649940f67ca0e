package poetry

import (
	"fmt"
	"strings"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// PythonMarker returns the constraint, taken as one on the Python version, in
// the words of an environment marker; "" if it holds every version.
//
// As in Poetry, a version of one or two numbers is compared with
// python_version, so that "3.12" means all of 3.12.
func (c Constraint) PythonMarker() string {
	var ors []string
	for _, alt := range c.alternatives {
		var ands []string
		for _, cl := range alt.Clauses() {
			ands = append(ands, pythonClause(cl))
		}
		ors = append(ors, strings.Join(ands, " and "))
	}
	if len(ors) == 1 {
		return ors[0]
	}
	for i, s := range ors {
		if strings.Contains(s, " and ") {
			ors[i] = "(" + s + ")"
		}
	}
	return strings.Join(ors, " or ")
}

func pythonClause(c pep440.Specifier) string {
	op := c.Op().String()
	value := strings.TrimPrefix(c.String(), op)
	name := "python_full_version"
	if numbers := len(c.Version().Release()); numbers <= 2 && !c.Version().IsPrerelease() {
		switch c.Op() {
		case pep440.OpEqual, pep440.OpNotEqual:
			// A lone "3.*" must keep its wildcard: python_version has two numbers.
			if numbers == 2 {
				value = strings.TrimSuffix(value, ".*")
			}
			name = "python_version"
		case pep440.OpGreaterEqual, pep440.OpLess, pep440.OpCompatible:
			name = "python_version"
		default: // what stands between patch releases needs them
		}
	}
	return fmt.Sprintf(`%s %s "%s"`, name, op, value)
}
