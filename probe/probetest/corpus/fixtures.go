package corpus

import (
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// fixtures are all cases, for an interpreter.
func fixtures(p *python) []fixture {
	all := slices.Concat(declaring(p), failing(), lying(), structured(), depending(), racing(), tricky())
	if p.FreeThreaded {
		all = append(all, mismatched(p)...)
	}
	for i := range all {
		all[i] = all[i].described(p)
	}
	return all
}

// declaring are the forms of a declaration.
func declaring(p *python) []fixture {
	// Python 3.15 asks the slot also where create made something else than a module.
	object := define("ftc_object", "object.c", StaticNotUsed)
	object.found = created(p.is(15))
	// A plain suffix is accepted as well, and holds what it should.
	plain := notUsed("ftc_plain")
	plain.suffix = ".so"
	return []fixture{
		lone("multi-phase initialisation with the slot that leaves the GIL off", notUsed("ftc_declares")),
		lone("multi-phase initialisation without the slot", silent("ftc_silent")),
		lone("multi-phase initialisation with the slot, and its value says that it uses the GIL; Cython writes this unless told otherwise",
			define("ftc_explicit", "multi.c", StaticUsed, "GIL=Py_MOD_GIL_USED")),
		lone("single-phase initialisation without a word about the GIL", define("ftc_single", "single.c", StaticSilent)),
		lone("single-phase initialisation that calls PyUnstable_Module_SetGIL",
			define("ftc_single_declares", "single.c", StaticNotUsed, "GIL=Py_MOD_GIL_NOT_USED")),
		lone("calls PyUnstable_Module_SetGIL in its exec slot, after the runtime has looked", define("ftc_late", "late.c", StaticSilent)),
		lone("its create slot returns an object that is no module", object),
		lone("declares, in a file without the interpreter's tag in its name", plain),
	}
}

// failing are the ways in which loading fails.
func failing() []fixture {
	unresolved := define("ftc_symbol", "foreign.c", StaticNotUsed, "FOREIGN=PyUnicode_AsUnicode")
	unresolved.found = importError(vocab.FaultOtherPython)
	unresolved.found.Declaration = vocab.LoadedUnknown
	unlinked := define("ftc_library", "foreign.c", StaticNotUsed, "FOREIGN=ftc_absent_answer")
	unlinked.library = "ftc_absent"
	unlinked.found = importError(vocab.FaultMissingLibrary)
	unlinked.found.Declaration = vocab.LoadedUnknown

	atExit := crash("SIGSEGV")
	atExit.AtExit = true
	hog := lone("takes a gibibyte, and raises MemoryError when it gets none", behaving("ftc_hog", "hog"), ends(vocab.OutcomeOOM))
	careless := lone("takes a gibibyte, and does not look whether it got it", behaving("ftc_careless", "hog_carelessly"), ends(vocab.OutcomeOOM))
	hog.Memory, careless.Memory = 512<<20, 512<<20

	return []fixture{
		lone("crashes when it is created", behaving("ftc_crash_init", "crash").atInit(crash("SIGSEGV"))).gilToo(),
		lone("crashes when it is executed: creating it goes well", behaving("ftc_crash_exec", "crash"), crash("SIGSEGV")).gilToo(),
		lone("aborts when it is created", behaving("ftc_abort_init", "stop").atInit(crash("SIGABRT"))).gilToo(),
		lone("crashes when the interpreter ends", behaving("ftc_crash_exit", "crash_at_exit"), atExit).gilToo(),
		lone("crashes when it is executed without the GIL, and only then", behaving("ftc_crash_without_gil", "crash_without_gil"), crash("SIGSEGV")),
		lone("never returns from being executed, using the processor", behaving("ftc_spin", "spin"), ends(vocab.OutcomeTimeout)).gilToo(),
		lone("never returns from being created", behaving("ftc_spin_init", "spin").atInit(ends(vocab.OutcomeTimeout))).gilToo(),
		lone("never returns from being executed, asleep", behaving("ftc_hang", "hang"), ends(vocab.OutcomeTimeout)).gilToo(),
		lone("waits for every other thread, and they wait for this import; fine with one thread",
			behaving("ftc_deadlock", "join_others")).threaded(ends(vocab.OutcomeDeadlock)).gilToo(),
		opposite(),
		hog.gilToo(), careless.gilToo(),
		lone("imports a module that nothing brings", define("ftc_dependency", "imports.c", StaticNotUsed, "IMPORTS=ftc_absent"),
			importError(vocab.FaultMissingDependency)).gilToo(),
		lone("imports a module that the standard library once had", define("ftc_stdlib", "imports.c", StaticNotUsed, "IMPORTS=imp"),
			importError(vocab.FaultOtherPython)).gilToo(),
		lone("needs a shared library that is not there", unlinked).gilToo(),
		lone("needs a symbol that Python once had", unresolved).gilToo(),
		lone("raises ImportError with a reason of its own", behaving("ftc_refuse", "refuse"), importError(vocab.FaultException)).gilToo(),
		lone("raises SystemExit", behaving("ftc_leave", "leave"), importError(vocab.FaultException)).gilToo(),
	}
}

// opposite is the case of two modules that take two locks in opposite order: the
// import lock of the second, and one of their own.
func opposite() fixture {
	first := define("ftc_order_first", "order.c", StaticNotUsed, "OTHER=ftc_order_second")
	second := define("ftc_order_second", "order.c", StaticNotUsed)
	f := fixture{
		wheels: []wheel{{
			name: "ftc-order", modules: []module{first, second},
			files: map[string]string{"_ftc_order.py": "import threading\n\nlock = threading.RLock()\n" +
				"there = {\"first\": threading.Event(), \"second\": threading.Event()}\n\n\n" +
				"def meet(one):\n    \"\"\"Waits a while for the other one.\"\"\"\n    there[one].set()\n    there[\"second\" if one == \"first\" else \"first\"].wait(1)\n"},
		}},
		imports: Expect{first.name: gilOff(), second.name: gilOff()},
		threads: Expect{first.name + " " + second.name: ends(vocab.OutcomeDeadlock)},
	}
	f.About = "two modules that wait for each other if threads import them at the same time"
	f.Public, f.Outcome = []string{first.name, second.name}, vocab.OutcomeGILOff
	return f.gilToo()
}

// lying are packages that spoil the evidence.
func lying() []fixture {
	early := "import os\n\nfrom . import _core\n\nos._exit(0)\n"
	hushed := "import os, sys, warnings\n\nwarnings.simplefilter(\"ignore\")\nsys.stderr = open(os.devnull, \"w\")\n\nfrom . import _core\n"
	denial := "import sys, warnings\n\nwarnings.simplefilter(\"ignore\")\nsys._is_gil_enabled = lambda: False\n\nfrom . import _core\n"
	mute := offending("ftc_hushed._core")
	mute.Hushed = true

	shout := lone("writes to every descriptor: lines, half lines, and bytes that are no text", behaving("ftc_shout", "shout"))
	shoutInit := lone("the same when it is created", func() module {
		m := behaving("ftc_shout_init", "shout")
		m.defines = append(m.defines, "AT_INIT")
		return m
	}())
	forge := lone("claims success on every descriptor and ends the process", behaving("ftc_forge", "forge"), cut())
	shout.Noise, shoutInit.Noise, forge.Noise = true, true, true

	return []fixture{
		shout, shoutInit,
		forge.gilToo(),
		lone("closes every descriptor but the standard ones", behaving("ftc_shut", "shut"), cut()).gilToo(),
		lone("ends the process with status 0 when it is executed", behaving("ftc_quit", "quit"), cut()).gilToo(),
		lone("ends the process with status 0 when it is created", behaving("ftc_quit_init", "quit").atInit(cut())).gilToo(),
		lone("calls exit(0), which ends the process but not the interpreter", behaving("ftc_exit", "quit_politely"), cut()).gilToo(),
		pkg("calls os._exit(0)", "ftc-early", early, notUsed("ftc_early._core")).finds(cut(), "ftc_early", "ftc_early._core").gilToo(),
		lone("leaves a process behind that holds on to every descriptor", behaving("ftc_daemon", "daemonise")),
		pkg("swallows the interpreter's warning and its -v lines", "ftc-hushed", hushed, silent("ftc_hushed._core")).
			finds(mute, "ftc_hushed", "ftc_hushed._core").offended(own("ftc-hushed", "ftc_hushed", "ftc_hushed._core")),
		pkg("replaces the function that says whether the GIL is on", "ftc-denial", denial, silent("ftc_denial._core")).
			finds(offending("ftc_denial._core"), "ftc_denial", "ftc_denial._core").offended(own("ftc-denial", "ftc_denial", "ftc_denial._core")),
	}
}

// mismatched are modules compiled for the GIL build that a free-threaded installer
// accepts.
func mismatched(p *python) []fixture {
	refused := Found{Outcome: vocab.OutcomeABICrash}
	crashes := Found{Outcome: vocab.OutcomeABICrash, Signal: "SIGSEGV"}
	wrong := func(m module, found Found) module {
		m.gil, m.found = true, found
		m.found.Declaration = vocab.LoadedUnknown
		return m
	}
	plain := wrong(define("ftc_abi_none", "single.c", StaticSilent), crashes)
	plain.suffix = ".so"
	none := lone("compiled for the GIL build, in a wheel that names no ABI", plain)
	none.wheels[0].tag = p.cp() + "-none-" + p.platform()
	return []fixture{
		lone("compiled for the GIL build, multi-phase, under the name of the free-threaded one",
			wrong(notUsed("ftc_abi"), refused)),
		lone("compiled for the GIL build, single-phase, under the name of the free-threaded one",
			wrong(define("ftc_abi_single", "single.c", StaticSilent), crashes)),
		none,
	}
}
