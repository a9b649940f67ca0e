"""Follows extension modules through their loading.

Everything that Python code loads passes through two functions of the built-in
module _imp, by an import or by hand; they are replaced here, so it does not matter
which loader is used. The interpreter decides about the GIL when a module has been
created, before its body is run. Therefore the declaration is read at that moment:
a body that declares is too late.
"""

import _imp
import sys
from _thread import _local, get_ident
from sys import _getframe
from time import perf_counter

hook = use("hook")  # noqa: F821, a builtin of the loader
chain = hook.chain

USED, NOT_USED, UNKNOWN = "used", "not-used", "unknown"

# Free-threaded builds have a suffix of their own: ".cpython-314t-x86_64-linux-gnu.so".
FREE_THREADED = any("%d%dt" % sys.version_info[:2] in s for s in _imp.extension_suffixes())


def gil_enabled():
    """Reports whether the GIL is on now."""
    return True


gil_enabled = getattr(sys, "_is_gil_enabled", gil_enabled)  # 3.13 and later


class Watch:
    """Passes notify(event) several times while an extension module loads.

    An event is one dictionary, filled in as things come to be known:

        module, file    its name and its file
        stage           "creating", "created", "running", "done" or "failed"
        declaration     from "created" on: "not-used", "used" or "unknown"
        object          the type of what was created, where that is no module
        gil_before, gil_after, gil_done
                        whether the GIL was on before and straight after its
                        creation, and after its body was run
        chain           the imports that led to it, outermost first, itself last
        millis          how long its creation and its body took
        thread          the identifier of the thread that loads it
        error           the exception of a failed one

    With reads, what a module just created declares is read from the module object,
    which needs ctypes. Otherwise it is concluded from the state of the GIL, where
    the interpreter is free to turn it on (decides). It does that only once; and
    while one module is being created the GIL is on, so the state says nothing of
    another one created meanwhile. Then ctypes is used after all.
    """

    def __init__(self, notify, reads=False, decides=False):
        self._notify = notify
        self._declarations = None
        self._decides = decides
        self._here = _local()  # under way: the events of creations in this thread
        if reads:
            self._learn()
        self._created = {}
        self._create = _imp.create_dynamic
        self._exec = _imp.exec_dynamic

    @property
    def offset(self):
        """Where in a module object its declaration is kept, 0 if that is not known."""
        return self._declarations.field[0] if self._declarations else 0

    def _learn(self):
        """Gets ready to read declarations, without a word of the modules that takes."""
        if self._declarations is None and FREE_THREADED:
            self._here.learning = True
            declarations = hook.Declarations()
            if declarations.learn():
                self._declarations = declarations
            self._here.learning = False

    def install(self):
        # Plain functions, as what they replace: bound to nothing.
        def create_dynamic(spec, *file):
            return self._creating(spec, file)

        def exec_dynamic(module):
            return self._running(module)

        _imp.create_dynamic = create_dynamic
        _imp.exec_dynamic = exec_dynamic

    def _creating(self, spec, file):
        if getattr(self._here, "learning", False):
            return self._create(spec, *file)
        around = getattr(self._here, "around", None)
        if around is not None:
            around["nested"] = True
            if self._decides:
                self._learn()
        event = {
            "module": getattr(spec, "name", None),
            "file": getattr(spec, "origin", None),
            "stage": "creating",
            "declaration": UNKNOWN,
            "gil_before": gil_enabled(),
            "chain": chain(_getframe(2))[1],
            "thread": get_ident(),
            "millis": 0.0,
        }
        self._notify(event)
        begun = perf_counter()
        self._here.around = event
        try:
            module = self._create(spec, *file)
        except BaseException as error:
            self._here.around = around
            event["millis"] = (perf_counter() - begun) * 1000
            event["gil_after"] = gil_enabled()
            if self._tells(event) and event["gil_after"]:
                event["declaration"] = USED  # the warning about it was made an error
            self._failed(event, error)
            raise
        self._here.around = around
        event["millis"] = (perf_counter() - begun) * 1000
        event["gil_after"] = event["gil_done"] = gil_enabled()
        self._declare(event, module)
        event["stage"] = "created"
        self._created[id(module)] = event
        self._notify(event)
        return module

    def _declare(self, event, module):
        if hook.ModuleType not in type(module).__mro__:
            event["object"] = type.__repr__(type(module))
        if self._declarations is not None:
            event["declaration"] = self._declarations.of(module)
        if event["declaration"] == UNKNOWN and self._tells(event):
            event["declaration"] = USED if event["gil_after"] else NOT_USED

    def _tells(self, event):
        """Reports whether the GIL's coming on or not is this module's doing."""
        return self._decides and not event["gil_before"] and "nested" not in event

    def _running(self, module):
        event = self._created.pop(id(module), None)
        if event is None:
            return self._exec(module)
        event["stage"] = "running"
        self._notify(event)
        begun = perf_counter()
        try:
            result = self._exec(module)
        except BaseException as error:
            event["millis"] += (perf_counter() - begun) * 1000
            event["gil_done"] = gil_enabled()
            self._failed(event, error)
            raise
        event["millis"] += (perf_counter() - begun) * 1000
        event["gil_done"] = gil_enabled()
        event["stage"] = "done"
        self._notify(event)
        return result

    def _failed(self, event, error):
        event["stage"] = "failed"
        event["error"] = error
        try:
            self._notify(event)
        finally:
            del event["error"]  # it holds on to the frames of the import
