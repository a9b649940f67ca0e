package extmod_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/extmod"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// A form is a way to declare, see testdata/src/forms.c.
type form struct {
	name    string
	defines string
	want    vocab.Declaration
	// evidence may be left out.
	evidence vocab.Evidence
	// open says that it may be undecided too, where a compiler makes it hard.
	open bool
}

// firm reports whether a form that may be undecided is not when it is optimised, as
// what is published is.
func (k form) firm() bool {
	return strings.HasPrefix(k.name, "once") || strings.HasPrefix(k.name, "switch")
}

var forms = []form{
	{"environment", "FORM=1", vocab.DeclarationUndecided, vocab.EvidenceNone, false},
	{"submodule", "FORM=2", vocab.DeclarationSilent, vocab.EvidenceCallSite, false},
	{"last word", "FORM=3", vocab.DeclarationUsed, vocab.EvidenceCallSite, false},
	{"changed", "FORM=4", vocab.DeclarationUsed, vocab.EvidenceRunTimeSlots, false},
	{"copied", "FORM=5", vocab.DeclarationNotUsed, vocab.EvidenceRunTimeSlots, false},
	{"allocated", "FORM=6", vocab.DeclarationNotUsed, vocab.EvidenceRunTimeSlots, false},
	{"kept", "FORM=7", vocab.DeclarationNotUsed, vocab.EvidenceStaticSlots, false},
	{"twice", "FORM=8", vocab.DeclarationUndecided, vocab.EvidenceNone, false},
	{"meaningless", "FORM=9", vocab.DeclarationUndecided, vocab.EvidenceNone, false},
	{"exception", "FORM=10", vocab.DeclarationNotUsed, vocab.EvidenceCallSite, false},
	{"helper yes", "FORM=11 ARGUMENT=1", vocab.DeclarationNotUsed, vocab.EvidenceCallSite, false},
	{"helper no", "FORM=11 ARGUMENT=0", vocab.DeclarationSilent, "", false},
	{"slots of 3.15", "FORM=12", vocab.DeclarationNotUsed, vocab.EvidenceStaticSlots, false},
	{"nested", "FORM=13 DEPTH=5", vocab.DeclarationNotUsed, vocab.EvidenceStaticSlots, false},
	{"nested too deep", "FORM=13 DEPTH=6", vocab.DeclarationUndecided, vocab.EvidenceNone, false},
	{"export", "FORM=14 FLAGS=4", vocab.DeclarationNotUsed, vocab.EvidenceStaticSlots, false},
	{"cffi", "FORM=15", vocab.DeclarationDelegated, vocab.EvidenceImports, false},
	{"number", "FORM=16", vocab.DeclarationUndecided, vocab.EvidenceNone, false},
	{"either", "FORM=17", vocab.DeclarationUndecided, vocab.EvidenceNone, false},
	{"copied definition", "FORM=18", vocab.DeclarationNotUsed, vocab.EvidenceStaticSlots, false},
	{"from definition", "FORM=19", vocab.DeclarationNotUsed, vocab.EvidenceCallSite, false},
	{"pointer", "FORM=20", vocab.DeclarationNotUsed, vocab.EvidenceCallSite, false},
	{"unknown loop", "FORM=22", vocab.DeclarationUndecided, vocab.EvidenceNone, false},
	{"unknown place", "FORM=23", vocab.DeclarationUndecided, vocab.EvidenceNone, false},
	{"handed out", "FORM=24", vocab.DeclarationUndecided, vocab.EvidenceNone, false},
	{"long, kept", "FORM=25", vocab.DeclarationNotUsed, vocab.EvidenceCallSite, false},
	{"long, by argument", "FORM=26", vocab.DeclarationNotUsed, vocab.EvidenceCallSite, true},
	{"long, by table", "FORM=27", vocab.DeclarationNotUsed, vocab.EvidenceCallSite, false},
	{"long, changed", "FORM=28", vocab.DeclarationUsed, vocab.EvidenceRunTimeSlots, false},
	{"long", "FORM=29", vocab.DeclarationNotUsed, vocab.EvidenceCallSite, false},
	{"once", "FORM=30", vocab.DeclarationNotUsed, vocab.EvidenceCallSite, true},
	{"once, used", "FORM=32", vocab.DeclarationUsed, vocab.EvidenceCallSite, true},
	{"once, by a variable", "FORM=31", vocab.DeclarationUndecided, vocab.EvidenceNone, false},
	{"switch", "FORM=33", vocab.DeclarationNotUsed, vocab.EvidenceCallSite, true},
	{"switch, one differs", "FORM=34", vocab.DeclarationUndecided, vocab.EvidenceNone, false},
	{"goes on elsewhere", "FORM=35", vocab.DeclarationUsed, vocab.EvidenceCallSite, false},
	{"loop", "FORM=21", vocab.DeclarationNotUsed, vocab.EvidenceRunTimeSlots, true},
}

// Whatever form a declaration has and however it is compiled, it is read as it is,
// or, where it is only known while the program runs, not at all.
func TestForms(t *testing.T) {
	t.Parallel()
	cc := newCompiler(t)
	for _, way := range []string{"-O0", "-O1", "-O2 -s", "-O3", "-Os", "-O2 -fno-plt", "-O2 -fstack-protector-all"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			for _, k := range forms {
				f := cc.read(t, k, way)
				open := k.open && f.Declaration == vocab.DeclarationUndecided && (!k.firm() || way != "-O2 -s" && way != "-O3")
				if f.Declaration != k.want && !open || k.evidence != "" && f.Evidence != k.evidence && !open {
					t.Errorf("%s: %s by %s (%s), want %s by %s", k.name, f.Declaration, f.Evidence, f.Reason, k.want, k.evidence)
				}
			}
		})
	}
}

// PyABIInfo says for which ABI a module of 3.15 was compiled.
func TestABIInfo(t *testing.T) {
	t.Parallel()
	cc := newCompiler(t)
	for flags, want := range map[int]vocab.ABI{
		2: vocab.ABIGIL, 4: vocab.ABIFreeThreaded, 1 | 2: vocab.ABI3, 1 | 4: vocab.ABI3T, 1 | 2 | 4: vocab.ABI3T,
	} {
		f := cc.read(t, form{defines: fmt.Sprintf("FORM=14 FLAGS=%d", flags)}, "-O2")
		if f.ABI != want {
			t.Errorf("flags %d: %s (%s), want %s", flags, f.ABI, f.ABIReason, want)
		}
		fit, reason := f.LoadsOn(python315t, nil)
		if (fit == vocab.FitLoads) != (flags&4 != 0) {
			t.Errorf("flags %d: %s on %s (%s)", flags, fit, python315t, reason)
		}
		if fit, _ := f.LoadsOn(python313t, nil); fit == vocab.FitLoads {
			t.Errorf("flags %d: PyModExport_ is known to 3.15 only, but it %s on %s", flags, fit, python313t)
		}
		if fit, reason := f.LoadsOn(python315, nil); (fit == vocab.FitLoads) != (flags != 4) {
			t.Errorf("flags %d: %s on %s (%s)", flags, fit, python315, reason)
		}
	}
}

func TestDelegate(t *testing.T) {
	t.Parallel()
	f := newCompiler(t).read(t, form{defines: "FORM=15"}, "-O2")
	if f.Delegate != "_cffi_backend" || f.Toolchain != vocab.ToolchainCFFI {
		t.Errorf("delegate %q, toolchain %s", f.Delegate, f.Toolchain)
	}
}

// A compiler makes modules of testdata/src/forms.c. What all start with is compiled
// once for each way.
type compiler struct {
	cc, include, dir string

	mu      sync.Mutex
	headers map[string]string // by way
}

func newCompiler(t *testing.T) *compiler {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Fatalf("the machine's C compiler is needed: %v", err)
	}
	python := runtimetest.FreeThreaded(t)
	out, err := exec.CommandContext(t.Context(), python, "-I", "-c", "import sysconfig; print(sysconfig.get_path('include'))").Output()
	if err != nil {
		t.Fatal(err)
	}
	return &compiler{cc: cc, include: strings.TrimSpace(string(out)), dir: t.TempDir(), headers: map[string]string{}}
}

// header returns the path of Python.h, compiled in a way.
func (c *compiler) header(t *testing.T, way string) string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if file, ok := c.headers[way]; ok {
		return file
	}
	file := filepath.Join(c.dir, fmt.Sprintf("header%d.h", len(c.headers)))
	if err := os.WriteFile(file, []byte("#define PY_SSIZE_T_CLEAN\n#include <Python.h>\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-x", "c-header", "-fPIC", "-I" + c.include}, strings.Fields(way)...)
	if out, err := exec.CommandContext(t.Context(), c.cc, append(args, file, "-o", file+".gch")...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c.headers[way] = file
	return file
}

// read compiles a form in a way and reads the result.
func (c *compiler) read(t *testing.T, k form, way string) *extmod.File {
	t.Helper()
	b := c.compile(t, k, way)
	f, err := extmod.Read(bytes.NewReader(b), int64(len(b)), "forms.so")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (c *compiler) compile(t *testing.T, k form, way string) []byte {
	t.Helper()
	file := filepath.Join(c.dir, strings.NewReplacer(" ", "_", "=", "_", ",", "_").Replace(k.defines+way)+".so")
	args := []string{"-shared", "-fPIC", "-include", c.header(t, way), "-o", file, "-I" + c.include}
	args = append(args, strings.Fields(way)...)
	for d := range strings.FieldsSeq(k.defines) {
		args = append(args, "-D"+d)
	}
	out, err := exec.CommandContext(t.Context(), c.cc, append(args, filepath.Join("testdata", "src", "forms.c"))...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
