package inspect

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// A collector makes packages of the files of a tree, in whatever order they come.
// Paths are relative to the tree's root, with slashes. It is not for several
// goroutines.
type collector struct {
	base    string              // the path of the root, if the folders it is in matter
	modules map[string][]Module // by path
	skipped map[string]Skipped
	faults  map[string]string
	infos   map[string]*info // by the path of the dist-info folder
}

// An info is what a dist-info folder says.
type info struct {
	name, version, classifier string
	owns                      []string // paths of extension modules
}

func newCollector() *collector {
	return &collector{modules: map[string][]Module{}, skipped: map[string]Skipped{}, faults: map[string]string{}, infos: map[string]*info{}}
}

// The files of a tree that matter.
type treeFile int

const (
	otherFile treeFile = iota
	moduleFile
	recordFile
	metadataFile
)

// kindOf says what a file of a tree is to a collector.
func kindOf(name string) treeFile {
	dir, file := path.Split(name)
	if strings.HasSuffix(dir, ".dist-info/") {
		switch file {
		case "RECORD":
			return recordFile
		case "METADATA":
			return metadataFile
		}
		return otherFile
	}
	if _, ok := treeReading(name); ok {
		return moduleFile
	}
	return otherFile
}

// treeReading returns what the path of a file in a tree says of it as an extension
// module.
func treeReading(name string) (reading, bool) {
	site, rel := cutSite(name)
	x, ok := environment.NewExtension(rel)
	if !ok {
		return reading{}, false
	}
	for dir := range strings.SplitSeq(path.Dir(rel), "/") {
		if strings.HasSuffix(dir, ".libs") || strings.HasSuffix(dir, ".dylibs") {
			return reading{}, false
		}
	}
	r := reading{path: name, ext: x}
	if r.python, r.known = pythonOfSite(site); !r.known {
		r.python, r.known = pythonOfSuffix(x.Suffix)
	}
	return r, true
}

// reading returns what a path below the root says of a module file.
func (c *collector) reading(name string) reading {
	if c.base != "" {
		if full := c.base + "/" + name; siteOf(full) != "" {
			r, _ := treeReading(full)
			r.path = name
			return r
		}
	}
	r, _ := treeReading(name)
	return r
}

// folder is the folder of packages that a file is in, relative to the root.
func (c *collector) folder(name string) string {
	if site := siteOf(name); site != "" || c.base == "" {
		return site
	}
	return strings.Trim(strings.TrimPrefix(siteOf(c.base+"/"+name), c.base), "/")
}

func siteOf(name string) string {
	site, _ := cutSite(name)
	return site
}

// cutSite splits a path after the folder that packages are imported from: the
// innermost one of a name that such folders have, else the root.
func cutSite(name string) (site, rel string) {
	at := 0
	for _, folder := range []string{"site-packages/", "dist-packages/", "lib-dynload/"} {
		if strings.HasPrefix(name, folder) {
			at = max(at, len(folder))
		}
		if i := strings.LastIndex(name, "/"+folder); i >= 0 {
			at = max(at, i+1+len(folder))
		}
	}
	return strings.TrimSuffix(name[:at], "/"), name[at:]
}

// pythonOfSite returns the interpreter that the folder of packages belongs to:
// lib/python3.13t/site-packages.
func pythonOfSite(site string) (wheeltags.Python, bool) {
	parts := strings.Split(site, "/")
	for _, part := range slices.Backward(parts) {
		version, ok := strings.CutPrefix(part, "python")
		if !ok || !strings.Contains(version, ".") {
			continue
		}
		if p, err := wheeltags.ParsePython(version); err == nil && p.Check() == nil {
			return p, true
		}
	}
	return wheeltags.Python{}, false
}

// pythonOfSuffix returns the interpreter that looks for modules of a suffix.
func pythonOfSuffix(suffix string) (wheeltags.Python, bool) {
	tag := strings.TrimPrefix(suffix, ".")
	tag = strings.TrimPrefix(tag, "cpython-")
	tag, _, _ = strings.Cut(tag, "-")
	tag, _, _ = strings.Cut(tag, ".")
	switch tag {
	case "abi3t":
		return wheeltags.Python{Major: 3, Minor: firstStable, Micro: -1, FreeThreaded: true}, true
	case "abi3":
		return withGIL()[0], true
	}
	digits := strings.TrimPrefix(tag, "cp")
	minor, flavour, _ := cutDigits(strings.TrimPrefix(digits, "3"))
	if !strings.HasPrefix(digits, "3") || minor < 0 || flavour != "" && flavour != "t" {
		return wheeltags.Python{}, false
	}
	p := wheeltags.Python{Major: 3, Minor: minor, Micro: -1, FreeThreaded: flavour == "t"}
	return p, p.Check() == nil
}

// cutDigits splits a text after its leading digits, whose number is -1 if there are
// none, or too many.
func cutDigits(s string) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	n, err := strconv.Atoi(s[:i])
	if err != nil || i > 3 {
		return -1, s, false
	}
	return n, s[i:], true
}

// addModule adds an extension module, or says why it could not be read.
func (c *collector) addModule(r *reading, s *spool, err error) error {
	if err != nil {
		c.faults[r.path] = reason(err)
		c.modules[r.path] = []Module{r.undecided(reason(err))}
		return nil
	}
	modules, err := r.read(s, s.size)
	if err != nil {
		return err
	}
	c.modules[r.path] = modules
	return nil
}

// maxRecord bounds a RECORD, in bytes.
const maxRecord = 64 << 20

func (c *collector) info(name string) *info {
	dir := path.Dir(name)
	if c.infos[dir] == nil {
		c.infos[dir] = new(info)
	}
	return c.infos[dir]
}

// addRecord adds which extension modules a distribution owns. A RECORD that cannot
// be read owns nothing more.
func (c *collector) addRecord(name string, r io.Reader) {
	in := c.info(name)
	in.owns = nil
	site, _ := path.Split(path.Dir(name))
	rows := csv.NewReader(io.LimitReader(r, maxRecord))
	rows.FieldsPerRecord, rows.LazyQuotes, rows.ReuseRecord = -1, true, true
	for {
		row, err := rows.Read()
		if syntax := (*csv.ParseError)(nil); errors.As(err, &syntax) {
			continue
		}
		if err != nil {
			return
		}
		file := path.Join(site, strings.ReplaceAll(row[0], `\`, "/"))
		if kindOf(file) == moduleFile {
			in.owns = append(in.owns, file)
		}
	}
}

// addMetadata adds the name of a distribution.
func (c *collector) addMetadata(name string, r io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, maxMetadata))
	if err != nil {
		return err
	}
	in := c.info(name)
	if m, err := simple.ParseMetadata(text); err == nil {
		in.name, in.version = normalized(m.Name), m.Version
	}
	in.classifier = classifierIn(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	return nil
}

// remove takes away a file, or all below a folder, that a later layer hides.
func (c *collector) remove(name string) {
	below := strings.TrimSuffix(name, "/") + "/"
	hidden := func(p string) bool { return p == name || strings.HasPrefix(p, below) || name == "" || name == "." }
	for p := range c.modules {
		if hidden(p) {
			delete(c.modules, p)
			delete(c.faults, p)
		}
	}
	for p := range c.skipped {
		if hidden(p) {
			delete(c.skipped, p)
		}
	}
	for p := range c.infos {
		if hidden(p) {
			delete(c.infos, p)
		}
	}
}

// merge adds what a later layer has.
func (c *collector) merge(later *collector) {
	for p, m := range later.modules {
		c.modules[p] = m
		delete(c.faults, p)
	}
	maps.Copy(c.faults, later.faults)
	maps.Copy(c.skipped, later.skipped)
	for p, in := range later.infos {
		old := c.infos[p]
		if old == nil {
			c.infos[p] = in
			continue
		}
		// A layer may replace one of the two files.
		c.infos[p] = &info{cmp.Or(in.name, old.name), cmp.Or(in.version, old.version), cmp.Or(in.classifier, old.classifier), in.owns}
		if in.owns == nil {
			c.infos[p].owns = old.owns
		}
	}
}

// packages makes a wheel of every distribution that owns modules, sorted by its
// name, and one for each folder of packages of those that nobody owns.
func (c *collector) packages() []*Wheel {
	owner := map[string]*info{}
	names := map[*info]string{}
	for dir, in := range c.infos {
		names[in] = dir
		for _, file := range in.owns {
			if old := owner[file]; old == nil || dir < names[old] {
				owner[file] = in
			}
		}
	}
	byKey := map[string]*Wheel{}
	for file, modules := range c.modules {
		r := c.reading(file)
		in := owner[file]
		key, w := c.folder(file), &Wheel{Modules: []Module{}}
		if in != nil {
			key = names[in]
			w.Project, w.Version, w.Classifier = in.name, in.version, in.classifier
		}
		if old := byKey[key]; old != nil {
			w = old
		} else {
			w.File = cmp.Or(key, ".")
			byKey[key] = w
		}
		w.Modules = append(w.Modules, modules...)
		if r.known {
			w.FreeThreaded = w.FreeThreaded || r.python.FreeThreaded
			if name := r.python.String(); !slices.Contains(w.Pythons, name) {
				w.Pythons = append(w.Pythons, name)
			}
		}
		if fault, ok := c.faults[file]; ok {
			w.Findings = append(w.Findings, Finding{file, fault})
		}
	}
	for file, s := range c.skipped {
		key := c.folder(file)
		if in := owner[file]; in != nil {
			key = names[in]
		}
		if w := byKey[key]; w != nil {
			w.Skipped = append(w.Skipped, s)
		}
	}
	list := make([]*Wheel, 0, len(byKey))
	for _, w := range byKey {
		w.settle()
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b *Wheel) int {
		return cmp.Or(strings.Compare(a.Project, b.Project), strings.Compare(a.File, b.File))
	})
	return list
}

// settle brings what was added in no order into one.
func (w *Wheel) settle() {
	sortModules(w.Modules)
	slices.Sort(w.Pythons)
	slices.SortFunc(w.Findings, func(a, b Finding) int { return strings.Compare(a.Member, b.Member) })
	slices.SortFunc(w.Skipped, func(a, b Skipped) int { return strings.Compare(a.Path, b.Path) })
	for i := range w.Modules {
		if p := w.Modules[i].Platform; p != "" && !slices.Contains(w.Platforms, p) {
			w.Platforms = append(w.Platforms, p)
		}
	}
	slices.Sort(w.Platforms)
	if len(w.Findings) > maxFindings {
		more := len(w.Findings) - maxFindings
		w.Findings = append(w.Findings[:maxFindings:maxFindings], Finding{"", fmt.Sprintf("and %d more like these", more)})
	}
}
