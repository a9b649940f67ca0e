package lint

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/workflow"
)

// A cibwUse is a step that runs cibuildwheel in a run.
type cibwUse struct {
	run  *run
	step *workflow.Step
	// version is that of cibuildwheel: numbers, or nil if it is not known. line is
	// its release line, nil if there is no table of it.
	version []int
	line    *matrix.Line
	// options are those that are read here, by name: build, skip, test-skip, enable,
	// test-command, test-requires, environment.
	options map[string]option
	// inline are options that are set before the command, which count more.
	inline map[string]option
	// only is the one identifier that is built, "" for all that are selected.
	only string
}

// An option is the value of one of cibuildwheel's options.
type option struct {
	// known is false if the value depends on what is known later.
	known bool
	set   bool
	text  string
	// at is where a workflow sets it; else it is at path of a file.
	at   workflow.Text
	path []any
	file *pyproject
}

var (
	pinPattern    = regexp.MustCompile(`(?:^|[\s"'])cibuildwheel(?:\[[\w,]+\])?(?:==|~=)(\d+(?:\.\d+)*)`)
	anyPinPattern = regexp.MustCompile(`(?:^|[\s"'])cibuildwheel(?:\[[\w,]+\])?\s*[=~<>!]`)
	refPattern    = regexp.MustCompile(`^v?(\d+(?:\.\d+)*)$`)
)

// useCibuildwheel notes whether a step runs cibuildwheel.
func (r *run) useCibuildwheel(s *workflow.Step) {
	u := &cibwUse{run: r, step: s, options: map[string]option{}, inline: map[string]option{}}
	dir, file, known := "", "", true // of the package, and that configures
	if name, _ := s.Action(); name == "pypa/cibuildwheel" {
		if m := refPattern.FindStringSubmatch(s.Version()); m != nil {
			u.version = numbers(m[1])
		}
		for input, into := range map[string]*string{"package-dir": &dir, "config-file": &file} {
			if t, ok := s.With(input); ok {
				var is bool
				*into, is = r.text(t)
				known = known && is
			}
		}
		if t, ok := s.With("only"); ok {
			if u.only, ok = r.text(t); !ok {
				u.only = "?"
			}
			u.options["only"] = option{known: u.only != "?", set: true, text: u.only, at: t}
		}
	} else {
		call := cibwCall(s.Run.Value)
		if call == nil {
			return
		}
		u.version = r.pinned()
		dir, file, known = u.readCall(r, call)
		known = known && textOf(s, "working-directory") == ""
	}
	if u.version != nil {
		u.line = lineOf(r.job.world.tables, u.version)
	}
	var config *pyproject
	if known {
		config, known = r.job.configuration(dir, file)
	}
	for _, name := range []string{"build", "skip", "test-skip", "enable"} {
		u.options[name] = r.option(s, name, config, known, false)
	}
	for _, name := range []string{"test-command", "test-requires", "environment", "test-environment"} {
		u.options[name] = r.option(s, name, config, known, true)
	}
	maps.Copy(u.options, u.inline)
	r.builds = append(r.builds, u)
}

// readCall reads the words of a command that runs cibuildwheel: variables before it,
// options behind it. It returns the directory of the package and the file that
// configures, "" for the usual ones.
func (u *cibwUse) readCall(r *run, call *command) (dir, file string, known bool) {
	known = true
	at := slices.IndexFunc(call.words, func(w word) bool { return isCibuildwheel(w.text) })
	for _, w := range call.words[:at] {
		name, value, ok := strings.Cut(w.text, "=")
		if variable, is := strings.CutPrefix(name, "CIBW_"); ok && is {
			text, at, known := r.shell(u.step, unquote(value))
			u.inline[strings.ToLower(strings.ReplaceAll(variable, "_", "-"))] = option{known: known, set: true, text: text, at: at}
		}
	}
	words := call.words[at+1:]
	for i := 0; i < len(words); i++ {
		name, value, given := strings.Cut(words[i].text, "=")
		if !strings.HasPrefix(name, "-") {
			text, _, is := r.shell(u.step, name)
			dir, known = text, known && is
			continue
		}
		if !given && i+1 < len(words) && slices.Contains([]string{"--only", "--platform", "--archs", "--output-dir", "--config-file", "--enable"}, name) {
			i++
			value = words[i].text
		}
		text, at, is := r.shell(u.step, value)
		switch name {
		case "--only":
			if u.only = text; !is {
				u.only = "?"
			}
			u.options["only"] = option{known: u.only != "?", set: true, text: u.only, at: at}
		case "--platform":
			if !is || text != r.os() && text != "auto" {
				u.only = "?" // another one than the runner's, or it is not known
			}
		case "--config-file":
			file, known = text, known && is
		case "--enable":
			u.inline["enable"] = option{}
		}
	}
	return dir, file, known
}

// configuration returns the file that configures cibuildwheel for a package in a
// directory, nil for none; known is false if it can't be told.
func (j *job) configuration(dir, file string) (config *pyproject, known bool) {
	w := j.world
	dir, own := path.Clean(dir), false
	for _, s := range j.Steps {
		name, _ := s.Action()
		_, other := s.With("repository")
		if at, ok := s.With("path"); ok && name == "actions/checkout" {
			own = own || !other && path.Clean(at.Value) == dir // the project, checked out there
		}
	}
	if own {
		dir = "."
	}
	if rest, ok := strings.CutPrefix(file, "{package}/"); ok {
		file = path.Join(dir, rest)
	}
	if file == "" {
		file = path.Join(dir, "pyproject.toml")
	}
	if file = path.Clean(file); file == "pyproject.toml" {
		return w.project, w.project != nil || w.fsys != nil
	}
	if config, ok := w.configs[file]; ok {
		return config, config != nil
	}
	if w.fsys != nil && fs.ValidPath(file) {
		if text, err := fs.ReadFile(w.fsys, file); err == nil && len(text) < maxEvidence {
			config, _ = readPyproject(file, string(text)) // a broken one is not known
		}
	}
	w.configs[file] = config
	return config, config != nil
}

func isCibuildwheel(word string) bool {
	name, _, _ := strings.Cut(word, "==")
	name, _, _ = strings.Cut(name, "@")
	name, _, _ = strings.Cut(name, "~=")
	name, _, _ = strings.Cut(name, "[")
	return path.Base(name) == "cibuildwheel"
}

// cibwCall finds the command of a script that runs cibuildwheel, nil if none does.
func cibwCall(script string) *command {
	for _, c := range commands(script) {
		if c.has("install", "add", "echo", "--print-build-identifiers", "sync") {
			continue
		}
		for i, w := range c.words {
			if isCibuildwheel(w.text) && (i == 0 || c.words[i-1].text == "-m" || c.words[i-1].text == "run" || c.words[0].text == "uvx" || c.words[0].text == "pipx" || strings.Contains(c.words[i-1].text, "=")) {
				return &c
			}
		}
	}
	return nil
}

// pinned returns the version of cibuildwheel that the run's scripts install: one that
// is pinned, or the newest if nothing keeps it from that; nil if it is not known.
func (r *run) pinned() []int {
	newest := numbers(r.job.world.tables.Lines[0].Version)
	for _, s := range r.job.Steps {
		if !r.May(s.If.Value) {
			continue
		}
		for _, c := range commands(s.Run.Value) {
			for i, w := range c.words {
				text, known := r.Text(w.text)
				if !known {
					if strings.Contains(w.text, "cibw") || strings.Contains(w.text, "cibuildwheel") {
						return nil
					}
					continue
				}
				if i > 0 && (c.words[i-1].text == "-r" || c.words[i-1].text == "--requirement") && c.has("install") {
					if text = r.job.world.requirement(text); text == "" {
						continue
					}
				}
				if !isCibuildwheel(text) && !anyPinPattern.MatchString(text) {
					continue
				}
				if m := pinPattern.FindStringSubmatch(text); m != nil {
					return numbers(m[1])
				}
				if lower := strings.Contains(text, ">"); anyPinPattern.MatchString(text) && (!lower || strings.ContainsAny(text, "<!,")) {
					return nil
				} else if lower && c.has("install") {
					return newest
				}
				_, at, pinned := strings.Cut(text, "@")
				if m := refPattern.FindStringSubmatch(at); pinned && m != nil {
					return numbers(m[1])
				}
				if c.has("install") || c.words[0].text == "uvx" || c.words[0].text == "pipx" {
					return newest
				}
			}
		}
	}
	return nil
}

// requirement returns the line about cibuildwheel of a file of requirements, "" if the
// project has no such file or line.
func (w *world) requirement(file string) string {
	file = path.Clean(strings.ReplaceAll(file, "\\", "/"))
	if w.fsys == nil || !fs.ValidPath(file) {
		return ""
	}
	text, err := fs.ReadFile(w.fsys, file)
	if err != nil || len(text) > maxEvidence {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		line, _, _ = strings.Cut(line, ";")
		if line = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(line), `\`)); isCibuildwheel(line) || anyPinPattern.MatchString(line) {
			return line
		}
	}
	return ""
}

// numbers reads a version of numbers.
func numbers(s string) []int {
	var list []int
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil
		}
		list = append(list, n)
	}
	return list
}

// lineOf returns the release line that stands for a version: the one of its major
// version.
func lineOf(t *matrix.Tables, version []int) *matrix.Line {
	for _, l := range t.Lines {
		if v := numbers(l.Version); len(v) > 0 && v[0] == version[0] {
			return l
		}
	}
	return nil
}

// since reports whether the version is known to be one or newer; "v4" is the newest of
// its major version.
func (u *cibwUse) since(major, minor int) bool {
	switch {
	case len(u.version) == 0:
		return false
	case u.version[0] != major:
		return u.version[0] > major
	}
	return len(u.version) == 1 || u.version[1] >= minor
}

// option finds the value of an option: in the environment, or in the project's file.
// Those that may differ by platform are looked for there as well.
func (r *run) option(s *workflow.Step, name string, config *pyproject, configured, byPlatform bool) option {
	variable := "CIBW_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	names := []string{variable}
	if byPlatform {
		if r.os() == "" {
			for _, os := range []string{"LINUX", "MACOS", "WINDOWS"} {
				if _, ok := s.Env(variable + "_" + os); ok {
					return option{}
				}
			}
		} else {
			names = []string{variable + "_" + strings.ToUpper(r.os()), variable}
		}
	}
	for _, n := range names {
		if t, ok := s.Env(n); ok {
			text, known := r.text(t)
			o := option{known: known, set: true, text: text, at: t}
			if name == "enable" {
				o.addProject(config, configured)
			}
			if known && strings.TrimSpace(text) == "" && name != "enable" {
				continue // as if it were not set
			}
			return o
		}
		if strings.Contains(r.job.runTexts(), n) {
			return option{} // a script sets it; [cibwUse.readCall] knows what stands before the call
		}
	}
	if !configured {
		return option{}
	}
	if config == nil {
		return option{known: true}
	}
	paths := [][]any{{"tool", "cibuildwheel", name}}
	if r.os() != "" {
		paths = append([][]any{{"tool", "cibuildwheel", r.os(), name}}, paths...)
	}
	for _, at := range paths {
		if config.get(at...) == nil {
			continue
		}
		var texts []string
		separator := " "
		if name == "test-command" {
			separator = " && "
		}
		switch v := config.get(at...).(type) {
		case string:
			texts = []string{v}
		case []any:
			for _, x := range v {
				if s, ok := x.(string); ok {
					texts = append(texts, s)
				}
			}
		default:
			return option{}
		}
		return option{known: true, set: true, text: strings.Join(texts, separator), path: at, file: config}
	}
	return option{known: true}
}

// addProject adds the groups that the project's file enables to those of the
// environment.
func (o *option) addProject(config *pyproject, configured bool) {
	o.known = o.known && configured
	for _, w := range config.words("tool", "cibuildwheel", "enable") {
		o.text += " " + w.text
	}
}

// runTexts are the job's scripts, one after the other.
func (j *job) runTexts() string {
	var b strings.Builder
	for _, s := range j.Steps {
		b.WriteString(s.Run.Value + "\n")
	}
	return b.String()
}

// textOf is the value of a key of a step that is a scalar.
func textOf(s *workflow.Step, key string) string {
	for i := 0; i+1 < len(s.Node.Content); i += 2 {
		if s.Node.Content[i].Value == key {
			return s.Node.Content[i+1].Value
		}
	}
	return ""
}

// identifiers returns what is built, as far as selectors and groups say; ok is false
// if that is not known. Architectures count for nothing: they are the same for both
// flavours.
func (u *cibwUse) identifiers() (list []string, ok bool) {
	build, skip, enable := u.options["build"], u.options["skip"], u.options["enable"]
	if u.line == nil || !build.known || !skip.known || !enable.known || u.only == "?" {
		return nil, false
	}
	if u.only != "" {
		return []string{u.only}, true
	}
	for _, os := range []string{"linux", "macos", "windows"} {
		if u.run.os() != "" && u.run.os() != os {
			continue
		}
		for _, id := range u.line.Identifiers[os] {
			if u.enabled(id) && (!build.set || matrix.Match(build.text, id)) && !matrix.Match(skip.text, id) {
				list = append(list, id)
			}
		}
	}
	return list, true
}

// enabled reports whether an identifier needs no group, or has it.
func (u *cibwUse) enabled(id string) bool {
	python, _, _ := strings.Cut(id, "-")
	groups := strings.Fields(u.options["enable"].text)
	if free, ok := strings.CutSuffix(python, "t"); ok && u.line != nil {
		// What came while a line went on.
		if free == "cp314" && !u.since(3, 1) {
			return slices.Contains(groups, "cpython-prerelease") && slices.Contains(groups, "cpython-freethreading")
		}
		if free == "cp315" && !u.since(4, 2) {
			return slices.Contains(groups, "cpython-prerelease")
		}
	}
	if python == "cp315" && !u.since(4, 2) || python == "cp314" && !u.since(3, 1) {
		return slices.Contains(groups, "cpython-prerelease")
	}
	for group, pythons := range u.line.Groups {
		if slices.Contains(pythons, python) && !slices.Contains(groups, group) && !slices.Contains(groups, "all") {
			return false
		}
	}
	return true
}
