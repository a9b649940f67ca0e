"""Watches extension modules being loaded.

    watch = Watch(notify, declaration)
    watch.install()

From then on every extension module that Python code loads, by an import or by
hand, is passed to notify(event) several times while it loads. An event is one
dictionary, filled in as things come to be known:

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

What notify raises goes to whoever imports the module: that is how a module is
stopped from being loaded further, after "created" (its init function was run, the
body of a multi-phase module was not).

Everything passes through two functions of the built-in module _imp, which are
replaced: so it does not matter which loader is used. The interpreter decides
about the GIL when a module has been created, before its body is run; therefore
the declaration is read at that moment. A body that declares is too late.

This file needs no other part of the program. Python 3.9 and later.
"""

import _imp
import sys
import types
from _thread import get_ident
from sys import _getframe
from time import perf_counter

USED, NOT_USED, UNKNOWN = "used", "not-used", "unknown"

# Free-threaded builds have a suffix of their own: ".cpython-314t-x86_64-linux-gnu.so".
FREE_THREADED = any("%d%dt" % sys.version_info[:2] in s for s in _imp.extension_suffixes())


def gil_enabled():
    """Reports whether the GIL is on now."""
    return True


gil_enabled = getattr(sys, "_is_gil_enabled", gil_enabled)  # 3.13 and later


def chain(frame):
    """Returns the names whose import is under way in a stack, outermost first."""
    names = []
    while frame is not None:
        code = frame.f_code
        if code.co_name == "_find_and_load" and code.co_filename == "<frozen importlib._bootstrap>":
            name = frame.f_locals.get("name")
            if type(name) is str:
                names.append(name)
        frame = frame.f_back
    names.reverse()
    return names


class Declarations:
    """Reads what a module object says about the GIL.

    Free-threaded builds keep it in a field of the object that Python code has no
    name for. Where the field lies is found out by comparing modules known to be
    declared with modules that cannot be: up to 3.14 a pointer-sized 1 against 0
    (md_gil), later a byte 0 against 1 (md_requires_gil). An interpreter for which
    that has no single answer gives offset 0 and "unknown".
    """

    DECLARED = ("posix", "nt", "time", "_thread", "_io", "_signal", "_weakref", "errno", "itertools")

    def __init__(self):
        self.offset = 0
        if not FREE_THREADED:
            return
        try:
            import ctypes
        except ImportError:
            return
        self._address = ctypes.c_ubyte * types.ModuleType.__basicsize__
        self._word = ctypes.sizeof(ctypes.c_void_p)
        declared = [self._bytes(sys.modules[n]) for n in self.DECLARED if n in sys.modules]
        plain = [self._bytes(types.ModuleType(n)) for n in ("a", "b", "c")]
        words = self._search(declared, plain, self._word, 1, 0)
        flags = self._search(declared, plain, 1, 0, 1)
        if len(flags) == 1:
            self.offset, self._size, self._declared = flags[0], 1, 0
        elif len(words) == 1 and not flags:
            self.offset, self._size, self._declared = words[0], self._word, 1

    def _bytes(self, module):
        return bytes(self._address.from_address(id(module)))

    def _search(self, declared, plain, size, yes, no):
        """Returns the offsets at which all fields of a size are yes, or no."""
        found = []
        for at in range(object.__basicsize__, len(plain[0]) - size + 1, size):
            values = [int.from_bytes(b[at : at + size], sys.byteorder) for b in declared]
            others = [int.from_bytes(b[at : at + size], sys.byteorder) for b in plain]
            if values.count(yes) == len(values) > 2 and others.count(no) == len(others):
                found.append(at)
        return found

    def __call__(self, module):
        if not self.offset or types.ModuleType not in type(module).__mro__:
            return UNKNOWN
        field = self._bytes(module)[self.offset : self.offset + self._size]
        return NOT_USED if int.from_bytes(field, sys.byteorder) == self._declared else USED


class Watch:
    """Tells notify of every extension module that is loaded.

    declaration is called with a module just created and returns what it
    declared; without one, that is concluded from the state of the GIL where the
    interpreter is free to turn it on (decides).
    """

    def __init__(self, notify, declaration=None, decides=False):
        self._notify = notify
        self._declaration = declaration
        self._decides = decides
        self._created = {}
        self._create = _imp.create_dynamic
        self._exec = _imp.exec_dynamic

    def install(self):
        # Plain functions, as what they replace: bound to nothing.
        def create_dynamic(spec, *file):
            return self._creating(spec, file)

        def exec_dynamic(module):
            return self._running(module)

        _imp.create_dynamic = create_dynamic
        _imp.exec_dynamic = exec_dynamic

    def _creating(self, spec, file):
        event = {
            "module": getattr(spec, "name", None),
            "file": getattr(spec, "origin", None),
            "stage": "creating",
            "declaration": UNKNOWN,
            "gil_before": gil_enabled(),
            "chain": chain(_getframe(2)),
            "thread": get_ident(),
        }
        self._notify(event)
        begun = perf_counter()
        try:
            module = self._create(spec, *file)
        except BaseException as error:
            event["gil_after"] = gil_enabled()
            if self._turned(event):
                event["declaration"] = USED  # the warning about it was made an error
            self._failed(event, error, begun)
            raise
        event["gil_after"] = gil_enabled()
        event["millis"] = (perf_counter() - begun) * 1000
        self._declare(event, module)
        event["stage"] = "created"
        self._created[id(module)] = event
        self._notify(event)
        return module

    def _declare(self, event, module):
        if types.ModuleType not in type(module).__mro__:
            event["object"] = type.__repr__(type(module))
        elif self._declaration is not None:
            event["declaration"] = self._declaration(module)
        if event["declaration"] == UNKNOWN and self._decides and not event["gil_before"]:
            event["declaration"] = USED if event["gil_after"] else NOT_USED

    def _turned(self, event):
        return self._decides and event["gil_after"] and not event["gil_before"]

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
            self._failed(event, error, begun)
            raise
        event["millis"] += (perf_counter() - begun) * 1000
        event["gil_done"] = gil_enabled()
        event["stage"] = "done"
        self._notify(event)
        return result

    def _failed(self, event, error, begun):
        event["stage"] = "failed"
        event["error"] = error
        event["gil_done"] = gil_enabled()
        event["millis"] = event.get("millis", 0.0) + (perf_counter() - begun) * 1000
        try:
            self._notify(event)
        finally:
            del event["error"]  # it holds on to the frames of the import
