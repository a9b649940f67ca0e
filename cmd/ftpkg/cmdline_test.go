package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"
)

func TestReadCmdline(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ args, path, flags, rest string }{
		{"resolve numpy", "resolve", "", "numpy"},
		{"resolve numpy --python 3.14t", "resolve", "--python=3.14t", "numpy"},
		{"resolve --python 3.14t numpy", "resolve", "--python=3.14t", "numpy"},
		{"resolve a --align b --python=3.14t c", "resolve", "--align=true --python=3.14t", "a b c"},
		{"--python 3.14t resolve numpy", "resolve", "--python=3.14t", "numpy"},
		{"-v resolve -p3.13t -p 3.14t x", "resolve", "--verbose=true --python=3.13t --python=3.14t", "x"},
		{"resolve -vvp=3.14t x", "resolve", "--verbose=true --verbose=true --python=3.14t", "x"},
		{"resolve -r a.txt -c b.txt", "resolve", "--requirements=a.txt --constraints=b.txt", ""},
		{"resolve --requirement a.txt --default-index u", "resolve", "--requirements=a.txt --index-url=u", ""},
		{"resolve -r - -o -", "resolve", "--requirements=- --output=-", ""},
		{"resolve --align=false x", "resolve", "--align=false", "x"},
		{"resolve --python= x", "resolve", "--python=", "x"},
		{"resolve -- --align -r", "resolve", "", "--align -r"},
		{"resolve x -- -- y", "resolve", "", "x -- y"},
		{"resolve help", "resolve", "", "help"},
		{"resolve python", "resolve", "", "python"},
		{"cache clean --cache-dir d", "cache clean", "--cache-dir=d", ""},
		{"cache --cache-dir d clean", "cache clean", "--cache-dir=d", ""},
		{"cache prune --unused 3", "cache prune", "--unused=3", ""},
		{"resolve - x", "resolve", "", "- x"},
		// What ftpkg run runs has a line of its own.
		{"run app.py --python 3 -- -x", "run", "", "app.py --python 3 -- -x"},
		{"run --stop --allow a.b -m mod --stop", "run", "--stop=true --allow=a.b", "-m mod --stop"},
		{"run --log app.py", "run", "--log=true", "app.py"},
		{"run -p py -c pass -v", "run", "--python=py", "-c pass -v"},
		{"--stop run - -h", "run", "--stop=true", "- -h"},
		{"run -- -u app.py --", "run", "", "-u app.py --"},
	} {
		l, err := readCmdline(newRoot(world(t)), strings.Fields(tt.args))
		if err != nil {
			t.Errorf("%s: %v", tt.args, err)
			continue
		}
		got := []string{strings.Join(l.path, " "), strings.Join(l.flags, " "), strings.Join(l.args, " ")}
		if diff := cmp.Diff([]string{tt.path, tt.flags, tt.rest}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.args, diff)
		}
	}
}

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ args, want string }{
		{"resolv numpy", `unknown command "resolv"|did you mean: ftpkg resolve numpy`},
		{"frobnicate", `unknown command "frobnicate"|run: ftpkg --help`},
		{"cache cleen", `unknown command "cache cleen"|did you mean: ftpkg cache clean`},
		{"cache", "ftpkg cache needs a command|run: ftpkg cache dir | ftpkg cache clean | ftpkg cache prune"},
		{"completion tcsh", `unknown command "completion tcsh"|run: ftpkg completion --help`},
		{"resolve numpy --pyhton 3.14t", `unknown flag --pyhton for "ftpkg resolve"|did you mean: ftpkg resolve numpy --python 3.14t`},
		{"resolve --pyhton=3.14t", `unknown flag --pyhton for "ftpkg resolve"|did you mean: ftpkg resolve --python=3.14t`},
		{"resolve -python 3.14t", `unknown flag -python for "ftpkg resolve"|did you mean: ftpkg resolve --python 3.14t`},
		{"resolve --nonsense", `unknown flag --nonsense for "ftpkg resolve"|run: ftpkg resolve --help`},
		{"resolve -Z", `unknown flag -Z for "ftpkg resolve"|run: ftpkg resolve --help`},
		{"tags --align", `unknown flag --align for "ftpkg tags"|run: ftpkg tags --help`},
		{"resolve --python", "flag --python needs a value"},
		{"resolve -r --align", "flag -r needs a value|a value that begins with - is written --requirements=VALUE"},
		// A flag may stand before the command, but one that takes a value in one
		// command and none in another could swallow the command's name.
		{"--log run app.py", "flag --log has to stand behind the command: it is not the same in all of them"},
		{"--log=x probe numpy", "flag --log has to stand behind the command: it is not the same in all of them"},
		{"resolve --align=maybe x", `flag --align: "maybe" is not true or false`},
		{"resolve --like=pipp x", `flag --like: "pipp" is not uv or pip: did you mean pip?`},
		{"resolve --prerelease sometimes x", `flag --prerelease: "sometimes" is not if-necessary, allow or disallow`},
		{"resolve --verbose=many x", `flag --verbose: "many" is not a small number`},
		{"cache prune --unused many", `flag --unused: parse error`},
		{"resolve", "there is nothing to resolve|run: ftpkg resolve -r requirements.txt"},
		{"explain", "ftpkg explain needs FILENAME|PROJECT...|run: ftpkg explain --help"},
		{"tags numpy", `ftpkg tags does not take the argument "numpy"|run: ftpkg tags --help`},
		{"schema a b", `ftpkg schema does not take the argument "b"|run: ftpkg schema --help`},
		{"resolve x --python 2.7t", "Python 3 only"},
		{"resolve x --platform macos", "which architecture?"},
		{"resolve x --pre --prerelease disallow", "--pre and --prerelease disallow exclude each other"},
		{"resolve x --only-binary :all: --no-binary :all:", "leave no file"},
		{"resolve x --only-binary lxml --no-binary LXML", "both name lxml"},
		{"resolve x --only-binary a!b", "--only-binary: invalid project name"},
		{"resolve x --exclude-newer yesterday", `flag --exclude-newer: "yesterday" is not a date`},
		// What may hold a secret, or would need quotes, is not repeated.
		{"resolv -i https://user:secret@index.example.invalid/", `unknown command "resolv"|did you mean resolve` + "\n"},
		{"resolv numpy[extra]", `unknown command "resolv"|did you mean resolve` + "\n"},
	} {
		stdout, stderr, code := runIn(t, world(t, strings.Fields(tt.args)...))
		if code != exitUsage || stdout != "" {
			t.Errorf("%s: exit status %d, output %q", tt.args, code, stdout)
		}
		message, hint, _ := strings.Cut(tt.want, "|")
		if strings.Contains(tt.want, "FILENAME|") {
			message, hint = "ftpkg explain needs FILENAME|PROJECT...", "run: ftpkg explain --help"
		}
		if !strings.HasPrefix(stderr, "ftpkg: error: ") || !strings.Contains(stderr, message) || hint != "" && !strings.Contains(stderr, "ftpkg: hint: "+hint) {
			t.Errorf("%s: got\n%swant %s", tt.args, stderr, tt.want)
		}
		if strings.Contains(stderr, "secret") {
			t.Errorf("%s: a secret shows: %s", tt.args, stderr)
		}
	}
}

// The tree must fit what readCmdline takes for granted.
func TestTree(t *testing.T) {
	t.Parallel()
	root := newRoot(world(t))
	for _, path := range leaves(root) {
		cmd := root
		for _, p := range path {
			cmd = cmd.Command(p)
		}
		name := strings.Join(path, " ")
		if cmd.Usage == "" || cmd.Action == nil || !cmd.HideHelpCommand {
			t.Errorf("%s: no usage, no action, or cli's help command", name)
		}
		if strings.HasSuffix(cmd.Usage, ".") || strings.ToLower(cmd.Usage[:1]) != cmd.Usage[:1] {
			t.Errorf("%s: usage %q is not a phrase", name, cmd.Usage)
		}
		seen := map[string]bool{}
		for _, f := range cmd.Flags {
			d := describe(f)
			for _, n := range f.Names() {
				if seen[n] {
					t.Errorf("%s: two flags are called %s", name, n)
				}
				seen[n] = true
			}
			if d.usage == "" || takesValue(f) && d.value == "VALUE" {
				t.Errorf("%s: --%s has no usage, or names no value", name, d.name)
			}
			c, ok := f.(cli.CategorizableFlag)
			if !ok || !slices.ContainsFunc(flagGroups(cmd), func(g flagGroup) bool { return g.name == c.GetCategory() }) {
				t.Errorf("%s: --%s is in no group", name, d.name)
			}
		}
	}
}

func FuzzReadCmdline(f *testing.F) {
	f.Add("resolve numpy --python 3.14t -vr a")
	f.Add("cache --x -- --y")
	f.Add("-p=- --= -")
	f.Fuzz(func(t *testing.T, text string) {
		args := strings.Fields(text)
		l, err := readCmdline(newRoot(Env{}), args)
		if err != nil {
			return
		}
		for _, flag := range l.flags {
			if !strings.HasPrefix(flag, "--") || !strings.Contains(flag, "=") {
				t.Errorf("%q: flag %q", args, flag)
			}
		}
		if i := slices.Index(l.argv(), "--"); i != 1+len(l.path)+len(l.flags) {
			t.Errorf("%q: -- stands at %d of %q", args, i, l.argv())
		}
	})
}
