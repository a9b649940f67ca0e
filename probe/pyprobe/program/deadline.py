"""Says where all threads stand when the time is up, and ends the process."""

from _thread import allocate_lock, get_ident, start_new_thread
from faulthandler import dump_traceback_later
from sys import _current_frames
from time import monotonic, process_time

channel = use("channel")  # noqa: F821, a builtin of the loader
text = channel.text

WINDOW = 0.5  # seconds in which threads may show that they still move
GRACE = 1.0  # seconds until faulthandler tries, where Python code cannot run any more
THREADS, FRAMES = 64, 50  # the most that are reported


class Deadline:
    """Watches the clock in a thread of its own."""

    def __init__(self, seconds, line, errors, names):
        self._seconds = seconds
        self._line = line
        self._names = names  # identifiers of threads and what to call them
        self._over = allocate_lock()
        self._over.acquire()
        dump_traceback_later(seconds + WINDOW + GRACE, file=errors)
        start_new_thread(self._watch, ())

    def stop(self):
        """Ends the watch. What happens at exit is left to faulthandler."""
        self._over.release()

    def _watch(self):
        if self._over.acquire(True, self._seconds):
            return
        used, since = process_time(), monotonic()
        before = self._stacks()
        if self._over.acquire(True, WINDOW):
            return
        used, window = process_time() - used, monotonic() - since
        # First what needs no look at other threads, which may be the end of us.
        self._line.send("deadline", cpu=used * 1000, window=window * 1000)
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
            found.append({"file": text(code.co_filename, 500), "line": frame.f_lineno or 0, "func": text(code.co_name, 200)})
            frame = frame.f_back
        return found
