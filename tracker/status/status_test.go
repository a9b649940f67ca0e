package status

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

func day(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// now is when the tests ask, if they do not say otherwise.
const now = "2026-11-21"

// script writes a history as lines:
//
//	2026-01-02 + NAME [module=declaration ...]   a file is uploaded, and read if modules are given
//	2026-01-02 - NAME                            it is gone; "yank" and "unyank" likewise
//	2026-01-02 requires NAME ...                 what all its releases require
//	2026-01-02 classifier TEXT
//	2026-01-02 probe NAME 3.14t OUTCOME
//	2026-01-02 failed REASON | missing           how a look ended
func script(t testing.TB, name, text string) *evidence.History {
	t.Helper()
	h := &evidence.History{Project: evidence.Project{Name: name, Added: day(t, "2024-01-01")}, Static: map[string]*evidence.Static{}}
	var versions []string
	var requires, classifiers []string
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		at := day(t, words[0])
		look := evidence.Observation{ID: int64(len(h.Observations) + 1), Project: name, At: at, Outcome: vocab.ObservedChanged}
		switch words[1] {
		case "+":
			file := words[2]
			version := strings.Split(strings.TrimSuffix(file, ".tar.gz"), "-")[1]
			sha := digest(file)
			h.Files = append(h.Files, evidence.File{Project: name, Version: version, Name: file, SHA256: sha, Uploaded: at, FirstSeen: at, Observation: look.ID})
			h.Events = append(h.Events, evidence.FileEvent{Project: name, Name: file, SHA256: sha, Kind: vocab.FileAppeared, At: at})
			if !slices.Contains(versions, version) {
				versions = append(versions, version)
			}
			if len(words) > 3 {
				w := &inspect.Wheel{File: file, SHA256: sha, Project: name, Version: version}
				for _, m := range words[3:] {
					module, declaration, _ := strings.Cut(m, "=")
					w.Modules = append(w.Modules, inspect.Module{
						Module: module, Declaration: vocab.Declaration(declaration), Test: strings.Contains(module, "test"), Public: !strings.Contains(module, "_"),
					})
				}
				h.Static[sha] = &evidence.Static{SHA256: sha, Rules: 1, At: at, FirstAt: at, Wheel: w}
			}
		case "-", "yank", "unyank", "back":
			kind := map[string]vocab.FileChange{"-": vocab.FileVanished, "yank": vocab.FileYanked, "unyank": vocab.FileUnyanked, "back": vocab.FileReturned}[words[1]]
			h.Events = append(h.Events, evidence.FileEvent{Project: name, Name: words[2], SHA256: digest(words[2]), Kind: kind, At: at})
		case "requires":
			requires = words[2:]
		case "classifier":
			_, rest, _ := strings.Cut(line, "classifier ")
			classifiers = append(classifiers, strings.TrimSpace(rest))
		case "probe":
			h.Probes = append(h.Probes, evidence.Probe{
				SHA256: digest(words[2]), Python: words[3], Platform: "linux-x86_64", At: at, Result: probed(vocab.Outcome(words[4])),
			})
		case "failed":
			look.Outcome, look.Detail = vocab.ObservedFailed, strings.Join(words[2:], " ")
		case "missing":
			look.Outcome = vocab.ObservedMissing
		default:
			t.Fatalf("%q", line)
		}
		h.Observations = append(h.Observations, look)
	}
	for _, v := range versions {
		h.Metadata = append(h.Metadata, evidence.Metadata{Project: name, Version: v, RequiresDist: requires, Classifiers: classifiers, At: day(t, "2024-01-01")})
	}
	return h
}

func digest(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// probed is a result in which the package's own module does what the outcome says.
func probed(o vocab.Outcome) *probe.Result {
	r := &probe.Result{Outcome: o}
	if o == vocab.OutcomeGILReenabled {
		r.Offenders = []probe.Offender{{Module: "it", Relation: vocab.RelationOwn, When: vocab.WhenImport}}
	}
	return r
}

// wheels are lines that upload wheels of a version for an ABI on the six platforms,
// each with the same modules.
func wheels(at, name, version, abi string, modules string) string {
	python := strings.TrimSuffix(abi, "t")
	var b strings.Builder
	for _, platform := range []string{
		"manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "macosx_11_0_arm64", "macosx_10_15_x86_64", "win_amd64", "win_arm64",
	} {
		fmt.Fprintf(&b, "%s + %s-%s-%s-%s-%s.whl %s\n", at, name, version, python, abi, platform, modules)
	}
	return b.String()
}

func TestStates(t *testing.T) {
	t.Parallel()
	d := New(DefaultRules())
	gil := wheels("2026-01-01", "it", "1.0", "cp314", "")
	for _, tt := range []struct {
		name, history string
		state         vocab.State
		gil           vocab.GILValue
		reason        string
	}{
		{"clear", gil + wheels("2026-01-01", "it", "1.0", "cp314t", "it=not-used"), vocab.StateClear, vocab.GILOff, ""},
		{"no modules", gil + wheels("2026-01-01", "it", "1.0", "cp314t", "it=not-a-module"), vocab.StateClear, vocab.GILNone, ""},
		{"pure", "2026-01-01 + it-1.0-py3-none-any.whl", vocab.StateClear, vocab.GILNone, ""},
		{"tests only", gil + wheels("2026-01-01", "it", "1.0", "cp314t", "it=not-used it.test._x=silent"), vocab.StateClear, vocab.GILOff, ""},
		{"partial", gil + "2026-01-01 + it-1.0-cp314-cp314t-win_amd64.whl it=not-used", vocab.StateClearPartial, vocab.GILOff, "no compiled wheel on linux-x86_64"},
		{"on", gil + wheels("2026-01-01", "it", "1.0", "cp314t", "it=silent"), vocab.StateGILOn, vocab.GILOn, "it turns the GIL on"},
		{"mixed modules", gil + wheels("2026-01-01", "it", "1.0", "cp314t", "it=used it.b=not-used"), vocab.StateGILOn, vocab.GILMixed, "it turns the GIL on"},
		{"undecided", gil + wheels("2026-01-01", "it", "1.0", "cp314t", "it=undecided"), vocab.StateUnknown, vocab.GILUndecided, "do not tell"},
		{"not read", gil + wheels("2026-01-01", "it", "1.0", "cp314t", ""), vocab.StateUnknown, vocab.GILUnknown, "have not all been read"},
		{"fallback", gil + "2026-01-01 + it-1.0-py3-none-any.whl", vocab.StateFallback, vocab.GILNone, "without compiled code"},
		{"source", gil + "2026-01-01 + it-1.0.tar.gz", vocab.StateSourceOnly, vocab.GILUnknown, "only its source"},
		{"nothing", gil, vocab.StateNone, vocab.GILUnknown, "nothing that 3.14t installs"},
		{"older", gil + wheels("2025-01-01", "it", "0.9", "cp314t", "it=not-used"), vocab.StateNone, vocab.GILUnknown, "0.9 is the newest"},
		{"older, and its source", gil + "2026-01-01 + it-1.0.tar.gz\n" + wheels("2025-01-01", "it", "0.9", "cp314t", "it=not-used"), vocab.StateSourceOnly, vocab.GILUnknown, "0.9 is the newest"},
		{"another Python only", gil + wheels("2026-01-01", "it", "1.0", "cp313t", "it=not-used"), vocab.StateNone, vocab.GILOff, ""},
		{"abi3 is for the GIL", "2026-01-01 + it-1.0-cp310-abi3-win_amd64.whl it=not-used", vocab.StateNone, vocab.GILUnknown, ""},
		{"fresh", gil + wheels("2026-01-01", "it", "1.0", "cp314t", "it=not-used") + wheels("2026-11-20", "it", "2.0", "cp314", ""), vocab.StateClear, vocab.GILOff, ""},
		{"yanked", gil + wheels("2026-01-01", "it", "1.0", "cp314t", "it=not-used") + "2026-02-01 + it-2.0.tar.gz\n2026-02-02 yank it-2.0.tar.gz", vocab.StateClear, vocab.GILOff, ""},
		{"failed later", gil + wheels("2026-01-01", "it", "1.0", "cp314t", "it=not-used") + "2026-03-01 failed no route", vocab.StateClear, vocab.GILOff, ""},
		{"gone", "2026-03-01 missing", vocab.StateUnknown, vocab.GILUnknown, "no such project"},
		{"never seen", "2026-03-01 failed no route", vocab.StateUnknown, vocab.GILUnknown, "no route"},
		{"probed on another Python", gil + wheels("2026-01-01", "it", "1.0", "cp314t", "it=not-used") + "2026-01-01 + it-1.0-cp313-cp313t-manylinux_2_28_x86_64.whl it=not-used\n2026-02-01 probe it-1.0-cp313-cp313t-manylinux_2_28_x86_64.whl 3.13t gil-reenabled", vocab.StateClear, vocab.GILOff, ""},
		{"probed", gil + wheels("2026-01-01", "it", "1.0", "cp314t", "it=not-used") + "2026-02-01 probe it-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl 3.14t gil-reenabled", vocab.StateGILOn, vocab.GILMixed, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			row := d.Package(script(t, "it", tt.history), day(t, now))
			Close([]*Package{row})
			if row.State != tt.state || row.GIL.Value != tt.gil || !strings.Contains(row.Reason, tt.reason) {
				t.Errorf("%s, GIL %s, because %q; want %s, %s, %q", row.State, row.GIL.Value, row.Reason, tt.state, tt.gil, tt.reason)
			}
		})
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	d := New(DefaultRules())
	pure := "2026-01-01 + NAME-1.0-py3-none-any.whl\n"
	rows := func(lines map[string]string) map[string]*Package {
		var list []*Package
		byName := map[string]*Package{}
		for name, text := range lines {
			row := d.Package(script(t, name, strings.ReplaceAll(text, "NAME", name)), day(t, now))
			list, byName[name] = append(list, row), row
		}
		slices.SortFunc(list, func(a, b *Package) int { return strings.Compare(a.Name, b.Name) })
		Close(list)
		Close(list) // settled is settled
		return byName
	}
	all := rows(map[string]string{
		"app":    pure + "2026-01-01 requires web>=1 parser loop;sys_platform=='win32' extra;extra=='x' never;python_version<'3'",
		"web":    pure + "2026-01-01 requires parser app",
		"parser": "2026-01-01 + parser-1.0.tar.gz",
		"loop":   pure,
		"lost":   pure + "2026-01-01 requires nowhere",
		"above":  pure + "2026-01-01 requires lost",
		"lone":   pure,
		"some":   wheels("2026-01-01", "some", "1.0", "cp314", "") + "2026-01-01 + some-1.0-cp314-cp314t-win_amd64.whl some=not-used",
		"user":   pure + "2026-01-01 requires some",
	})
	for name, want := range map[string]string{
		"app": "blocked: it requires parser", "web": "blocked: it requires parser", "parser": "source-only: ", "loop": "clear: ",
		"lost": "unknown: nowhere, which it requires, is not tracked", "above": "unknown: nowhere", "lone": "clear: ", "user": "clear-partial: some, which it requires",
	} {
		if got := string(all[name].State) + ": " + all[name].Reason; !strings.HasPrefix(got, want) {
			t.Errorf("%s is %s; want %s", name, got, want)
		}
	}
	if diff := cmp.Diff([]string{"loop", "parser", "web"}, all["app"].Requires); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Blocker{{"parser", vocab.StateSourceOnly, []string{"app", "parser"}}}, all["app"].Blockers); diff != "" {
		t.Error(diff)
	}
	if got := all["parser"].Dependents; got != 2 {
		t.Errorf("%d depend on parser", got)
	}
	var list []*Package
	for _, p := range all {
		list = append(list, p)
	}
	if h := Hindrances(list, false); len(h) != 1 || h[0].Name != "parser" || h[0].Alone != 2 || !slices.Equal(h[0].Blocks, []string{"app", "web"}) {
		t.Errorf("%+v", h)
	}
	if hindering, unknown := Unblock(list, []string{"app", "above"}); !slices.Equal(hindering, []string{"parser"}) || !slices.Equal(unknown, []string{"nowhere"}) {
		t.Errorf("%v, %v", hindering, unknown)
	}
}
