package environment

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A plan says which file goes where in a new environment.
type plan struct {
	layout
	root     string // of the environment
	python   string // its interpreter
	cacheTag string

	dests     map[string]*planned // by destKey
	installs  []*install
	conflicts []Conflict
}

// An install is one wheel of a plan.
type install struct {
	*entry

	dist      *Distribution
	files     []planned
	scripts   []script // its entry points
	generated []*generated
}

// A planned file is one that comes from the store.
type planned struct {
	*storedFile

	from    string // the folder of the store that storedFile.path is relative to
	dest    string // below the root
	install *install
	pyc     bool
	dropped bool // another one goes there
}

// A generated file is one that is written for this environment.
type generated struct {
	dest string
	data []byte
	exec bool
}

// destKey is what makes two destinations one file.
func destKey(dest string) string {
	if ignoresCase() {
		return strings.ToLower(dest)
	}
	return dest
}

// add plans a wheel. What two wheels both bring comes from the one added later,
// as with pip.
func (p *plan) add(in *install) error {
	in.files = make([]planned, 0, len(in.entry.files)+pycCount(in.entry))
	for i := range in.entry.files {
		if err := p.addFile(in, &in.entry.files[i]); err != nil {
			return err
		}
	}
	if in.pyc != nil {
		for i := range in.pyc.files {
			f := &in.pyc.files[i]
			p.put(in, planned{storedFile: f, from: filepath.Join(in.pycDir, filesName), dest: p.site + "/" + f.path, install: in, pyc: true})
		}
	}
	p.installs = append(p.installs, in)
	return nil
}

func pycCount(e *entry) int {
	if e.pyc == nil {
		return 0
	}
	return len(e.pyc.files)
}

func (p *plan) addFile(in *install, f *storedFile) error {
	switch rest, ok := strings.CutPrefix(f.path, in.info+"/"); {
	case ok && (rest == "RECORD" || rest == "INSTALLER" || rest == "RECORD.jws" || rest == "RECORD.p7s"):
		return nil // written anew, or no longer true of it
	}
	dest, isScript := p.place(f.path, in.dist.Name)
	if p.reserved(dest) {
		return &WheelError{in.dist.Wheel, fmt.Errorf("%q would replace the environment's own %s", f.path, dest)}
	}
	if isScript && in.wraps(path.Base(dest)) {
		return nil // a wrapper of an entry point, made by an old tool for another place
	}
	from := filepath.Join(in.dir, filesName)
	if isScript {
		data, rewrite, err := p.rewritten(filepath.Join(from, filepath.FromSlash(f.path)))
		if err != nil {
			return err
		}
		if rewrite {
			in.generated = append(in.generated, &generated{dest, data, true})
			return nil
		}
	}
	p.put(in, planned{storedFile: f, from: from, dest: dest, install: in})
	return nil
}

// wraps reports whether a file of the scripts folder is the wrapper that
// setuptools once made of an entry point.
func (in *install) wraps(name string) bool {
	lower := strings.ToLower(name)
	for _, end := range []string{".exe", "-script.py", ".pya"} {
		if strings.HasSuffix(lower, end) {
			name = name[:len(name)-len(end)]
			break
		}
	}
	return slices.ContainsFunc(in.scripts, func(s script) bool { return s.name == name })
}

// put plans one file, in place of what was planned there before.
func (p *plan) put(in *install, f planned) {
	in.files = append(in.files, f) // has room
	now := &in.files[len(in.files)-1]
	key := destKey(f.dest)
	if before := p.dests[key]; before != nil {
		before.dropped = true
		if before.install != in {
			if before.digest != f.digest {
				p.conflicts = append(p.conflicts, Conflict{p.record(f.dest), in.dist.Name, before.install.dist.Name})
			}
			// What was compiled from the file that loses must not stand for the other.
			pyc := p.dests[destKey(pycPath(f.dest, p.cacheTag))]
			if strings.HasSuffix(f.dest, ".py") && pyc != nil && pyc.install != in {
				pyc.dropped = true
				delete(p.dests, destKey(pyc.dest))
			}
		}
	}
	p.dests[key] = now
}

// A group are the files that go from one folder of the store into one folder of
// the environment.
type group struct {
	from, to string // to is below the root
	files    []*planned
}

// groups returns what there is to place, by folder, parents before what they
// hold.
func (p *plan) groups() ([]group, error) {
	var groups []group
	index := map[[2]string]int{}
	for _, in := range p.installs {
		var last [3]string
		at := -1
		for i := range in.files {
			f := &in.files[i]
			if f.dropped {
				continue
			}
			from, to := path.Dir(f.path), path.Dir(f.dest)
			if now := [3]string{f.from, from, to}; at < 0 || now != last {
				key := [2]string{filepath.Join(f.from, filepath.FromSlash(from)), to}
				n, ok := index[key]
				if !ok {
					n = len(groups)
					groups = append(groups, group{from: key[0], to: to})
					index[key] = n
				}
				at, last = n, now
			}
			groups[at].files = append(groups[at].files, f)
		}
	}
	slices.SortStableFunc(groups, func(a, b group) int { return strings.Compare(a.to, b.to) })
	for i := range groups {
		for dir := groups[i].to; dir != "."; dir = path.Dir(dir) {
			if f := p.dests[destKey(dir)]; f != nil {
				return nil, fmt.Errorf("%s is a file of %s and a folder of %s", dir, f.install.dist.Name, groups[i].files[0].install.dist.Name)
			}
		}
	}
	return groups, nil
}

// maxScript bounds a script whose first line is rewritten, in bytes.
const maxScript = 16 << 20

// rewritten returns a script of a wheel with its first line naming the
// environment's interpreter, if it begins with #!python, which asks for that.
func (p *plan) rewritten(name string) (data []byte, rewrite bool, err error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, false, err
	}
	if !bytes.HasPrefix(b, []byte("#!python")) {
		return nil, false, nil
	}
	if len(b) > maxScript {
		return nil, false, errors.New("a script of more than 16 MiB")
	}
	_, rest, _ := bytes.Cut(b, []byte{'\n'})
	return append([]byte(shebangFor(p.python)+"\n"), rest...), true, nil
}
