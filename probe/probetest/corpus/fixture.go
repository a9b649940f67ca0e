package corpus

import (
	"maps"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// A fixture is a case as it is written down: before it is compiled and packed.
type fixture struct {
	Case
	wheels []wheel
	// imports are the findings of the import lane; those of the survey and threads
	// lanes follow from them but where threads says otherwise.
	imports, threads, stress Expect
}

// A wheel is what is packed into one.
type wheel struct {
	name     string
	requires []string
	tag      string            // "" is the interpreter's own if there are modules, else py3-none-any
	files    map[string]string // text, by path
	modules  []module
}

// A module is an extension module to compile.
type module struct {
	name    string   // dotted
	source  string   // file in src
	defines []string // of the preprocessor
	flags   []string // of the compiler
	library string   // a shared library to be linked against, which will not be there
	gil     bool     // compile against the headers of the GIL build
	suffix  string   // of the file; "" is the interpreter's own
	static  Static
	found   Found // by the create lane
}

const version = "1.0"

func (m module) public() bool {
	return !strings.HasPrefix(m.name, "_") && !strings.Contains(m.name, "._")
}
func (m module) test() bool { return strings.Contains(m.name, ".tests.") }

// file is the module's path in its wheel.
func (m module) file(p *python) string {
	suffix := m.suffix
	if suffix == "" {
		suffix = p.Suffix
	}
	return strings.ReplaceAll(m.name, ".", "/") + suffix
}

// define makes a module that declares as given and is what it declares.
func define(name, source string, s Static, defines ...string) module {
	return module{name: name, source: source, defines: defines, static: s, found: created(s == StaticNotUsed)}
}

func notUsed(name string) module {
	return define(name, "multi.c", StaticNotUsed, "GIL=Py_MOD_GIL_NOT_USED")
}

func silent(name string) module { return define(name, "multi.c", StaticSilent) }

// behaving makes a module that declares that it does not use the GIL, and does what
// a function of behaves.c does when it is executed.
func behaving(name, do string) module {
	return define(name, "behaves.c", StaticNotUsed, "DO="+do)
}

// atInit lets it do that already when it is created.
func (m module) atInit(f Found) module {
	m.defines = append(m.defines, "AT_INIT")
	f.Declaration = vocab.LoadedUnknown
	m.found = f
	return m
}

// Findings.

func created(free bool) Found {
	if free {
		return Found{Outcome: vocab.OutcomeGILOff, Declaration: vocab.LoadedNotUsed}
	}
	return Found{Outcome: vocab.OutcomeGILReenabled, Declaration: vocab.LoadedUsed}
}

func gilOff() Found { return Found{Outcome: vocab.OutcomeGILOff} }

func pure() Found { return Found{Outcome: vocab.OutcomePure} }

func offending(modules ...string) Found {
	return Found{Outcome: vocab.OutcomeGILReenabled, Offenders: modules}
}

func importError(fault vocab.ImportFault) Found {
	return Found{Outcome: vocab.OutcomeImportError, Fault: fault}
}

func crash(signal string) Found { return Found{Outcome: vocab.OutcomeCrash, Signal: signal} }

func ends(outcome vocab.Outcome) Found { return Found{Outcome: outcome} }

// cut is an import that ends the process, and with it the answer.
func cut() Found { return Found{Outcome: vocab.OutcomeCrash, Cut: true} }

// own is an offender in the package's own wheel that turns the GIL on at import.
func own(pkg string, chain ...string) Offender {
	return Offender{
		Module: chain[len(chain)-1], Distribution: pkg, Chain: chain,
		Relation: vocab.RelationOwn, When: vocab.WhenImport,
	}
}

// lone makes the case of a package that is one extension module and nothing else.
// Importing it is to find what creating it does, unless imports say otherwise.
func lone(about string, m module, imports ...Found) fixture {
	pkg := strings.ReplaceAll(m.name, "_", "-")
	f := fixture{wheels: []wheel{{name: pkg, modules: []module{m}}}}
	f.About, f.Public = about, []string{m.name}
	found := m.found
	if found.Declaration == vocab.LoadedUsed {
		found.Offenders = []string{m.name}
		f.Offenders = []Offender{own(pkg, m.name)}
	}
	if len(imports) > 0 {
		found = imports[0]
	}
	found.Declaration = ""
	f.imports, f.Outcome = Expect{m.name: found}, found.Outcome
	return f
}

// threaded sets what the threads lane is to find for the public name of a lone case.
func (f fixture) threaded(found Found) fixture {
	f.threads = Expect{f.Public[0]: found}
	return f
}

// gilToo says that it fails with the GIL on as well.
func (f fixture) gilToo() fixture {
	f.GILToo = true
	return f
}

// described completes the case's data from what is compiled and packed.
func (f fixture) described(p *python) fixture {
	f.Package, f.Version = f.wheels[0].name, version
	f.Name = strings.TrimPrefix(f.Package, "ftc-")
	create := Expect{}
	for _, w := range f.wheels {
		for _, m := range w.modules {
			create[m.name] = m.found
			f.Modules = append(f.Modules, Module{
				Name: m.name, Distribution: w.name, File: m.file(p), Public: m.public() && !m.test(), Test: m.test(), Static: m.static,
			})
		}
	}
	survey, threads := Expect{}, Expect{}
	for name, found := range f.imports {
		found.Hushed = false
		if found.Outcome == vocab.OutcomeGILReenabled {
			found.Outcome = vocab.OutcomeGILOff
		}
		survey[name] = found
	}
	for _, name := range f.Public {
		found := survey[name]
		found.Offenders = nil
		threads[name] = found
	}
	maps.Copy(threads, f.threads)
	f.Lanes = map[vocab.Lane]Expect{
		vocab.LaneCreate: create, vocab.LaneImport: f.imports, vocab.LaneSurvey: survey, vocab.LaneThreads: threads,
	}
	if f.stress != nil {
		f.Lanes[vocab.LaneStress] = f.stress
	}
	return f
}
