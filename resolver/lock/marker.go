package lock

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/internal/markertext"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

// A dimension is a variable that tells environments apart.
type dimension struct {
	name  string
	value func(*pep508.Environment) string
}

// dimensions are the variables that markers of a written lock use. The patch
// release comes last, so that it is only used within one python_version.
func dimensions() []dimension {
	return []dimension{
		{"sys_platform", func(e *pep508.Environment) string { return e.SysPlatform }},
		{"platform_machine", func(e *pep508.Environment) string { return e.PlatformMachine }},
		{"python_version", func(e *pep508.Environment) string { return e.PythonVersion }},
		{"implementation_name", func(e *pep508.Environment) string { return e.ImplementationName }},
		{"python_full_version", func(e *pep508.Environment) string { return e.PythonFullVersion }},
	}
}

func markerValues(e *pep508.Environment) []string {
	var out []string
	for _, d := range dimensions() {
		out = append(out, d.value(e))
	}
	return out
}

// markerFor returns a short marker that holds, of all environments, in those of
// in and no other; "" if it is all of them.
func markerFor(all, in []*pep508.Environment) string {
	var best string
	dims := dimensions()
	last := len(dims) - 1
	permute(dims[:last], func(order []dimension) {
		m := split(append(slices.Clone(order), dims[last]), all, in)
		if best == "" || len(m) < len(best) {
			best = m
		}
	})
	return best
}

// permute calls f with every order of the dimensions.
func permute(dims []dimension, f func([]dimension)) {
	var rec func(n int)
	rec = func(n int) {
		if n == len(dims) {
			f(dims)
			return
		}
		for i := n; i < len(dims); i++ {
			dims[n], dims[i] = dims[i], dims[n]
			rec(n + 1)
			dims[n], dims[i] = dims[i], dims[n]
		}
	}
	dims = slices.Clone(dims)
	rec(0)
}

// split writes the marker by the first dimension that varies, then by the rest
// within each of its values.
func split(dims []dimension, all, in []*pep508.Environment) string {
	if len(in) == len(all) || len(dims) == 0 {
		return ""
	}
	d := dims[0]
	values := map[string]bool{}
	for _, e := range all {
		values[d.value(e)] = true
	}
	if len(values) == 1 {
		return split(dims[1:], all, in)
	}
	var ors, none, whole []string
	for _, v := range sortedKeys(values) {
		other := func(e *pep508.Environment) bool { return d.value(e) != v }
		subAll := slices.DeleteFunc(slices.Clone(all), other)
		subIn := slices.DeleteFunc(slices.Clone(in), other)
		switch {
		case len(subIn) == 0:
			none = append(none, v)
			continue
		case len(subIn) == len(subAll):
			whole = append(whole, v)
		}
		ors = append(ors, markertext.And(compare(d.name, "==", v), split(dims[1:], subAll, subIn)))
	}
	if len(none) == 1 && len(whole) == len(ors) && len(ors) > 1 {
		return compare(d.name, "!=", none[0])
	}
	return markertext.Or(ors...)
}

func compare(name, op, value string) string {
	quote := "'"
	if strings.Contains(value, quote) {
		quote = `"`
	}
	return name + " " + op + " " + quote + value + quote
}

// environmentMarkers returns a marker for each environment. What all of them
// share of Python is left to requires-python.
func environmentMarkers(envs []*pep508.Environment) []string {
	var out []string
	pythons := map[string]bool{}
	for _, e := range envs {
		pythons[e.PythonVersion] = true
	}
	for _, e := range envs {
		parts := []string{compare("sys_platform", "==", e.SysPlatform), compare("platform_machine", "==", e.PlatformMachine)}
		if len(pythons) > 1 {
			parts = append([]string{compare("python_version", "==", e.PythonVersion)}, parts...)
		}
		if m := markertext.And(parts...); !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	slices.Sort(out)
	return out
}

// requiresPython returns the range from the oldest of the environments' Pythons
// to the newest. Minor releases are taken whole: a lock made for 3.14.0 serves
// all of 3.14.
func requiresPython(envs []*pep508.Environment) string {
	var low, high pep440.Version
	for _, e := range envs {
		v, err := pep440.Parse(e.PythonVersion)
		if err != nil {
			return ""
		}
		if !low.IsValid() || v.Compare(low) < 0 {
			low = v
		}
		if !high.IsValid() || v.Compare(high) > 0 {
			high = v
		}
	}
	if !low.IsValid() || len(high.Release()) < 2 {
		return ""
	}
	if low.Equal(high) {
		return "==" + low.String() + ".*"
	}
	return ">=" + low.String() + ",<" + nextMinor(high)
}

func nextMinor(v pep440.Version) string {
	r := v.Release()
	return strconv.Itoa(r[0]) + "." + strconv.Itoa(r[1]+1)
}
