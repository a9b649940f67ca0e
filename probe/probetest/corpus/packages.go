package corpus

import "github.com/ftpkg/ftpkg/internal/vocab"

// pkg makes the case of a package with an __init__.py and extension modules.
func pkg(about, name, init string, modules ...module) fixture {
	top := underscored(name)
	f := fixture{wheels: []wheel{{name: name, files: map[string]string{top + "/__init__.py": init}, modules: modules}}, imports: Expect{}}
	f.About, f.Public = about, []string{top}
	return f
}

// finds sets what importing the names is to find. The last call for the package's
// own name gives the package its outcome.
func (f fixture) finds(found Found, names ...string) fixture {
	for _, name := range names {
		f.imports[name] = found
		if name == f.Public[0] {
			f.Outcome = found.Outcome
		}
	}
	return f
}

// holds adds a file to the package's own wheel.
func (f fixture) holds(path, text string) fixture {
	f.wheels[0].files[path] = text
	return f
}

func (f fixture) offended(by ...Offender) fixture {
	f.Offenders = by
	return f
}

// used makes an offender of the package's own that is not loaded at its import.
func used(pkg string, module string) Offender {
	o := own(pkg, module)
	o.When = vocab.WhenUse
	return o
}

// structured are packages of several modules.
func structured() []fixture {
	inTests := used("ftc-intests", "ftc_intests.tests._helper")
	inTests.Test = true
	missing := define("ftc_fallback._fast", "foreign.c", StaticNotUsed, "FOREIGN=ftc_absent_answer")
	missing.library = "ftc_absent"
	missing.found = importError(vocab.FaultMissingLibrary)
	missing.found.Declaration = vocab.LoadedUnknown
	native := module{name: "ftc_native._native", source: "library.c", defines: []string{"FOREIGN=ftc_native_answer"}, static: StaticNone}
	native.found = importError(vocab.FaultException)
	native.found.Declaration = vocab.LoadedUnknown

	return []fixture{
		pkg("of its two modules only the second offends", "ftc-pair", "from . import _first, _second\n",
			notUsed("ftc_pair._first"), silent("ftc_pair._second")).
			finds(offending("ftc_pair._second"), "ftc_pair", "ftc_pair._first", "ftc_pair._second").
			offended(own("ftc-pair", "ftc_pair", "ftc_pair._second")),
		pkg("three modules offend; the interpreter warns of the first alone", "ftc-many", "from . import _a, _b\nfrom .deep import inner\n",
			silent("ftc_many._a"), define("ftc_many._b", "single.c", StaticSilent), define("ftc_many.deep._c", "late.c", StaticSilent)).
			holds("ftc_many/deep/__init__.py", "").holds("ftc_many/deep/inner.py", "from . import _c\n").
			finds(offending("ftc_many._a", "ftc_many._b", "ftc_many.deep._c"), "ftc_many", "ftc_many._a", "ftc_many._b", "ftc_many.deep._c").
			offended(own("ftc-many", "ftc_many", "ftc_many._a"), own("ftc-many", "ftc_many", "ftc_many._b"),
				own("ftc-many", "ftc_many", "ftc_many.deep.inner", "ftc_many.deep._c")),
		pkg("offends when one of its functions is called", "ftc-onuse", "def work():\n    from . import _late\n",
			silent("ftc_onuse._late")).
			finds(gilOff(), "ftc_onuse").finds(offending("ftc_onuse._late"), "ftc_onuse._late").
			offended(used("ftc-onuse", "ftc_onuse._late")),
		pkg("offends when its submodule is imported", "ftc-onsub", "from . import _core\n", notUsed("ftc_onsub._core"), silent("ftc_onsub._fast")).
			holds("ftc_onsub/extra.py", "from . import _fast\n").
			finds(gilOff(), "ftc_onsub", "ftc_onsub._core").finds(offending("ftc_onsub._fast"), "ftc_onsub._fast").
			offended(used("ftc-onsub", "ftc_onsub._fast")),
		pkg("has an offender among its tests", "ftc-intests", "from . import _core\n", notUsed("ftc_intests._core"), silent("ftc_intests.tests._helper")).
			holds("ftc_intests/tests/__init__.py", "").
			finds(gilOff(), "ftc_intests", "ftc_intests._core").finds(offending("ftc_intests.tests._helper"), "ftc_intests.tests._helper").
			offended(inTests),
		pkg("has a module that crashes and that its import leaves alone", "ftc-broken", "", notUsed("ftc_broken._core"), behaving("ftc_broken._broken", "crash")).
			finds(gilOff(), "ftc_broken", "ftc_broken._core").finds(crash("SIGSEGV"), "ftc_broken._broken").gilToo(),
		pkg("does without its compiled module when that fails", "ftc-fallback", "try:\n    from . import _fast\nexcept ImportError:\n    _fast = None\n", missing).
			finds(gilOff(), "ftc_fallback").finds(importError(vocab.FaultMissingLibrary), "ftc_fallback._fast").gilToo(),
		pkg("has a compiled file that looks like an extension module and is a library for ctypes", "ftc-native",
			"import ctypes, glob, os\n\nctypes.CDLL(glob.glob(os.path.join(os.path.dirname(__file__), \"_native*\"))[0])\n", native).
			finds(gilOff(), "ftc_native").finds(importError(vocab.FaultException), "ftc_native._native").gilToo(),
		pkg("imports a module that nothing brings", "ftc-unmet", "import ftc_absent\n\nfrom . import _core\n", notUsed("ftc_unmet._core")).
			finds(importError(vocab.FaultMissingDependency), "ftc_unmet", "ftc_unmet._core").gilToo(),
		pkg("has no compiled code", "ftc-pure", "").finds(pure(), "ftc_pure"),
		namespace(),
		startup(),
		nested(),
		twins(),
		pkg("its extension module has a name that is not ASCII", "ftc-unicode", "from . import _ü\n",
			define("ftc_unicode._ü", "multi.c", StaticSilent, "INIT_NAME=PyInitU___eha")). // "_ü" in Punycode, with "-" as "_"
			finds(offending("ftc_unicode._ü"), "ftc_unicode", "ftc_unicode._ü").
			offended(own("ftc-unicode", "ftc_unicode", "ftc_unicode._ü")),
		pkg("a thread that its import starts and waits for imports an offender", "ftc-helper",
			"import threading\n\nhelper = threading.Thread(target=__import__, args=(\"_ftc_helper\",))\nhelper.start()\nhelper.join()\n", silent("_ftc_helper")).
			finds(offending("_ftc_helper"), "ftc_helper", "_ftc_helper").
			offended(own("ftc-helper", "_ftc_helper")), // the thread does not know who waits for it
	}
}

// nested is a module that declares and whose init function imports one that does
// not: while an init function of single-phase initialisation runs, the GIL is on for
// the moment, and after this one it stays on, but not through its fault.
func nested() fixture {
	outer := define("ftc_nested", "nested.c", StaticNotUsed, "IMPORTS=_ftc_nested")
	outer.found.Outcome = vocab.OutcomeGILReenabled
	f := lone("its init function imports an offender, and it declares that itself it is none", outer, offending("_ftc_nested"))
	f.wheels[0].modules = append(f.wheels[0].modules, silent("_ftc_nested"))
	return f.finds(offending("_ftc_nested"), "_ftc_nested").offended(own("ftc-nested", "ftc_nested", "_ftc_nested"))
}

// twins are two modules in one file, of which the one whose name it does not have
// offends.
func twins() fixture {
	init := "from importlib.machinery import ExtensionFileLoader\nfrom importlib.util import module_from_spec, spec_from_loader\n\nfrom . import _a\n\n" +
		"loader = ExtensionFileLoader(\"ftc_twins._b\", _a.__file__)\n_b = module_from_spec(spec_from_loader(loader.name, loader))\n"
	return pkg("two modules in one file, and the one that is loaded by hand offends", "ftc-twins", init,
		define("ftc_twins._a", "twins.c", StaticNotUsed, "OTHER=_b")).
		finds(offending("ftc_twins._b"), "ftc_twins", "ftc_twins._a").
		offended(own("ftc-twins", "ftc_twins", "ftc_twins._b"))
}

// namespace is a part of a namespace package; another part, which it requires and
// does not import, offends.
func namespace() fixture {
	f := fixture{
		wheels: []wheel{
			{
				name: "ftc-ns-one", requires: []string{"ftc-ns-two"}, modules: []module{notUsed("ftc_ns.one._core")},
				files: map[string]string{"ftc_ns/one/__init__.py": "from . import _core\n"},
			},
			{
				name: "ftc-ns-two", modules: []module{silent("ftc_ns.two._core")},
				files: map[string]string{"ftc_ns/two/__init__.py": "from . import _core\n"},
			},
		},
		imports: Expect{
			"ftc_ns.one": gilOff(), "ftc_ns.one._core": gilOff(),
			"ftc_ns.two": offending("ftc_ns.two._core"), "ftc_ns.two._core": offending("ftc_ns.two._core"),
		},
	}
	f.About, f.Public, f.Outcome = "its part of a namespace package is fine, another distribution's part is not", []string{"ftc_ns.one"}, vocab.OutcomeGILOff
	return f
}

// startup turns the GIL on before anything is imported.
func startup() fixture {
	f := pkg("has a .pth file that imports an offender when the interpreter starts", "ftc-startup", "", silent("_ftc_startup")).
		holds("ftc_startup.pth", "import _ftc_startup\n").
		finds(offending("_ftc_startup"), "ftc_startup", "_ftc_startup")
	return f.offended(own("ftc-startup", "_ftc_startup"))
}

// depending are packages whose dependencies offend.
func depending() []fixture {
	dep := func(name string) wheel {
		top := underscored(name)
		return wheel{name: name, modules: []module{silent(top + "._core")}, files: map[string]string{top + "/__init__.py": "from . import _core\n"}}
	}
	offender := func(relation vocab.Relation, chain ...string) Offender {
		o := own("ftc-dep", append(chain, "ftc_dep", "ftc_dep._core")...)
		o.Relation = relation
		return o
	}
	try := "try:\n    import ftc_dep\nexcept ImportError:\n    ftc_dep = None\n"

	app := pkg("pure, and requires a package that offends", "ftc-app", "import ftc_dep\n").
		finds(offending("ftc_dep._core"), "ftc_app", "ftc_dep", "ftc_dep._core").
		offended(offender(vocab.RelationDependency, "ftc_app"))
	app.wheels[0].requires = []string{"ftc-dep>=1"}
	app.wheels = append(app.wheels, dep("ftc-dep"))

	far := pkg("its own module is fine; it requires a package that in turn requires one that offends", "ftc-far", "from . import _core\nimport ftc_between\n", notUsed("ftc_far._core")).
		finds(offending("ftc_dep._core"), "ftc_far", "ftc_far._core", "ftc_between", "ftc_dep", "ftc_dep._core").
		offended(offender(vocab.RelationDependency, "ftc_far", "ftc_between"))
	far.wheels[0].requires = []string{"ftc-between"}
	far.wheels = append(far.wheels,
		wheel{name: "ftc-between", requires: []string{"ftc-dep"}, files: map[string]string{"ftc_between.py": "import ftc_dep\n"}}, dep("ftc-dep"))

	alone := pkg("would import a package that offends, which is not there", "ftc-option", try).finds(pure(), "ftc_option")

	beside := pkg("imports a package that offends, because it is there", "ftc-beside", try).
		finds(offending("ftc_dep._core"), "ftc_beside", "ftc_dep", "ftc_dep._core").
		offended(offender(vocab.RelationOptional, "ftc_beside"))
	beside.wheels = append(beside.wheels, dep("ftc-dep"))
	beside.Optional = []string{"ftc-dep"}

	return []fixture{app, far, alone, beside}
}

// racing are packages with examples that are right with one thread.
func racing() []fixture {
	example := func(about, name, function, args, result string, found Found) fixture {
		top := underscored(name)
		doc := "\"\"\"A package that is not safe.\n\n>>> from " + top + " import " + function + "\n>>> " + function + "(" + args + ")\n" + result + "\"\"\"\n\n"
		return pkg(about, name, doc+"from ._core import "+function+"\n", define(top+"._core", "race.c", StaticNotUsed)).
			finds(gilOff(), top, top+"._core").stressed(found)
	}
	different, exception := gilOff(), gilOff()
	different.Finding, exception.Finding = vocab.StressDifferent, vocab.StressException
	safe := "\"\"\"A package that is safe.\n\n>>> double(21)\n42\n\"\"\"\n\nfrom . import _core\n\n\ndef double(n):\n    return n * 2\n"
	return []fixture{
		example("two threads write into one buffer: the result is another", "ftc-race", "render", "12345", "'12345'\n", different),
		example("the second thread is refused: an exception", "ftc-race-exception", "claim", "", "", exception),
		example("two threads use one cell: a crash", "ftc-race-crash", "touch", "", "", crash("SIGSEGV")),
		example("two threads take two locks in opposite order: they hang", "ftc-race-hang", "swap", "", "", ends(vocab.OutcomeDeadlock)),
		pkg("has an example that threads may run", "ftc-safe", safe, notUsed("ftc_safe._core")).
			finds(gilOff(), "ftc_safe", "ftc_safe._core").stressed(gilOff()),
	}
}

// stressed sets what the stress lane is to find in the package's examples.
func (f fixture) stressed(found Found) fixture {
	f.stress = Expect{f.Public[0]: found}
	return f
}

// tricky is a package of modules for those who read the files: the same declarations
// compiled without and with optimisation, and without symbols, and traps.
func tricky() []fixture {
	kinds := []module{
		notUsed("declares"), silent("silent"), define("explicit", "multi.c", StaticUsed, "GIL=Py_MOD_GIL_USED"),
		define("single", "single.c", StaticSilent), define("single_declares", "single.c", StaticNotUsed, "GIL=Py_MOD_GIL_NOT_USED"),
		define("single_explicit", "single.c", StaticUsed, "GIL=Py_MOD_GIL_USED"),
		define("late", "late.c", StaticSilent),
		define("filled", "runtime_slots.c", StaticNotUsed, "GIL=Py_MOD_GIL_NOT_USED"),
		define("filled_explicit", "runtime_slots.c", StaticUsed, "GIL=Py_MOD_GIL_USED"),
		define("filled_silent", "runtime_slots.c", StaticSilent),
		define("dead_helper", "dead_helper.c", StaticSilent),
		define("computed", "computed.c", StaticNotUsed, "ANSWER=1"), define("computed_explicit", "computed.c", StaticUsed, "ANSWER=0"),
	}
	f := pkg("every form of a declaration, compiled in several ways", "ftc-tricky", "").finds(gilOff(), "ftc_tricky")
	for _, way := range []struct {
		name  string
		flags []string
	}{{"o0", []string{"-O0"}}, {"o2", []string{"-O2"}}, {"stripped", []string{"-O2", "-s"}}} {
		f = f.holds("ftc_tricky/"+way.name+"/__init__.py", "")
		for _, m := range kinds {
			m.name, m.flags = "ftc_tricky."+way.name+"."+m.name, way.flags
			f.wheels[0].modules = append(f.wheels[0].modules, m)
			if m.static == StaticNotUsed {
				f = f.finds(gilOff(), m.name)
				continue
			}
			f = f.finds(offending(m.name), m.name)
			f.Offenders = append(f.Offenders, used("ftc-tricky", m.name))
		}
	}
	return []fixture{f}
}
