package inputs

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what is wanted in testdata/cases")

// Each file in testdata/cases is a folder of inputs. Its comment says what it
// shows and, in lines that begin with ">", how it is read:
//
//	> file NAME     as -r            > extras A B, > groups A B: asked for
//	> constraint NAME  as -c         > all-extras, > all-groups, > only-groups
//	> args A B      on the command line   > no-sources
//	> env NAME=VALUE
//
// Sections named in ">" lines are what is read; "want" is the answer.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := runCase(t, ar)
			if diff := cmp.Diff(answer(t, file, ar, got), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func runCase(t *testing.T, ar *txtar.Archive) string {
	t.Helper()
	dir := unpack(t, ar)
	env := map[string]string{}
	l := &Loader{Dir: dir, LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
	in := &Input{}
	var b strings.Builder
	for line := range strings.SplitSeq(string(ar.Comment), "\n") {
		command, ok := strings.CutPrefix(line, "> ")
		if !ok {
			continue
		}
		verb, rest, _ := strings.Cut(command, " ")
		var one *Input
		var err error
		switch verb {
		case "file":
			one, err = l.File(context.Background(), rest)
		case "constraint":
			one, err = l.Constraints(context.Background(), rest)
		case "args":
			one, err = l.Args(context.Background(), strings.Fields(rest))
		case "arg":
			one, err = l.Args(context.Background(), []string{rest})
		case "extras":
			l.Extras = strings.Fields(rest)
		case "groups":
			l.Groups = strings.Fields(rest)
		case "all-extras":
			l.AllExtras = true
		case "all-groups":
			l.AllGroups = true
		case "only-groups":
			l.OnlyGroups = true
		case "no-sources":
			l.NoSources = true
		case "env":
			name, value, _ := strings.Cut(rest, "=")
			env[name] = value
		default:
			t.Fatalf("unknown command %q", line)
		}
		if err != nil {
			fmt.Fprintf(&b, "error: %s\n", err)
		} else if one != nil {
			in.Add(one)
		}
	}
	b.WriteString(dump(in))
	return strings.ReplaceAll(b.String(), filepath.ToSlash(dir), "$DIR")
}

func dump(in *Input) string {
	var b strings.Builder
	list := func(what string, reqs []Requirement) {
		for _, r := range reqs {
			fmt.Fprintf(&b, "%s %s (%s)", what, r.Requirement, r.Origin)
			if r.Parent != "" {
				fmt.Fprintf(&b, " through %s", r.Parent)
			}
			if r.Editable {
				b.WriteString(" editable")
			}
			if r.Extra+r.Group != "" {
				fmt.Fprintf(&b, " of %s", r.Extra+r.Group)
			}
			if r.Index != "" {
				fmt.Fprintf(&b, " from index %s", r.Index)
			}
			for _, h := range r.Hashes {
				fmt.Fprintf(&b, " %.15s", h)
			}
			b.WriteByte('\n')
		}
	}
	list("needs", in.Requirements)
	list("constraint", in.Constraints)
	list("override", in.Overrides)
	list("build", in.BuildRequires)
	for _, n := range in.NotJudged {
		fmt.Fprintf(&b, "not judged: %s (%s): %s\n", n.Text, n.Origin, n.Reason)
	}
	for _, n := range in.Ignored {
		fmt.Fprintf(&b, "ignored: %s (%s): %s\n", n.Text, n.Origin, n.Reason)
	}
	o := &in.Options
	text := func(what, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s %s\n", what, value)
		}
	}
	text("index", o.IndexURL)
	text("extra indexes", strings.Join(o.ExtraIndexURLs, " "))
	text("find links", strings.Join(o.FindLinks, " "))
	for _, x := range o.Indexes {
		fmt.Fprintf(&b, "index %q %s (%s) explicit: %v, default: %v\n", x.Name, x.URL, x.Origin, x.Explicit, x.Default)
	}
	text("only binary", strings.Join(o.OnlyBinary.List(), " "))
	text("no binary", strings.Join(o.NoBinary.List(), " "))
	text("all releases", strings.Join(o.AllReleases.List(), " "))
	text("only final", strings.Join(o.OnlyFinal.List(), " "))
	text("exclude newer", o.ExcludeNewer)
	for _, flag := range []struct {
		name string
		on   bool
	}{{"no index", o.NoIndex}, {"prefer binary", o.PreferBinary}, {"require hashes", o.RequireHashes}} {
		if flag.on {
			fmt.Fprintln(&b, flag.name)
		}
	}
	text("python", in.RequiresPython.String())
	for _, m := range in.Environments {
		text("environment", m.String())
	}
	for _, m := range in.RequiredEnvironments {
		text("required environment", m.String())
	}
	text("projects", strings.Join(in.Projects, " "))
	text("extras", strings.Join(in.Extras, " "))
	text("groups", strings.Join(in.Groups, " "))
	text("default groups", strings.Join(in.DefaultGroups, " "))
	text("files", strings.Join(in.Files, " "))
	return b.String()
}
