"""The lane in which threads run examples at once.

Examples are the doctests of the given modules and the user's scripts. A single
thread runs each of them twice before; those whose two results differ are not
compared. Then all threads run the same example at the same time, again and again,
one example after the other, until the time is up. A result is what an example
wrote and the exception it raised, not what its docstring says it should be: many
docstrings are wrong with any number of threads.
"""

import __future__
import doctest
import io
import re
import sys
import threading
from _thread import _local, get_ident
from time import perf_counter

channel = use("channel")  # noqa: F821, a builtin of the loader
errors = use("errors")  # noqa: F821
imports = use("imports")  # noqa: F821
text = channel.text

MISMATCHES = 100  # the most that are reported
OUTPUT = 2000  # characters of an output that are reported
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,}\b")  # of an object, in a repr


class Output(io.TextIOBase):
    """Standard output, kept apart for each thread that asks for it.

    doctest's own way, to put another object into sys.stdout for each example,
    cannot work when several threads do it. Examples that do it themselves may leave
    anything there: so it is put in place again before each round.
    """

    encoding = "utf-8"

    def __init__(self):
        self._otherwise = sys.stdout
        self._mine = _local()

    def install(self):
        sys.stdout = self
        sys.displayhook = self.display

    def display(self, value):
        """Prints the value of an expression as the interactive interpreter does, but
        keeps the last one in the example's own names, not in builtins."""
        if value is not None:
            names = getattr(self._mine, "names", None)
            if names is not None:
                names["_"] = value
            sys.stdout.write(repr(value) + "\n")

    def begin(self, names):
        self._mine.names, self._mine.parts = names, []

    def end(self):
        parts, self._mine.parts, self._mine.names = self._mine.parts, None, None
        return "".join(parts)

    def writable(self):
        return True

    def write(self, written):
        parts = getattr(self._mine, "parts", None)
        if parts is not None:
            parts.append(str(written))
        elif self._otherwise is not None:
            self._otherwise.write(written)
        return len(written)


class Test:
    """A docstring's examples, or one script, which depend on each other."""

    def __init__(self, name, examples, names):
        self.name = name
        self.names = names  # the globals to run in, copied each time
        self.sources = [e.source for e in examples]
        self.codes = []
        for number, example in enumerate(examples):
            try:
                file = "<%s %d>" % (name, number + 1)
                code = compile(example.source, file, example.mode, flags=future(names), dont_inherit=True)
            except (SyntaxError, ValueError):
                code = None  # also of two lines that are no statement: nothing to run
            self.codes.append(code)

    def run(self, output):
        """Runs all examples. Returns each one's output and exception."""
        names, results = dict(self.names), []
        for code in self.codes:
            raised = None
            output.begin(names)
            if code is not None:
                try:
                    exec(code, names)
                except BaseException as error:
                    raised = errors.describe(error)
            results.append((output.end(), raised))
        errors.undisturbed()
        return results


class Example:
    def __init__(self, source, mode):
        self.source = source
        self.mode = mode


class Parser(doctest.DocTestParser):
    """Takes a docstring whose examples cannot be read for one without any."""

    def get_examples(self, string, name="<string>"):
        try:
            return super().get_examples(string, name)
        except ValueError:
            return []


def future(names):
    """Returns the compiler's flags for what a module imported from __future__."""
    features = [getattr(__future__, n) for n in __future__.all_feature_names]
    flags = 0
    for name, feature in zip(__future__.all_feature_names, features):
        if names.get(name) is feature:
            flags |= feature.compiler_flag
    return flags


def run(this):
    for name in this.job["modules"]:
        imports.one(this, name, lambda: __import__(name))  # noqa: B023, called at once
    tests, found, left = collect(this.job)
    output = Output()
    baseline, unstable, slow = alone(tests, output, this)
    tests = [t for t in tests if t.name in baseline]
    left += slow
    this.line.send("examples", found=found, run=sum(len(t.codes) for t in tests), unstable=unstable[:500], unreached=left)
    begun = perf_counter()
    mismatches, rounds = together(tests, baseline, output, this)
    for mismatch in mismatches:
        this.line.send("mismatch", **mismatch)
    this.line.send("stressed", rounds=rounds, millis=(perf_counter() - begun) * 1000)


def collect(job):
    """Returns the tests, the number of examples and that of those left out."""
    tests, found, most = [], 0, job["examples"]
    finder = doctest.DocTestFinder(parser=Parser(), exclude_empty=True)
    for name in modules(job["modules"]):
        module = sys.modules[name]
        try:
            some = finder.find(module, name)
        except BaseException:
            continue  # a module that cannot be looked at has no examples
        for each in sorted(some, key=lambda t: t.name):
            examples = [e for e in each.examples if not e.options.get(doctest.SKIP)]
            found += len(examples)
            examples = [Example(e.source, "single") for e in examples[: max(most, 0)]]
            most -= len(examples)
            if examples:
                tests.append(Test(each.name, examples, each.globs))
    left = found - sum(len(t.codes) for t in tests)
    for script in job["scripts"]:
        found += 1
        with open(script, encoding="utf-8") as file:
            source = file.read()
        names = {"__name__": "__main__", "__file__": script, "__builtins__": __builtins__}
        tests.append(Test(script, [Example(source, "exec")], names))
    return tests, found, left


def modules(names):
    """Returns the modules loaded that are, or are in, the named ones."""
    within = tuple(n + "." for n in names)
    loaded = list(sys.modules)
    return [n for n in loaded if type(n) is str and (n in names or n.startswith(within)) and sys.modules.get(n)]


def alone(tests, output, this):
    """Runs every test twice. Returns the results by test, the names of the unstable
    examples and the number of examples there was no time for."""
    until = perf_counter() + max(this.job["stress"], 1.0)
    baseline, unstable, slow = {}, [], 0
    for test in tests:
        if perf_counter() > until:
            slow += len(test.codes)
            continue
        this.line.send("begin", module=test.name)
        output.install()
        first = test.run(output)
        output.install()
        second = test.run(output)
        baseline[test.name] = first
        for number, (one, other) in enumerate(zip(first, second)):
            if not same(one, other):
                unstable.append(label(test, number))
                first[number] = None
    this.line.send("begin", module="")
    return baseline, unstable, slow


def together(tests, baseline, output, this):
    """Runs every test by all threads at the same time, until the time is up."""
    count, until = this.job["threads"], perf_counter() + this.job["stress"]
    barrier = threading.Barrier(count)
    mismatches, lock = {}, threading.Lock()
    rounds = [0] * count
    go = [True]

    def work(number):
        this.threads[get_ident()] = "example %d" % number
        turn = 0
        while tests:
            if barrier.wait() == 0:
                go[0] = perf_counter() < until
                output.install()
                if go[0]:
                    this.line.send("begin", module=tests[turn % len(tests)].name)
            barrier.wait()
            if not go[0]:
                return
            test = tests[turn % len(tests)]
            for at, got in enumerate(test.run(output)):
                want = baseline[test.name][at]
                if want is not None and not same(want, got):
                    with lock:
                        note(mismatches, test, at, want, got, number)
            turn += 1
            rounds[number] = turn

    workers = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    this.line.send("begin", module="")
    return list(mismatches.values()), max(rounds)


def note(mismatches, test, at, want, got, thread):
    name = label(test, at)
    if name in mismatches:
        mismatches[name]["times"] += 1
    elif len(mismatches) < MISMATCHES:
        mismatches[name] = {
            "example": name,
            "source": text(test.sources[at], OUTPUT),
            "want": {"output": text(want[0], OUTPUT), "exception": want[1]},
            "got": {"output": text(got[0], OUTPUT), "exception": got[1]},
            "thread": thread,
            "times": 1,
        }


def label(test, number):
    return test.name if len(test.codes) == 1 else "%s:%d" % (test.name, number + 1)


def same(one, other):
    """Reports whether two results are alike, but for addresses of objects."""
    if (one[1] is None) != (other[1] is None):
        return False
    if one[1] is not None and (
        one[1]["type"] != other[1]["type"] or plain(one[1]["message"]) != plain(other[1]["message"])
    ):
        return False
    return plain(one[0]) == plain(other[0])


def plain(output):
    return ADDRESS.sub("0x…", output)
