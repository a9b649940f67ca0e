package environment

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// ErrNoEnvironment says that a folder holds no virtual environment.
var ErrNoEnvironment = errors.New("no virtual environment")

// Open reads a virtual environment, whoever made it: what its folders of
// packages hold, by their metadata and RECORD. No program is started. The
// packages of the interpreter it was made with are not read, even where it sees
// them; see [Environment.SystemSite].
func Open(ctx context.Context, dir string) (*Environment, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	config, err := readSmall(filepath.Join(dir, "pyvenv.cfg"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w: it has no pyvenv.cfg", dir, ErrNoEnvironment)
	}
	if err != nil {
		return nil, err
	}
	settings := parseVenvConfig(string(config))
	python, err := findPython(dir)
	if err != nil {
		return nil, err
	}
	site, err := findSite(dir, settings)
	if err != nil {
		return nil, err
	}
	env, err := OpenSite(ctx, python, site)
	if err != nil {
		return nil, err
	}
	env.Dir, env.SystemSite = dir, strings.EqualFold(settings["include-system-site-packages"], "true")
	return env, nil
}

// OpenSite reads the packages in the folders that an interpreter imports them
// from: the Site of its runtime.Info. A project in two of them counts where it is
// found first, as it does for Python. Folders that are not there are passed over.
func OpenSite(ctx context.Context, python string, site []string) (*Environment, error) {
	env := &Environment{Python: python, Site: site}
	seen := map[string]bool{}
	folders := map[string]bool{}
	for _, dir := range site {
		folder, err := filepath.EvalSymlinks(dir)
		if err != nil || folders[folder] { // lib64 is often a link to lib
			continue
		}
		folders[folder] = true
		found, err := readSite(ctx, dir)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			if !seen[d.Name] {
				seen[d.Name] = true
				env.Distributions = append(env.Distributions, d)
			}
		}
	}
	slices.SortFunc(env.Distributions, func(a, b *Distribution) int { return strings.Compare(a.Name, b.Name) })
	return env, nil
}

// parseVenvConfig reads a pyvenv.cfg: a key, an equals sign and a value a line.
func parseVenvConfig(text string) map[string]string {
	settings := map[string]string{}
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(line, "="); ok {
			settings[strings.ToLower(strings.TrimSpace(key))] = strings.TrimSpace(value)
		}
	}
	return settings
}

func findPython(dir string) (string, error) {
	for _, p := range []string{"bin/python", "bin/python3", "Scripts/python.exe"} {
		name := filepath.Join(dir, filepath.FromSlash(p))
		if _, err := os.Stat(name); err == nil {
			return name, nil
		}
	}
	return "", fmt.Errorf("%s: %w: it has no interpreter, or one that is gone", dir, ErrNoEnvironment)
}

// findSite returns the folders of packages. An environment whose interpreter was
// replaced by one of another version has more than one; pyvenv.cfg tells.
func findSite(dir string, settings map[string]string) ([]string, error) {
	if goruntime.GOOS == "windows" {
		return []string{filepath.Join(dir, "Lib", "site-packages")}, nil
	}
	version := settings["version"]
	if version == "" {
		version = settings["version_info"] // uv and virtualenv
	}
	series := "python" + seriesOf(version)
	var all, fit []string
	for _, lib := range []string{"lib", "lib64"} {
		found, err := filepath.Glob(filepath.Join(globQuote(dir), lib, "python*", "site-packages"))
		if err != nil {
			return nil, err
		}
		for _, site := range found {
			all = append(all, site)
			if strings.TrimRight(filepath.Base(filepath.Dir(site)), "td") == series {
				fit = append(fit, site)
			}
		}
	}
	switch {
	case len(fit) > 0:
		return fit, nil
	case len(all) > 0:
		return all, nil
	}
	return nil, fmt.Errorf("%s: %w: it has no lib/python*/site-packages", dir, ErrNoEnvironment)
}

// globQuote takes the special meaning from a path.
func globQuote(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}

// seriesOf returns the first two numbers of a version.
func seriesOf(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// readSite reads the distributions of one folder, by the names of the folders
// that describe them.
func readSite(ctx context.Context, site string) ([]*Distribution, error) {
	entries, err := os.ReadDir(site)
	if err != nil {
		return nil, err
	}
	var found []*Distribution
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		var d *Distribution
		switch filepath.Ext(e.Name()) {
		case ".dist-info":
			d, err = readInfo(ctx, site, e.Name(), "METADATA")
		case ".egg-info":
			d, err = readEgg(ctx, site, e.Name())
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		if d != nil {
			found = append(found, d)
		}
	}
	return found, nil
}

// readInfo reads a distribution; nil is one without readable metadata, such as
// pip leaves behind when it is killed while it removes something.
func readInfo(ctx context.Context, site, info, metadata string) (*Distribution, error) {
	dir := filepath.Join(site, info)
	b, err := readSmall(filepath.Join(dir, metadata))
	if err != nil {
		return nil, nil //nolint:nilerr // Python does not take it for a distribution either
	}
	meta, err := simple.ParseMetadata(b)
	if err != nil {
		return nil, nil //nolint:nilerr // nor this one
	}
	d := &Distribution{Name: pep508.NormalizeName(meta.Name), Version: meta.Version, Requires: meta.RequiresDist, site: site}
	text, err := readSmall(filepath.Join(dir, "RECORD"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.Notes = append(d.Notes, info+" has no RECORD: whose the files are is not known")
		if err := d.guess(info); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	default:
		rows, err := parseRecord(text)
		if err != nil {
			d.Notes = append(d.Notes, fmt.Sprintf("%s: RECORD: %v", info, err))
		}
		for _, r := range rows {
			d.Files = append(d.Files, InstalledFile{r.path, r.digest, r.size})
		}
	}
	d.readEditable(dir)
	modules, err := d.lookAtModules(ctx)
	if err != nil {
		return nil, err
	}
	d.describe(func(i int) bool { return modules[i] })
	d.describeEditable(ctx)
	return d, nil
}

// readEgg reads what older tools installed: a folder, or a file that is the
// metadata.
func readEgg(ctx context.Context, site, info string) (*Distribution, error) {
	if st, err := os.Stat(filepath.Join(site, info)); err == nil && st.IsDir() {
		return readInfo(ctx, site, info, "PKG-INFO")
	}
	b, err := readSmall(filepath.Join(site, info))
	if err != nil {
		return nil, err
	}
	meta, err := simple.ParseMetadata(b)
	if err != nil {
		return nil, nil //nolint:nilerr // Python does not take it for a distribution either
	}
	d := &Distribution{
		Name: pep508.NormalizeName(meta.Name), Version: meta.Version, Requires: meta.RequiresDist, site: site,
		Notes: []string{info + " does not say whose the files are"}, Pure: true,
	}
	return d, nil
}

// guess lists the files of a distribution without a RECORD from what setuptools
// wrote down: installed-files.txt, or the names of its packages.
func (d *Distribution) guess(info string) error {
	if b, err := readSmall(filepath.Join(d.site, info, "installed-files.txt")); err == nil {
		for line := range strings.Lines(string(b)) {
			rel := filepath.ToSlash(filepath.Join(info, filepath.FromSlash(strings.TrimSpace(line))))
			d.Files = append(d.Files, InstalledFile{Path: rel, Size: -1})
		}
		return nil
	}
	for _, name := range topLevel(filepath.Join(d.site, info)) {
		files, err := tree(d.site, name)
		if err != nil {
			return err
		}
		d.Files = append(d.Files, files...)
	}
	return nil
}

// topLevel returns the names that setuptools lists as a project's.
func topLevel(info string) []string {
	b, err := readSmall(filepath.Join(info, "top_level.txt"))
	if err != nil {
		return nil
	}
	var names []string
	for line := range strings.Lines(string(b)) {
		if name := strings.TrimSpace(line); isIdentifier(name) {
			names = append(names, name)
		}
	}
	return names
}

// maxTree bounds how many files are looked at below a folder that no RECORD
// describes.
const maxTree = 100_000

// tree lists the files of a package, or the file of a module, in a folder.
func tree(site, name string) ([]InstalledFile, error) {
	var files []InstalledFile
	add := func(p string, size int64) error {
		rel, err := filepath.Rel(site, p)
		if err == nil {
			files = append(files, InstalledFile{Path: filepath.ToSlash(rel), Size: size})
		}
		return err
	}
	root := filepath.Join(site, name)
	if st, err := os.Stat(root); err == nil && st.IsDir() {
		err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
			if err != nil || len(files) >= maxTree {
				return errors.Join(err, fs.SkipAll)
			}
			if e.IsDir() && strings.HasPrefix(e.Name(), ".") {
				return fs.SkipDir
			}
			if !e.Type().IsRegular() {
				return nil
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			return add(p, info.Size())
		})
		return files, err
	}
	found, err := filepath.Glob(filepath.Join(globQuote(site), name+".*"))
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		if err := add(p, -1); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// readSmall reads a file of metadata.
func readSmall(name string) ([]byte, error) {
	st, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !st.Mode().IsRegular():
		return nil, fmt.Errorf("%s: not a regular file", name)
	case st.Size() > maxControl:
		return nil, fmt.Errorf("%s: over %d bytes", name, maxControl)
	}
	return os.ReadFile(name)
}
