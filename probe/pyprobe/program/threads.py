"""The lane in which all threads import the same names at the same time."""

import sys
import threading
from sys import modules as table
from threading import get_ident
from time import perf_counter

errors = use("errors")  # noqa: F821, a builtin of the loader
watching = use("watch")  # noqa: F821


def run(this):
    count = this.job["threads"]
    rounds = [Round(name, count) for name in this.job["modules"]]
    if this.job["apart"]:
        apart(this, rounds, count)
    else:
        together(this, rounds, count)


def together(this, rounds, count):
    """All threads import the first name, then all the second, and so on."""
    current = iter(rounds)
    begin = threading.Barrier(count, lambda: this.line.send("begin", module=next(current).name))
    end = threading.Barrier(count)

    def work(number):
        for each in rounds:
            begin.wait()
            each.take(this, number)
            if end.wait() == 0:  # one of them
                this.line.send("together", **each.result())

    start(this, work, count)


def apart(this, rounds, count):
    """Each thread begins with another name, and then goes round all of them."""
    this.line.send("begin", module=" ".join([each.name for each in rounds]))
    begin = threading.Barrier(count)

    def work(number):
        begin.wait()
        for turn in range(len(rounds)):
            rounds[(number + turn) % len(rounds)].take(this, number)

    start(this, work, count)
    for each in rounds:
        this.line.send("together", **each.result())


def start(this, work, count):
    """Runs work(number) in so many threads and waits for them."""

    def named(number):
        this.threads[get_ident()] = "import %d" % number
        work(number)

    workers = [threading.Thread(target=named, args=(n,), daemon=True) for n in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


class Round:
    """All threads' import of one name."""

    def __init__(self, name, count):
        self.name = name
        self._got = [None] * count  # what each thread found under the name
        self._partial = [False] * count
        self._raised = [None] * count
        self._begun, self._ended = [0.0] * count, [0.0] * count

    def take(self, this, number):
        this.importing[get_ident()] = self.name
        self._begun[number] = perf_counter()
        try:
            __import__(self.name)
            module = table.get(self.name)
            if module is None:  # the interpreter does not tell those who only waited
                raise ImportError("its import failed in another thread", name=self.name)
            self._got[number] = module
            self._partial[number] = unfinished(module)
        except BaseException as error:
            errors.undisturbed()
            self._raised[number] = errors.describe(error)
        self._ended[number] = perf_counter()
        errors.undisturbed()
        this.importing.pop(get_ident(), None)

    def result(self):
        got = [m for m in self._got if m is not None]
        return {
            "module": self.name,
            "ok": self._raised.count(None),
            "objects": len({id(m) for m in got}),
            "partial": self._partial.count(True),
            "failures": [e for e in self._raised if e is not None],
            "gil_after": watching.gil_enabled(),
            "millis": (max(self._ended) - min(self._begun)) * 1000,
        }


def unfinished(module):
    """Reports whether a module's body is still being run, by another thread."""
    try:
        spec = object.__getattribute__(module, "__spec__")
        return getattr(spec, "_initializing", False) is True
    except AttributeError:
        return False
