# Sees extension modules as they are created, before any of their Python-visible
# body runs: what each declares about the GIL, and who imports it.
#
# This file is text for other programs to hold: they execute it in a namespace of
# their own and call what it defines. It imports nothing that is not built in,
# except ctypes when a declaration is first read. Its syntax is that of every
# Python 3, since a guarded program may start any of them.

import _imp
import sys
import time
from _thread import RLock

ModuleType = type(sys)


class Declarations:
    """Reads from module objects whether the runtime takes them as not using the GIL.

    CPython keeps the answer in the module object, in a field with no accessor
    (md_gil, in 3.15 md_requires_gil). Where the field is and what it holds is
    learned from a scratch module on which PyUnstable_Module_SetGIL is called with
    both values: exactly one byte may change. So no layout is assumed.
    """

    def __init__(self):
        self.lock = RLock()
        self.learning = False
        self.learned = False
        self.field = None  # (offset, byte of "used", byte of "not used")

    def learn(self):
        """Finds the field. Returns whether declarations can be read."""
        with self.lock:
            if not self.learned and not self.learning:
                self.learning = True  # importing ctypes creates modules too
                try:
                    self.field = self._find()
                finally:
                    self.learning = False
                self.learned = True
            return self.field is not None

    def _find(self):
        try:
            import ctypes
            set_gil = ctypes.pythonapi.PyUnstable_Module_SetGIL
        except (ImportError, AttributeError):
            return None  # no ctypes, or a build with the GIL
        set_gil.argtypes = [ctypes.py_object, ctypes.c_void_p]
        set_gil.restype = ctypes.c_int
        self.read = ctypes.string_at
        scratch = ModuleType("scratch")
        begin, end = object.__basicsize__, ModuleType.__basicsize__
        texts = []
        for value in (0, 1):  # Py_MOD_GIL_USED, Py_MOD_GIL_NOT_USED
            if set_gil(scratch, value) != 0:
                return None
            texts.append(bytearray(self.read(id(scratch) + begin, end - begin)))
        used, not_used = texts
        changed = [i for i in range(end - begin) if used[i] != not_used[i]]
        if len(changed) != 1:
            return None
        i = changed[0]
        return begin + i, used[i], not_used[i]

    def of(self, module):
        """Returns "used", "not-used" or "unknown".

        It is the declaration only as long as the module has just been created:
        what an exec slot sets later comes too late for the runtime.
        """
        if not isinstance(module, ModuleType):
            # Up to 3.14 the runtime takes whatever is no module as using the GIL;
            # 3.15 goes by the slot, which cannot be seen here.
            return "used" if self.learn() and sys.version_info < (3, 15) else "unknown"
        if not self.learn():
            return "unknown"
        offset, used, not_used = self.field
        byte = bytearray(self.read(id(module) + offset, 1))[0]
        return {used: "used", not_used: "not-used"}.get(byte, "unknown")


def watch(created):
    """Calls created(spec, module, seconds) for every extension module from now on.

    The call comes right after the module is created, in the importing thread, with
    the seconds its creation took. If it returns an exception, the import raises it
    and the module is gone.
    """
    create = _imp.create_dynamic

    def create_dynamic(spec, file=None):
        start = time.perf_counter()
        module = create(spec) if file is None else create(spec, file)
        seconds = time.perf_counter() - start
        refusal = created(spec, module, seconds)
        if refusal is None:
            return module
        # A single-phase module has put itself where the next import would find it.
        if sys.modules.get(spec.name) is module:
            del sys.modules[spec.name]
        raise refusal

    _imp.create_dynamic = create_dynamic


def chain(frame):
    """Returns who imports what at a frame: (origin, names).

    names are the modules whose imports are under way in this thread, outermost
    first. origin is the code that began the outermost import, (file, line), or
    None if it was not Python code.
    """
    names = []
    origin = None
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith("<frozen importlib"):
            if code.co_name == "_find_and_load":
                names.append(frame.f_locals["name"])
                origin = None
        elif origin is None and names and not _is_importlib(code.co_filename):
            origin = code.co_filename, frame.f_lineno
        frame = frame.f_back
    names.reverse()
    # To import a.b.c, the import system first imports a and a.b within the import
    # of a.b.c; but it is a that comes first.
    names = [n for n, after in zip(names, names[1:] + [""]) if not n.startswith(after + ".") or not after]
    return origin, names


def _is_importlib(file):
    return file.replace("\\", "/").endswith("/importlib/__init__.py")
