package environment

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	goruntime "runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// readEditable reads where an editable project is (PEP 610, PEP 660).
func (d *Distribution) readEditable(info string) {
	b, err := readSmall(filepath.Join(info, "direct_url.json"))
	if err != nil {
		return // an ordinary installation
	}
	var direct struct {
		URL string `json:"url"`
		Dir struct {
			Editable bool `json:"editable"`
		} `json:"dir_info"`
	}
	if json.Unmarshal(b, &direct) != nil || !direct.Dir.Editable {
		return
	}
	if u, err := url.Parse(direct.URL); err == nil && u.Scheme == "file" {
		p := u.Path
		if goruntime.GOOS == "windows" {
			p = strings.TrimPrefix(p, "/")
		}
		d.Editable = filepath.Clean(filepath.FromSlash(p))
	}
}

// A sourceRoot is a folder that an editable project is imported from.
type sourceRoot struct {
	dir   string
	names []string // of packages and modules
}

// describeEditable adds what an editable project's own folder offers, as far as
// the files that RECORD lists lead there: lines of .pth files, and the table in
// the finder that setuptools writes. What other tools' finders would find is not
// known without running them.
func (d *Distribution) describeEditable(ctx context.Context) {
	if d.Editable == "" {
		return
	}
	var public, private []string
	for _, root := range d.sourceRoots() {
		t := newModuleTree()
		for _, name := range root.names {
			files, err := tree(root.dir, name)
			if err != nil {
				d.Notes = append(d.Notes, err.Error())
				continue
			}
			d.addSources(ctx, t, root.dir, files)
		}
		of, besides := t.names(root.dir)
		public, private = append(public, of...), append(private, besides...)
	}
	d.Public, d.Private = unique(public), unique(private)
	slices.SortFunc(d.Extensions, func(a, b Extension) int { return strings.Compare(a.Path, b.Path) })
	slices.Sort(d.Libraries)
	if len(d.Public) == 0 {
		d.Notes = append(d.Notes, "how this editable project is imported is known to its build tool only")
	}
}

// unique sorts names and leaves out what is there twice.
func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

func (d *Distribution) addSources(ctx context.Context, t *moduleTree, root string, files []InstalledFile) {
	for i := range files {
		f := &files[i]
		name := filepath.Join(root, filepath.FromSlash(f.Path))
		_, suffix, named := cutExtension(path.Base(f.Path))
		module := named && isModuleFile(ctx, name)
		t.add(f, module)
		switch {
		case module:
			x := newExtension(f, suffix)
			x.Path = name
			if st, err := os.Stat(name); err == nil {
				x.Size = st.Size()
			}
			d.Extensions = append(d.Extensions, x)
			d.Pure = false
		case isLibrary(f.Path):
			d.Libraries = append(d.Libraries, name)
			d.Pure = false
		}
	}
}

// sourceRoots returns where an editable project's packages are.
func (d *Distribution) sourceRoots() []sourceRoot {
	var roots []sourceRoot
	var known []string
	for i := range d.Files {
		switch p := d.Files[i].Path; {
		case path.Base(p) == "top_level.txt":
			known = topLevel(filepath.Join(d.site, filepath.FromSlash(path.Dir(p))))
		case path.Ext(p) == ".pth" && !strings.Contains(p, "/"):
			for _, dir := range pthFolders(d.site, p) {
				roots = append(roots, sourceRoot{dir: dir})
			}
		case strings.HasPrefix(p, "__editable__") && strings.HasSuffix(p, "_finder.py"):
			roots = append(roots, finderTable(filepath.Join(d.site, p))...)
		}
	}
	for i := range roots {
		if roots[i].names == nil {
			roots[i].names = known
		}
		if roots[i].names == nil {
			roots[i].names = modulesIn(roots[i].dir)
		}
	}
	return roots
}

// pthFolders returns the folders that a .pth file adds: its lines but for
// comments and code.
func pthFolders(site, name string) []string {
	b, err := readSmall(filepath.Join(site, name))
	if err != nil {
		return nil
	}
	var dirs []string
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "import\t") {
			continue
		}
		dir := filepath.FromSlash(line)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(site, dir)
		}
		if st, err := os.Stat(dir); err == nil && st.IsDir() {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// finderTable reads the names and places that setuptools writes into the finder
// of an editable project: MAPPING: dict[str, str] = {'name': '/place/name'}.
func finderTable(name string) []sourceRoot {
	b, err := readSmall(name)
	if err != nil {
		return nil
	}
	table := regexp.MustCompile(`(?m)^MAPPING\b[^=\n]*=\s*\{(.*)\}\s*$`).FindSubmatch(b)
	if table == nil {
		return nil
	}
	var roots []sourceRoot
	for _, pair := range regexp.MustCompile(`'([^'\\]+)':\s*'([^'\\]+)'`).FindAllSubmatch(table[1], -1) {
		module, place := string(pair[1]), filepath.Clean(string(pair[2]))
		// A name that is mapped to a folder of another one can't be listed by place.
		if last := module[strings.LastIndexByte(module, '.')+1:]; isDotted(module) && module == last && strings.TrimSuffix(filepath.Base(place), ".py") == last {
			roots = append(roots, sourceRoot{filepath.Dir(place), []string{last}})
		}
	}
	return roots
}

// modulesIn returns the names of what can be imported from a project's folder,
// without what stands beside packages there.
func modulesIn(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		switch {
		case e.IsDir():
			if _, err := os.Stat(filepath.Join(dir, name, "__init__.py")); err != nil {
				continue
			}
		case path.Ext(name) == ".py":
			name = strings.TrimSuffix(name, ".py")
		default:
			stem, _, ok := cutExtension(name)
			if !ok {
				continue
			}
			name = stem
		}
		if isIdentifier(name) && !isBesides(name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// lookAtModules tells which of a distribution's files are extension modules.
// Their sizes are filled in where RECORD has none.
func (d *Distribution) lookAtModules(ctx context.Context) ([]bool, error) {
	modules := make([]bool, len(d.Files))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(goruntime.GOMAXPROCS(0))
	for i := range d.Files {
		f := &d.Files[i]
		if _, _, named := cutExtension(path.Base(f.Path)); !named || strings.HasPrefix(f.Path, "../") {
			continue
		}
		name := filepath.FromSlash(f.Path)
		if !filepath.IsAbs(name) {
			name = filepath.Join(d.site, name)
		}
		group.Go(func() error {
			modules[i] = isModuleFile(ctx, name)
			if st, err := os.Stat(name); err == nil && f.Size < 0 {
				f.Size = st.Size()
			}
			return ctx.Err()
		})
	}
	return modules, group.Wait()
}

// isModuleFile reports whether a file with the name of an extension module is
// one. A file that can't be read is none: the interpreter could not load it.
func isModuleFile(ctx context.Context, name string) bool {
	find := newInitFinder(filepath.ToSlash(name))
	if find == nil {
		return false
	}
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	buf := make([]byte, 256<<10)
	for ctx.Err() == nil && !find.found() {
		n, err := f.Read(buf)
		_, _ = find.Write(buf[:n])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false
		}
	}
	return find.found()
}
