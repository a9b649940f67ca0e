package emit

import (
	"cmp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
)

// The images of jobs on Linux, where GitLab runs all of them in one.
const (
	gitlabPython = "python:3.13"       // brings Debian, and a Python for tools only
	gitlabDocker = "docker:28-cli"     // brings Alpine and the client of docker
	gitlabDaemon = "docker:28-dind"    // the daemon beside it
	gitlabMac    = "macos-15-xcode-16" // of GitLab's own runners
	gitlabGo     = "golang:1.26"
)

// GitLab writes a pipeline of GitLab, with a parallel:matrix for each job. GitLab has
// no free-threaded interpreters, so that uv brings those of tests; where it has none,
// the image does that the wheel is built in.
func GitLab(plan *matrix.Plan, o Options) ([]byte, error) {
	o.UV = true
	w, err := newWriter(plan, o, gitlabRows)
	if err != nil {
		return nil, err
	}
	jobs, err := w.layout(true)
	if err != nil {
		return nil, err
	}
	root := table(pair{key: "stages", value: texts([]string{"build", "test", "check"})})
	add := func(pairs ...pair) { root.Content = append(root.Content, table(pairs...).Content...) }
	if slices.ContainsFunc(jobs, func(j *job) bool { return j.purpose == vocab.PurposeTest }) {
		add(pair{key: "variables", comment: importComment, value: table(pair{key: importVariable, value: block(importAll)})})
	}
	if slices.ContainsFunc(jobs, inDocker) {
		add(pair{key: ".docker", value: gitlabDockerJob()})
	}
	var made []string
	if w.Sdist {
		add(pair{key: "sdist", value: gitlabHost("uv build --sdist --out-dir wheels/sdist")})
		made = append(made, "sdist")
	}
	if w.pure {
		add(pair{key: "build", value: gitlabHost("uv build --wheel --out-dir wheels/" + pureIdentifier)})
		made = append(made, "build")
	}
	for _, j := range jobs {
		if j.purpose == vocab.PurposeBuild {
			add(pair{key: j.name, value: w.gitlabBuild(j)})
			made = append(made, j.name)
			continue
		}
		add(pair{key: j.name, value: w.gitlabTest(j, needs(j, jobs))})
	}
	add(pair{key: "check", value: table(
		pair{key: "stage", value: text("check")},
		pair{key: "image", value: text(gitlabGo)},
		pair{key: "needs", value: texts(made)},
		pair{key: "script", value: lines(
			"go install github.com/ftpkg/ftpkg/cmd/ftpkg@"+cmp.Or(w.Ftpkg.Commit, "main"),
			"ftpkg check --expect "+w.Expected+" wheels/*",
		)},
	)})
	return render(w.header(), root)
}

// inDocker reports whether a job starts containers.
func inDocker(j *job) bool {
	return j.os == "linux" && (j.purpose == vocab.PurposeBuild || j.from == fromImage)
}

func lines(all ...string) *yaml.Node {
	n := list()
	for _, l := range all {
		if strings.Contains(l, "\n") {
			n.Content = append(n.Content, block(l))
			continue
		}
		n.Content = append(n.Content, text(l))
	}
	return n
}

// gitlabDockerJob is what jobs that start containers have in common.
func gitlabDockerJob() *yaml.Node {
	return table(
		pair{key: "image", value: text(gitlabDocker)},
		pair{key: "services", value: list(table(
			pair{key: "name", value: text(gitlabDaemon)},
			pair{key: "alias", value: text("docker")},
			pair{key: "entrypoint", value: texts([]string{"env", "-u", "DOCKER_HOST"})},
			pair{key: "command", value: texts([]string{"dockerd-entrypoint.sh"})},
		))},
		pair{key: "variables", value: table(
			pair{key: "DOCKER_HOST", value: text("tcp://docker:2375/")},
			pair{key: "DOCKER_TLS_CERTDIR", value: quoted("")},
		)},
	)
}

// gitlabHost is a job that does not depend on the platform.
func gitlabHost(command string) *yaml.Node {
	return table(
		pair{key: "stage", value: text("build")},
		pair{key: "image", value: text(gitlabPython)},
		pair{key: "script", value: lines("python -m pip install uv", command)},
		pair{key: "artifacts", value: gitlabArtifacts()},
	)
}

func gitlabArtifacts() *yaml.Node {
	return table(pair{key: "paths", value: texts([]string{"wheels/"})}, pair{key: "expire_in", value: text("1 week")})
}

// gitlabRunner is the tag of the runner of a cell.
func (w *writer) gitlabRunner(c *matrix.Cell) (tag string, hosted bool) {
	os, arch := c.Platform.OS(), c.Platform.Arch()
	if r, ok := matrix.Default(w.Tables.Runners.GitLab, os, arch); ok {
		return r.Label, true
	}
	near := map[string]string{"linux": "x86_64", "macos": "arm64", "windows": "AMD64"}[os] // others are emulated or cross-compiled
	if arch == "armv7l" {
		near = "aarch64"
	}
	r, ok := matrix.Default(w.Tables.Runners.GitLab, os, near)
	if !ok || c.Purpose == vocab.PurposeTest && arch == "ARM64" {
		return os + "-" + strings.ToLower(arch), false
	}
	return r.Label, true
}

// gitlabEmulated reports whether GitLab's runner for a cell on Linux is of another
// processor.
func gitlabEmulated(r *row) bool {
	return !slices.Contains([]string{"x86_64", "i686", "aarch64"}, r.Platform.Arch())
}

// gitlabParallel is the matrix of a job.
func (w *writer) gitlabParallel(j *job) *yaml.Node {
	rows := list()
	for i, r := range j.rows {
		tag, hosted := w.gitlabRunner(r.Cell)
		columns := []pair{{key: "IDENTIFIER", value: text(r.Identifier)}, {key: "RUNNER", value: text(tag)}}
		switch {
		case j.purpose == vocab.PurposeBuild && j.os == "macos":
			columns = append(columns, pair{key: "MACOSX_DEPLOYMENT_TARGET", value: quoted(r.Platform.Floor)})
		case j.purpose == vocab.PurposeBuild:
		case j.from == fromImage:
			columns = append(columns, pair{key: "WHEEL", value: text(r.Wheel)}, pair{key: "IMAGE", value: text(r.image)},
				pair{key: "PLATFORM", value: text(r.dockerPlatform)}, pair{key: "PYTHON", value: text(imagePython(r.Cell))})
		default:
			columns = append(columns, pair{key: "WHEEL", value: text(r.Wheel)}, pair{key: "PYTHON", value: text(gitlabUV(r.Cell))})
		}
		item := behind(flow(table(columns...)), because(j.rows, i))
		if !hosted {
			item = above(item, "# GitLab has no such runner of its own: register one with this tag.")
		}
		rows.Content = append(rows.Content, item)
	}
	return table(pair{key: "matrix", value: rows})
}

// gitlabUV is how uv names the interpreter of a cell: on macOS, GitLab has runners of
// one processor, which runs programs of the other.
func gitlabUV(c *matrix.Cell) string {
	if c.Platform.Word == "macosx_x86_64" {
		other := *c
		other.Emulated = true
		return uvPython(&other)
	}
	return uvPython(c)
}

func (w *writer) gitlabBuild(j *job) *yaml.Node {
	tool := "cibuildwheel==" + w.Cibuildwheel
	run := ` --only "$IDENTIFIER" --output-dir "wheels/$IDENTIFIER"`
	variables := table(pair{key: "CIBW_TEST_SKIP", value: quoted("*"), comment: "# Tests have jobs of their own."})
	if j.abi == vocab.ABI3T {
		variables.Content = append(variables.Content, table(pair{key: "CIBW_AUDIT_COMMAND", value: quoted(""), comment: auditComment}).Content...)
	}
	var image, before, commands, extends *yaml.Node
	switch j.os {
	case "linux":
		extends = text(".docker")
		prepare := []string{"apk add --no-cache bash git python3", "python3 -m venv /opt/tools", "/opt/tools/bin/pip install " + tool}
		if slices.ContainsFunc(j.rows, gitlabEmulated) {
			prepare = append(prepare, "docker run --rm --privileged tonistiigi/binfmt --install all")
		}
		before, commands = lines(prepare...), lines("/opt/tools/bin/cibuildwheel"+run)
	case "macos":
		image = text(gitlabMac)
		before, commands = lines("python3 -m venv ../tools", "../tools/bin/pip install "+tool), lines("../tools/bin/cibuildwheel"+run)
	default:
		before = lines("choco install python -y --allow-downgrade --version 3.12.4", "py -m pip install "+tool)
		commands = lines("py -m cibuildwheel" + powershell(run))
	}
	return table(
		pair{key: "stage", value: text("build")},
		pair{key: "extends", value: extends},
		pair{key: "image", value: image},
		pair{key: "tags", value: texts([]string{"$RUNNER"})},
		pair{key: "parallel", value: w.gitlabParallel(j)},
		pair{key: "variables", value: variables},
		pair{key: "before_script", value: before},
		pair{key: "script", value: commands},
		pair{key: "artifacts", value: gitlabArtifacts()},
	)
}

// powershell rewrites $NAME as $env:NAME.
func powershell(command string) string { return strings.ReplaceAll(command, "$", "$env:") }

func (w *writer) gitlabTest(j *job, needs []string) *yaml.Node {
	job := []pair{
		{key: "stage", value: text("test")},
		{key: "needs", value: texts(needs)},
	}
	x := w.testing(&j.rows[0].test, j.free, "..")
	_, assert := assertion(j.free)
	unix := func(venv ...string) []string {
		all := append([]string{"mkdir dist", `cp "wheels/$WHEEL/"*.whl dist`}, venv...)
		all = append(all, ". .venv/bin/activate", "python "+assert, x.install("uv pip"), "cd dist", x.command, `python -c "$`+importVariable+`" .`)
		return slices.DeleteFunc(all, func(s string) bool { return s == "" })
	}
	var image, extends, before *yaml.Node
	var commands []string
	switch {
	case j.from == fromImage:
		extends = text(".docker")
		if slices.ContainsFunc(j.rows, gitlabEmulated) {
			before = lines("docker run --rm --privileged tonistiigi/binfmt --install all")
		}
		commands = []string{
			"mkdir dist", `cp "wheels/$WHEEL/"*.whl dist`,
			"cat > dist/test.sh <<'EOF'\n" + w.imageCommands(j) + "EOF\n",
			// The daemon is on another machine, which has the builds directory too.
			`docker run --rm --platform "$PLATFORM" --volume "$PWD:/project" --workdir /project/dist --env PYTHON --env ` + importVariable + ` "$IMAGE" bash -eux test.sh`,
		}
	case j.os == "linux":
		image = text(gitlabPython)
		before = lines("python -m pip install uv")
		commands = unix(`uv venv --python "$PYTHON" .venv`)
	case j.os == "macos":
		image = text(gitlabMac)
		before = lines("python3 -m venv ../tools", "../tools/bin/pip install uv", `export PATH="$PWD/../tools/bin:$PATH"`)
		commands = unix(`uv venv --python "$PYTHON" .venv`)
	default:
		before = lines("choco install python -y --allow-downgrade --version 3.12.4", "py -m pip install uv")
		commands = gitlabPowerShell(&x, assert)
	}
	job = append(job, pair{key: "extends", value: extends}, pair{key: "image", value: image},
		pair{key: "tags", value: texts([]string{"$RUNNER"})},
		pair{key: "parallel", value: w.gitlabParallel(j)})
	return table(append(job, pair{key: "before_script", value: before}, pair{key: "script", value: lines(commands...)})...)
}

// gitlabPowerShell is a test on Windows.
func gitlabPowerShell(x *testing, assert string) []string {
	wheel := "(Get-ChildItem dist/*.whl).FullName"
	if x.extras != "" {
		wheel = `"$(` + wheel + `)` + x.extras + `"`
	}
	install := strings.Replace(x.install("py -m uv pip"), "dist/*.whl", wheel, 1)
	if x.extras != "" {
		install = strings.Replace(x.install("py -m uv pip"), `"$(echo dist/*.whl)`+x.extras+`"`, wheel, 1)
	}
	all := []string{
		"New-Item dist -ItemType Directory",
		`Copy-Item "wheels/$env:WHEEL/*.whl" dist`,
		"py -m uv venv --python $env:PYTHON .venv",
		`.venv\Scripts\activate.ps1`,
		"python " + assert,
		install,
		"cd dist",
		x.command,
		"python -c $env:" + importVariable + " .",
	}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}
