"""Says where all threads stand when the time is up, and ends the process."""

from _thread import allocate_lock, get_ident, get_native_id, start_new_thread
from faulthandler import dump_traceback_later
from os import O_RDONLY, close, listdir, read
from os import open as open_file
from sys import _current_frames
from time import monotonic, process_time

try:
    from os import uname
except ImportError:  # Windows
    uname = None

channel = use("channel")  # noqa: F821, a builtin of the loader
text = channel.text

WINDOW = 0.5  # seconds in which the process may show that it still works
PAUSE = 0.1  # seconds between two looks at the stacks
GRACE = 3.0  # seconds until faulthandler does it, where Python code cannot run any more
THREADS, FRAMES = 64, 50  # the most that are reported

# The system call in which Linux lets a thread wait for another one of its process.
FUTEX = {"x86_64": "202", "aarch64": "98", "riscv64": "98", "ppc64le": "221", "s390x": "238", "armv7l": "240", "i686": "240"}


class Deadline:
    """Watches the clock in a thread of its own."""

    def __init__(self, seconds, line, errors, names):
        self._seconds = seconds
        self._line = line
        self._names = names  # identifiers of threads and what to call them
        self._over = allocate_lock()
        self._over.acquire()
        dump_traceback_later(seconds + WINDOW + PAUSE + GRACE, file=errors, exit=True)
        start_new_thread(self._watch, ())

    def stop(self):
        """Ends the watch. What happens at exit is left to faulthandler."""
        self._over.release()

    def _watch(self):
        if self._over.acquire(True, self._seconds):
            return
        used, since = process_time(), monotonic()
        if self._over.acquire(True, WINDOW):
            return
        used, window = process_time() - used, monotonic() - since
        # First what needs no look at other threads: that waits until all of them can
        # be stopped, for ever if one is in a loop that never asks.
        self._line.send("deadline", cpu=used * 1000, window=window * 1000, **waits())
        before = self._stacks()
        if self._over.acquire(True, PAUSE):
            return
        after = self._stacks()
        self._line.send("stacks", moved=before != after, threads=after)
        self._line.leave(channel.STANDSTILL)

    def _stacks(self):
        mine = get_ident()
        stacks = []
        frames = _current_frames()
        for thread in sorted(frames, key=lambda t: (self._names.get(t) != "main", t)):
            if thread != mine and len(stacks) < THREADS:
                named = self._names.get(thread) or "%x" % thread
                stacks.append({"thread": named, "frames": self._frames(frames[thread])})
        return stacks

    def _frames(self, frame):
        found = []
        while frame is not None and len(found) < FRAMES:
            code = frame.f_code
            file, name = text(code.co_filename, 500), text(code.co_name, 200)
            if not file.startswith("<ftpkg "):
                found.append({"file": file, "line": frame.f_lineno or 0, "func": name})
            frame = frame.f_back
        return found


def waits():
    """Returns how many threads there are besides this one and that of faulthandler
    (tasks), how many of them run, and how many wait for something outside this
    process: a clock, a file, a child. Each is -1 where the system does not say."""
    unknown = {"tasks": -1, "running": -1, "outside": -1}
    try:
        others = [t for t in listdir("/proc/self/task") if t != str(get_native_id())]
        futex = FUTEX[uname().machine]
    except (OSError, KeyError, TypeError):
        return unknown
    calls = []
    for other in others:
        call = first_word("/proc/self/task/" + other + "/syscall")
        if call is None:
            return unknown
        calls.append(call)
    running = calls.count("running")
    return {"tasks": len(calls) - 1, "running": running, "outside": len(calls) - running - calls.count(futex)}


def first_word(path):
    try:
        descriptor = open_file(path, O_RDONLY)
    except OSError:
        return None
    try:
        return read(descriptor, 200).decode("ascii", "replace").split(" ")[0].strip()
    except OSError:
        return None
    finally:
        close(descriptor)
