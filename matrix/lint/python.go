package lint

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/matrix/workflow"
)

// A pythonUse is an interpreter that a step brings.
type pythonUse struct {
	step *workflow.Step
	// by is "setup-python", "setup-uv" or "uv".
	by string
	// version is as it is asked for: "3.14t", "3.x"; "" if it is not known.
	version string
	at      workflow.Text
	// free says that it is a free-threaded one.
	free bool
	// arch is the input architecture, "" for none; archKnown is false for one that is
	// not known.
	arch      string
	archKnown bool
}

// A series is a version of CPython, without its patch release.
type series struct{ major, minor int }

var versionPattern = regexp.MustCompile(`^(3)\.(\d{1,2})(?:\.(\d+))?(t)?(-dev)?$`)

// parseVersion reads a plain version of CPython, such as 3.14, 3.14t or 3.12.14.
func parseVersion(s string) (v series, patch int, free, ok bool) {
	m := versionPattern.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return series{}, 0, false, false
	}
	v.major = 3
	v.minor, _ = strconv.Atoi(m[2])
	patch = -1
	if m[3] != "" {
		patch, _ = strconv.Atoi(m[3])
	}
	return v, patch, m[4] != "", true
}

// usePython notes the interpreters that a step brings.
func (r *run) usePython(s *workflow.Step) {
	switch name, _ := s.Action(); name {
	case "actions/setup-python":
		r.setupPython(s)
	case "astral-sh/setup-uv":
		if t, ok := s.With("python-version"); ok {
			r.addPython(s, "setup-uv", t)
		}
	}
	if s.Run.Node == nil {
		return
	}
	if t, ok := s.Env("UV_PYTHON"); ok {
		r.addPython(s, "uv", t)
	}
	for _, c := range commands(s.Run.Value) {
		if len(c.words) == 0 || c.words[0].text != "uv" && c.words[0].text != "uvx" {
			continue
		}
		for i, w := range c.words {
			value := ""
			switch {
			case (w.text == "--python" || w.text == "-p") && i+1 < len(c.words):
				value = c.words[i+1].text
			case strings.HasPrefix(w.text, "--python="):
				value = strings.TrimPrefix(w.text, "--python=")
			case w.text == "install" && i > 0 && c.words[i-1].text == "python" && i+1 < len(c.words):
				value = c.words[i+1].text
			}
			if value != "" {
				r.addPython(s, "uv", workflow.Text{Value: value, Node: s.Run.Node, Path: s.Run.Path})
			}
		}
	}
}

func (r *run) setupPython(s *workflow.Step) {
	t, ok := s.With("python-version")
	if !ok {
		r.pythons = append(r.pythons, pythonUse{step: s, by: "setup-python", at: s.Uses})
		return
	}
	arch, archKnown := "", true
	if a, ok := s.With("architecture"); ok {
		arch, archKnown = r.text(a)
	}
	free := false
	if f, ok := s.With("freethreaded"); ok {
		v, known := r.text(f)
		free = known && strings.EqualFold(v, "true")
		archKnown = archKnown && known
	}
	value, known := r.text(t)
	if known && t.Node != nil && !strings.Contains(t.Value, "${{") {
		value = t.Value // the text, if it is a number, is judged elsewhere
	}
	if !known {
		r.pythons = append(r.pythons, pythonUse{step: s, by: "setup-python", at: t})
		return
	}
	for v := range strings.FieldsSeq(strings.ReplaceAll(value, "\n", " ")) {
		use := pythonUse{step: s, by: "setup-python", version: v, at: t, arch: arch, archKnown: archKnown}
		if _, _, t, ok := parseVersion(v); ok {
			use.free = t || free
		} else {
			use.free = free
		}
		r.pythons = append(r.pythons, use)
	}
}

func (r *run) addPython(s *workflow.Step, by string, t workflow.Text) {
	use := pythonUse{step: s, by: by, at: t}
	if value, known := r.text(t); known {
		use.version = strings.TrimPrefix(strings.TrimPrefix(value, "cpython-"), "python")
		_, _, use.free, _ = parseVersion(use.version)
		use.free = use.free || strings.Contains(value, "+freethreaded")
	}
	r.pythons = append(r.pythons, use)
}

// free reports whether a step brings a free-threaded interpreter in the run.
func (r *run) free() bool {
	for _, p := range r.pythons {
		if p.free {
			return true
		}
	}
	return false
}
