package lint

import (
	"strings"

	"github.com/ftpkg/ftpkg/matrix/workflow"
)

// A maturinUse is a call of maturin that builds wheels.
type maturinUse struct {
	step *workflow.Step
	// args is the text that has its arguments.
	args workflow.Text
	// known says that the arguments are: interpreters are those of --interpreter, find
	// says that maturin looks for them.
	known        bool
	interpreters []string
	find         bool
	// container says that it runs in one: yes, or no; inDoubt that this is not known.
	container, inDoubt bool
	// version is that of maturin, "" for the newest; versionKnown is false for a range.
	version      string
	versionKnown bool
	zig, sdist   bool
	// platform is what the wheels are for beside the system: the inputs target and
	// manylinux, as they are.
	platform string
}

// useMaturin notes what a step builds with maturin.
func (r *run) useMaturin(s *workflow.Step) {
	if name, _ := s.Action(); name == "pyo3/maturin-action" || name == "messense/maturin-action" {
		r.maturinAction(s)
		return
	}
	if s.Run.Node == nil {
		return
	}
	for _, c := range commands(s.Run.Value) {
		at := -1
		for i, w := range c.words {
			if w.text == "maturin" && i+1 < len(c.words) && (c.words[i+1].text == "build" || c.words[i+1].text == "publish") {
				at = i
			}
		}
		if at < 0 || c.has("install", "add") {
			continue
		}
		u := maturinUse{step: s, args: s.Run}
		u.readArgs(r, c.rest(at+1))
		r.maturin = append(r.maturin, u)
	}
}

func (r *run) maturinAction(s *workflow.Step) {
	input := func(name, other string) (string, bool) {
		t, ok := s.With(name)
		if !ok {
			return other, true
		}
		v, known := r.text(t)
		return strings.TrimSpace(v), known
	}
	command, known := input("command", "build")
	if known && command != "build" && command != "publish" {
		return
	}
	u := maturinUse{step: s, args: s.Uses}
	if t, ok := s.With("args"); ok {
		u.args = t
		u.readArgs(r, t.Value)
	} else {
		u.known = true
	}
	u.known = u.known && known
	u.version, u.versionKnown = input("maturin-version", "")
	u.version = strings.TrimPrefix(u.version, "v")
	if u.version == "latest" {
		u.version = ""
	}
	manylinux, manylinuxKnown := input("manylinux", "")
	container, containerKnown := input("container", "")
	target, targetKnown := input("target", "")
	u.platform = target
	if strings.HasPrefix(manylinux, "musllinux") {
		u.platform += " musllinux"
	}
	switch {
	case r.os() == "":
		u.inDoubt = true
	case r.os() != "linux":
	case !manylinuxKnown || !containerKnown || !u.known:
		u.inDoubt = true
	case container == "off", u.zig && container != "on" && container != "true":
	case container != "":
		u.container = true
	case manylinux != "":
		u.container = manylinux != "off"
	case command == "publish":
		u.container = true
	default: // another processor than the runner's is built for in a container
		u.inDoubt = !targetKnown || target != ""
	}
	r.maturin = append(r.maturin, u)
}

// readArgs reads maturin's arguments.
func (u *maturinUse) readArgs(r *run, text string) {
	value, known := r.Text(text)
	if u.known = known; !known {
		return
	}
	var words []string
	for _, c := range commands(value) {
		for _, w := range c.words {
			words = append(words, w.text)
		}
	}
	for i := 0; i < len(words); i++ {
		switch w := words[i]; {
		case w == "-i" || w == "--interpreter":
			for i+1 < len(words) && !strings.HasPrefix(words[i+1], "-") {
				i++
				u.interpreters = append(u.interpreters, words[i])
			}
		case strings.HasPrefix(w, "--interpreter="):
			u.interpreters = append(u.interpreters, strings.TrimPrefix(w, "--interpreter="))
		case strings.HasPrefix(w, "-i") && len(w) > 2 && w[2] != '-':
			u.interpreters = append(u.interpreters, strings.TrimPrefix(w[2:], "="))
		case w == "-f" || w == "--find-interpreter":
			u.find = true
		case w == "--zig":
			u.zig = true
		case w == "--sdist":
			u.sdist = true
		}
	}
}

// interpreterVersion reads what maturin is given: "python3.14t", "3.14t".
func interpreterVersion(s string) (v series, free, ok bool) {
	v, _, free, ok = parseVersion(strings.TrimSuffix(strings.TrimPrefix(s[strings.LastIndexByte(s, '/')+1:], "python"), ".exe"))
	return v, free, ok
}
