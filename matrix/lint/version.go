package lint

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/matrix/workflow"
	"github.com/ftpkg/ftpkg/matrix/workflow/yamledit"
	"github.com/ftpkg/ftpkg/wheeltags"
)

func itoa(n int) string { return strconv.Itoa(n) }

// checkVersions finds versions of Python that are written wrongly, and those that
// setup-python does not have.
func (w *world) checkVersions(j *job) {
	seen := map[*yaml.Node]bool{}
	check := func(n *yaml.Node, path yamledit.Path) {
		n = yamledit.Resolve(n)
		if n.Kind == yaml.ScalarNode && !seen[n] {
			seen[n] = true
			w.checkNumber(j, n, path)
		}
	}
	for _, s := range j.Steps {
		for _, t := range versionTexts(s) {
			check(t.Node, t.Path)
			for _, ref := range workflow.Refs(t.Value, false) {
				if key, ok := strings.CutPrefix(ref, "matrix."); ok && j.matrix != nil {
					eachValue(j.matrix, key, check)
				}
			}
		}
	}
	for _, r := range j.runs {
		for _, p := range r.pythons {
			w.checkServed(r, p)
		}
	}
}

// versionTexts are the texts of a step that give a version of Python.
func versionTexts(s *workflow.Step) []workflow.Text {
	var list []workflow.Text
	switch name, _ := s.Action(); name {
	case "actions/setup-python", "astral-sh/setup-uv", "pypa/cibuildwheel", "pyo3/maturin-action":
		for _, p := range s.WithPairs {
			if strings.EqualFold(p.Key, "python-version") {
				list = append(list, p.Text)
			}
		}
	}
	if t, ok := s.Env("UV_PYTHON"); ok {
		list = append(list, t)
	}
	return list
}

// eachValue calls f with the values that a key has in a matrix: of its axis, of rows.
func eachValue(m *workflow.Matrix, key string, f func(n *yaml.Node, path yamledit.Path)) {
	for _, a := range m.Axes {
		if strings.EqualFold(a.Name, key) {
			for _, v := range a.Values {
				if v.Node != nil {
					f(v.Node, v.Path)
				}
			}
		}
	}
	for _, r := range slices.Concat(m.Include, m.Exclude) {
		if v, ok := r.Get(key); ok && v.Node != nil {
			f(v.Node, v.Path)
		}
	}
}

// checkNumber finds a version that is a number.
func (w *world) checkNumber(j *job, n *yaml.Node, path yamledit.Path) {
	number, ok := workflow.Number(n)
	if !ok || !strings.HasPrefix(n.Value, "3.") {
		return
	}
	fix := func(e *edits) error {
		doc, err := e.workflow(j.File.Name)
		if err != nil {
			return err
		}
		return doc.Set(path, n.Value)
	}
	f := j.at(n, ruleUnquoted, "the version %s is written as a number; 3.20 would be 3.2: quote it", n.Value)
	if got := workflow.FormatNumber(number); got != n.Value {
		f = j.at(n, ruleNumberVersion, "%s is the number %s here; quote it", n.Value, got)
	}
	f.fix = fix
	w.find(f)
}

// checkServed finds versions that setup-python does not have for the runner.
func (w *world) checkServed(r *run, p pythonUse) {
	if p.by != "setup-python" || p.version == "" {
		return
	}
	at, _ := r.origin(p.at, p.version)
	offset := max(strings.Index(at.Value, p.version), 0)
	v, patch, _, ok := parseVersion(p.version)
	if !ok {
		if rangeWithT(p.version) {
			w.find(r.job.within(at, offset, ruleRange, "setup-python takes a t behind a plain version only, not %s; give a range with freethreaded: true", p.version))
		}
		return
	}
	if r.runner == nil || !p.archKnown || !slices.Contains([]string{"", "x64", "x86", "arm64"}, p.arch) || v.minor < 9 || strings.HasSuffix(p.version, "-dev") {
		return
	}
	free := ""
	if p.free {
		free = "t"
	}
	name := "3." + itoa(v.minor)
	newest, known := "", false // anywhere
	for _, serves := range w.tables.SetupPython.Serves {
		if x, ok := serves[name]; ok {
			known = true
			if newerPatch(x, newest) {
				newest = x
			}
		}
	}
	runner := *r.runner
	switch p.arch {
	case "":
	case "x64":
		runner.Arch = map[string]string{"windows": "AMD64"}[runner.OS]
		if runner.Arch == "" {
			runner.Arch = "x86_64"
		}
	case "x86":
		runner.Arch = "x86"
	case "arm64":
		runner.Arch = "arm64"
	}
	if !w.runnerListed(runner.OS, runner.Version) {
		return
	}
	has, ok := w.tables.SetupPython.Has(&runner, wheeltags.Python{Major: 3, Minor: v.minor, Micro: -1, FreeThreaded: p.free})
	label := r.runner.Label
	if p.arch != "" {
		label += " (" + p.arch + ")"
	}
	switch {
	case !known && v.minor > 12:
		return // it came after the table
	case !ok && v.minor == 12 && p.free || !ok && p.free && v.minor < 13:
		w.find(r.job.within(at, offset, ruleUnserved, "there is no free-threaded %s: free-threaded builds begin with 3.13", name))
	case !ok:
		w.find(r.job.within(at, offset, ruleUnserved, "setup-python has no %s%s for %s (as of %s)", name, free, label, w.tables.SetupPython.Date))
	case patch >= 0 && patch > patchOf(has) && patch <= patchOf(newest):
		w.find(r.job.within(at, offset, ruleUnserved, "setup-python has no %s.%d%s for %s: the newest there is %s (as of %s); give %s alone", name, patch, free, label, has, w.tables.SetupPython.Date, name+free))
	}
}

// runnerListed reports whether the table has a system at all.
func (w *world) runnerListed(os, version string) bool {
	prefix := map[string]string{"linux": "linux-" + version + "/", "macos": "darwin/", "windows": "win32/"}[os]
	for system := range w.tables.SetupPython.Serves {
		if strings.HasPrefix(system, prefix) {
			return true
		}
	}
	return false
}

// patchOf is the patch release of a version, -1 of a prerelease.
func patchOf(v string) int {
	parts := strings.Split(v, ".")
	if len(parts) < 3 || strings.Contains(v, "-") {
		return -1
	}
	n, err := strconv.Atoi(parts[2])
	if err != nil {
		return -1
	}
	return n
}

func newerPatch(a, b string) bool { return patchOf(a) > patchOf(b) }

// rangeWithT reports whether a text is a range of versions with a t, which
// setup-python does not take: 3.x-t, >=3.14t, 3.14.xt, 3t.
func rangeWithT(s string) bool {
	if !strings.HasPrefix(strings.TrimLeft(s, "<>=~^ "), "3") || strings.Contains(s, "pypy") || strings.Contains(s, "graalpy") {
		return false
	}
	rest := strings.TrimLeft(s, "<>=~^ 0123456789.x*-")
	return rest == "t" || rest == "t-dev"
}
