package emit

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
)

// GitHub writes a workflow of GitHub Actions: jobs that build wheels, jobs that test
// them, one for the source distribution, and one that holds all files against the list
// of what is to be built.
func GitHub(plan *matrix.Plan, o Options) ([]byte, error) {
	w, err := newWriter(plan, o, githubRows)
	if err != nil {
		return nil, err
	}
	jobs, err := w.layout(false)
	if err != nil {
		return nil, err
	}
	all := table()
	add := func(name string, job *yaml.Node) { all.Content = append(all.Content, text(name), job) }
	var made []string
	if w.Sdist {
		add("sdist", w.githubSdist())
		made = append(made, "sdist")
	}
	if w.pure {
		add("build", w.githubPure())
		made = append(made, "build")
	}
	tests := false
	for _, j := range jobs {
		if j.purpose == vocab.PurposeBuild {
			add(j.name, w.githubBuild(j))
			made = append(made, j.name)
			continue
		}
		tests = true
		add(j.name, w.githubTest(j, needs(j, jobs)))
	}
	add("check", w.githubCheck(made))
	root := table(
		pair{key: "name", value: text("wheels")},
		pair{key: "on", value: table(
			pair{key: "push", value: table(pair{key: "branches", value: texts([]string{"main"})}, pair{key: "tags", value: texts([]string{"v*"})})},
			pair{key: "pull_request", value: nothing()},
			pair{key: "workflow_dispatch", value: nothing()},
		)},
		pair{key: "permissions", value: table(pair{key: "contents", value: text("read")})},
		pair{key: "concurrency", value: table(
			pair{key: "group", value: text("${{ github.workflow }}-${{ github.ref }}")},
			pair{key: "cancel-in-progress", value: text("${{ github.event_name == 'pull_request' }}")},
		)},
		pair{key: "defaults", value: table(pair{key: "run", value: table(pair{key: "shell", value: text("bash")})})},
	)
	if tests {
		p := pair{key: "env", comment: importComment, value: table(pair{key: importVariable, value: block(importAll)})}
		root.Content = append(root.Content, table(p).Content...)
	}
	root.Content = append(root.Content, text("jobs"), all)
	return render(w.header(), root, "jobs")
}

// header is the comment at the top of a generated file.
func (w *writer) header() string {
	built, tested := 0, 0
	if w.pure {
		built = 1
	}
	for i := range w.plan.Cells {
		if w.plan.Cells[i].Purpose == vocab.PurposeBuild {
			built++
		} else {
			tested++
		}
	}
	t := w.Tables
	return fmt.Sprintf("# Made by %s: %s, %s.\n# ftpkg matrix plan says why each is there, and why others are not.\n"+
		"# As of: cibuildwheel %s, runners %s, setup-python %s, actions %s.\n",
		w.By, counted(built, "wheel"), counted(tested, "test"), w.Cibuildwheel, t.Runners.Date, t.SetupPython.Date, w.pins.Date)
}

func counted(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// nothing is a key without a value.
func nothing() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"} }

// needs are the jobs that build what a job tests.
func needs(j *job, jobs []*job) []string {
	var names []string
	for _, b := range jobs {
		if b.purpose == vocab.PurposeBuild && slices.ContainsFunc(b.rows, func(built *row) bool {
			return slices.ContainsFunc(j.rows, func(tested *row) bool { return tested.Wheel == built.Identifier })
		}) {
			names = append(names, b.name)
		}
	}
	if len(names) == 0 {
		names = []string{"build"} // the one wheel without compiled code
	}
	return names
}

// strategy is the matrix of a job, a row for each cell, with its reason behind it.
func strategy(rows []*row, columns func(*row) []pair) *yaml.Node {
	include := list()
	for i, r := range rows {
		include.Content = append(include.Content, behind(flow(table(columns(r)...)), because(rows, i)))
	}
	return table(
		pair{key: "fail-fast", value: truth(false)},
		pair{key: "matrix", value: table(pair{key: "include", value: include})},
	)
}

// because is the comment that says why the cell of a row is there, "" where the row
// above says the same.
func because(rows []*row, i int) string {
	reason := rows[i].Reason
	if reason == "" || i > 0 && rows[i-1].Reason == reason {
		return ""
	}
	return "# " + strings.Join(strings.Fields(reason), " ")
}

// uses is a step that runs a pinned action.
func (w *writer) uses(name, action string, with ...pair) *yaml.Node {
	ref, version := w.pins.use(action)
	step := table()
	if name != "" {
		step = table(pair{key: "name", value: text(name)})
	}
	step.Content = append(step.Content, text("uses"), behind(text(ref), "# "+version))
	if len(with) > 0 {
		if inputs := table(with...); len(inputs.Content) > 0 {
			step.Content = append(step.Content, text("with"), inputs)
		}
	}
	return step
}

// script is a step of commands.
func script(name, commands string, env ...pair) *yaml.Node {
	value := text(commands)
	if strings.Contains(commands, "\n") {
		value = block(commands)
	}
	step := table(pair{key: "name", value: text(name)}, pair{key: "run", value: value})
	if len(env) > 0 {
		step.Content = append(step.Content, text("env"), table(env...))
	}
	return step
}

func (w *writer) checkout() *yaml.Node {
	return w.uses("", "actions/checkout", pair{key: "persist-credentials", value: truth(false)})
}

func (w *writer) uv() *yaml.Node {
	return w.uses("", "astral-sh/setup-uv", pair{key: "enable-cache", value: truth(false)})
}

func (w *writer) upload(name, path string) *yaml.Node {
	return w.uses("", "actions/upload-artifact",
		pair{key: "name", value: text(name)}, pair{key: "path", value: text(path)}, pair{key: "if-no-files-found", value: text("error")})
}

func (w *writer) qemu(rows []*row) *yaml.Node {
	if !slices.ContainsFunc(rows, func(r *row) bool { return r.Emulated && r.Platform.OS() == "linux" }) {
		return nil
	}
	step := w.uses("Emulate the processor", "docker/setup-qemu-action")
	if slices.ContainsFunc(rows, func(r *row) bool { return !r.Emulated || r.Platform.OS() != "linux" }) {
		step.Content = append([]*yaml.Node{text("if"), text("matrix.emulated")}, step.Content...)
	}
	return step
}

// steps leaves out what is nil.
func steps(all ...*yaml.Node) *yaml.Node {
	return list(slices.DeleteFunc(all, func(n *yaml.Node) bool { return n == nil })...)
}

// hostRunner is the runner of jobs that do not depend on the platform.
func (w *writer) hostRunner() string {
	if r, ok := matrix.Default(w.Tables.Runners.GitHub, "linux", "x86_64"); ok {
		return r.Label
	}
	return "ubuntu-latest"
}

func (w *writer) githubSdist() *yaml.Node {
	return table(
		pair{key: "name", value: text("source distribution")},
		pair{key: "runs-on", value: text(w.hostRunner())},
		pair{key: "steps", value: steps(w.checkout(), w.uv(), script("Build the source distribution", "uv build --sdist --out-dir dist"), w.upload("sdist", "dist/*.tar.gz"))},
	)
}

func (w *writer) githubPure() *yaml.Node {
	return table(
		pair{key: "name", value: text("build " + pureIdentifier)},
		pair{key: "runs-on", value: text(w.hostRunner())},
		pair{key: "steps", value: steps(w.checkout(), w.uv(), script("Build the wheel", "uv build --wheel --out-dir wheelhouse"), w.upload("wheel-"+pureIdentifier, "wheelhouse/*.whl"))},
	)
}

func emulated(r *row) *yaml.Node {
	if r.Emulated {
		return truth(true)
	}
	return nil
}

// auditComment says why cibuildwheel's own audit is off where wheels are for the stable
// ABI of free-threaded Python: abi3audit 0.0.26 refuses those of Linux that are right.
const auditComment = "# abi3audit takes what a module for abi3t exports for violations. The last job looks."

func (w *writer) githubBuild(j *job) *yaml.Node {
	env := []pair{
		{key: "IDENTIFIER", value: text("${{ matrix.identifier }}")},
		{key: "CIBW_TEST_SKIP", value: quoted("*"), comment: "# Tests have jobs of their own."},
	}
	if j.abi == vocab.ABI3T {
		env = append(env, pair{key: "CIBW_AUDIT_COMMAND", value: quoted(""), comment: auditComment})
	}
	if slices.ContainsFunc(j.rows, func(r *row) bool { return r.Platform.OS() == "macos" }) {
		env = append(env, pair{key: "MACOSX_DEPLOYMENT_TARGET", value: text("${{ matrix.macos }}")})
	}
	return table(
		pair{key: "name", value: text("build ${{ matrix.identifier }}")},
		pair{key: "runs-on", value: text("${{ matrix.runner }}")},
		pair{key: "strategy", value: strategy(j.rows, githubBuildColumns)},
		pair{key: "steps", value: steps(
			w.checkout(), w.qemu(j.rows), w.uv(),
			script("Build the wheel", "uvx cibuildwheel=="+w.Cibuildwheel+` --only "$IDENTIFIER" --output-dir wheelhouse`, env...),
			w.upload("wheel-${{ matrix.identifier }}", "wheelhouse/*.whl"),
		)},
	)
}

func githubBuildColumns(r *row) []pair {
	columns := []pair{{key: "identifier", value: text(r.Identifier)}, {key: "runner", value: text(r.Runner)}, {key: "emulated", value: emulated(r)}}
	if r.Platform.OS() == "macos" {
		columns = append(columns, pair{key: "macos", value: quoted(r.Platform.Floor)})
	}
	return columns
}

func (w *writer) githubTestColumns(j *job) func(*row) []pair {
	return func(r *row) []pair {
		columns := []pair{{key: "identifier", value: text(r.Identifier)}, {key: "runner", value: text(r.Runner)}}
		switch j.from {
		case fromSetup:
			columns = append(columns, pair{key: "python", value: quoted(r.Python.String())})
			if arch := w.setupArchitecture(r.Cell); arch != "" {
				columns = append(columns, pair{key: "architecture", value: text(arch)})
			}
		case fromUV:
			columns = append(columns, pair{key: "python", value: text(uvPython(r.Cell))})
		case fromImage:
			columns = append(columns, pair{key: "emulated", value: emulated(r)}, pair{key: "image", value: text(r.image)},
				pair{key: "platform", value: text(r.dockerPlatform)}, pair{key: "python", value: text(imagePython(r.Cell))})
		}
		if r.Wheel != r.Identifier && !w.pure {
			columns = append(columns, pair{key: "wheel", value: text(r.Wheel)})
		}
		return columns
	}
}

func (w *writer) githubTest(j *job, needs []string) *yaml.Node {
	artifact := "wheel-${{ matrix.identifier }}"
	switch {
	case w.pure:
		artifact = "wheel-" + pureIdentifier
	case slices.ContainsFunc(j.rows, func(r *row) bool { return r.Wheel != r.Identifier }):
		artifact = "wheel-${{ matrix.wheel || matrix.identifier }}"
	}
	all := []*yaml.Node{w.checkout(), w.qemu(j.rows), w.githubPython(j),
		w.uses("", "actions/download-artifact", pair{key: "name", value: text(artifact)}, pair{key: "path", value: text("dist")})}
	name := "test ${{ matrix.identifier }}"
	if j.from != fromImage {
		all = append(all, w.githubSteps(j)...)
	} else {
		all = append(all, w.githubInImage(j))
	}
	return table(
		pair{key: "name", value: text(name)},
		pair{key: "needs", value: texts(needs)},
		pair{key: "runs-on", value: text("${{ matrix.runner }}")},
		pair{key: "strategy", value: strategy(j.rows, w.githubTestColumns(j))},
		pair{key: "steps", value: steps(all...)},
	)
}

// githubPython is the step that gets the interpreter of a test.
func (w *writer) githubPython(j *job) *yaml.Node {
	python := pair{key: "python-version", value: text("${{ matrix.python }}")}
	switch j.from {
	case fromSetup:
		with := []pair{python}
		if slices.ContainsFunc(j.rows, func(r *row) bool { return w.setupArchitecture(r.Cell) != "" }) {
			with = append(with, pair{key: "architecture", value: text("${{ matrix.architecture }}")})
		}
		if slices.ContainsFunc(j.rows, w.preRelease) {
			with = append(with, pair{key: "allow-prereleases", value: truth(true), comment: "# Where the action has no final release yet."})
		}
		return w.uses("", "actions/setup-python", with...)
	case fromUV:
		return w.uses("", "astral-sh/setup-uv", python, pair{key: "activate-environment", value: truth(true)}, pair{key: "enable-cache", value: truth(false)})
	case fromImage:
	}
	return nil
}

// preRelease reports whether setup-python had only pre-releases of a row's Python when
// its table was made.
func (w *writer) preRelease(r *row) bool {
	runner, ok := w.Tables.Runners.Find(r.Runner)
	if !ok {
		return false
	}
	release, ok := w.Tables.SetupPython.Has(runner, r.Python)
	return ok && strings.Contains(release, "-")
}

// assertion is a command that fails if the interpreter is of the other flavour.
func assertion(free bool) (name, command string) {
	if free {
		return "The interpreter is free-threaded", `-c "import sys, sysconfig; print(sys.version); sys.exit(not sysconfig.get_config_var('Py_GIL_DISABLED'))"`
	}
	return "The interpreter has the GIL", `-c "import sys, sysconfig; print(sys.version); sys.exit(bool(sysconfig.get_config_var('Py_GIL_DISABLED')))"`
}

// install is the command that installs the wheel in dist, and what its tests need.
func (x *testing) install(pip string) string {
	wheel := "dist/*.whl"
	if x.extras != "" {
		wheel = `"$(echo dist/*.whl)` + x.extras + `"`
	}
	words := []string{pip, "install", wheel}
	words = append(words, x.words()...)
	for _, g := range x.groups {
		words = append(words, "--group", g)
	}
	return strings.Join(words, " ")
}

func (w *writer) githubSteps(j *job) []*yaml.Node {
	x := w.testing(&j.rows[0].test, j.free, "..")
	pip := "python -m pip"
	if j.from == fromUV {
		pip = "uv pip"
	}
	said, assert := assertion(j.free)
	inDist := func(step *yaml.Node) *yaml.Node {
		step.Content = append(step.Content, text("working-directory"), behind(text("dist"), "# where the sources are not in the way"))
		return step
	}
	all := []*yaml.Node{
		script(said, "python "+assert),
		script("Install the wheel", x.install(pip)),
	}
	switch {
	case x.threads:
		all = append(all, inDist(script("Test, each test in several threads at once", x.command)))
	case x.command != "":
		all = append(all, inDist(script("Test", x.command)))
	}
	last := "Every extension module loads"
	if j.free {
		last = "The GIL stays off"
	}
	return append(all, inDist(script(last, `python -c "$`+importVariable+`" .`)))
}

func (w *writer) githubInImage(j *job) *yaml.Node {
	return script("Test in the image that the wheel is built in",
		"docker run --rm --platform \"$PLATFORM\" --volume \"$PWD:/project\" --workdir /project/dist --env PYTHON --env "+importVariable+" \"$IMAGE\" bash -euxc \"$COMMANDS\"\n",
		pair{key: "PLATFORM", value: text("${{ matrix.platform }}")},
		pair{key: "IMAGE", value: text("${{ matrix.image }}")},
		pair{key: "PYTHON", value: text("${{ matrix.python }}")},
		pair{key: "COMMANDS", value: block(w.imageCommands(j))},
	)
}

// imageCommands are what is run in an image, in dist below the project.
func (w *writer) imageCommands(j *job) string {
	x := w.testing(&j.rows[0].test, j.free, "..")
	_, assert := assertion(j.free)
	lines := []string{
		`"$PYTHON" -m venv /tmp/venv`,
		`export PATH="/tmp/venv/bin:$PATH"`,
		"python " + assert,
		"cd ..",
		x.install("python -m pip"),
		"cd dist",
	}
	if x.command != "" {
		lines = append(lines, x.command)
	}
	lines = append(lines, `python -c "$`+importVariable+`" .`)
	return strings.Join(lines, "\n") + "\n"
}

func (w *writer) githubCheck(needs []string) *yaml.Node {
	ref := "ftpkg/ftpkg@" + cmp.Or(w.Ftpkg.Commit, "main")
	check := table(
		pair{key: "name", value: text("Hold the files against the list")},
		pair{key: "uses", value: behind(text(ref), "# "+cmp.Or(w.Ftpkg.Version, "pin a release"))},
		pair{key: "with", value: table(pair{key: "paths", value: text("dist/*")}, pair{key: "expect", value: text(w.Expected)})},
	)
	return table(
		pair{key: "name", value: text("every wheel is there, and no other")},
		pair{key: "needs", value: texts(needs)},
		pair{key: "runs-on", value: text(w.hostRunner())},
		pair{key: "steps", value: steps(
			w.checkout(),
			w.uses("", "actions/download-artifact", pair{key: "path", value: behind(text("dist"), "# a directory for each job, so that no wheel takes another's place")}),
			check,
		)},
	)
}
