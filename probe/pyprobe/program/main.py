"""One process of a probe: what it does before, around and after its lane."""

import sys
from _thread import get_ident
from faulthandler import enable, is_enabled
from os import dup, getpid
from time import perf_counter

# All parts are ready before the first line of a package's code runs.
channel = use("channel")  # noqa: F821, a builtin of the loader
errors = use("errors")  # noqa: F821
watching = use("watch")  # noqa: F821
deadlines = use("deadline")  # noqa: F821

LANES = {
    "create": "imports",
    "import": "imports",
    "survey": "imports",
    "threads": "threads",
    "stress": "stress",
    "tests": "suite",
}


class Run:
    """What the parts of one process share."""

    def __init__(self, job, line):
        self.job = job
        self.line = line
        self.importing = {}  # names of the job being imported, by thread
        self.threads = {get_ident(): "main"}  # what threads are called
        self._numbers = {get_ident(): 0}
        self.measure = None  # returns the memory in use, in bytes
        self._numbered = 0

    def number(self, thread):
        """Returns a small number for a thread: 0 the main one, then as they appear."""
        return self._numbers.setdefault(thread, len(self._numbers))

    def notify(self, event):
        """Sends what became of the loading of an extension module."""
        record = {
            "number": self._serial(event),
            "module": channel.text(event["module"], 500),
            "file": channel.text(event["file"], 4000),
            "stage": event["stage"],
        }
        for field in ("declaration", "object", "gil_before", "gil_after", "gil_done", "millis"):
            if field in event:
                record[field] = event[field]
        if event["stage"] == "creating":
            record["chain"] = [channel.text(n, 500) for n in event["chain"][:100]]
            record["thread"] = self.number(event["thread"])
            record["import"] = self.importing.get(event["thread"], "")
            if self.measure:
                event["rss"] = self.measure()
        elif self.measure:
            record["rss"] = self.measure() - event["rss"]
        if "error" in event:
            record["exception"] = errors.describe(event["error"])
        self.line.send("load", **record)

    def _serial(self, event):
        if "number" not in event:
            event["number"] = self._numbered
            self._numbered += 1
        return event["number"]


def run(job, descriptor, keys):
    line = channel.Channel(descriptor, keys)
    del keys
    this = Run(job, line)
    stderr = private_stderr()
    watch = watching.Watch(this.notify, reads=job["declarations"], decides=job["gil"] == "")
    lane = use(LANES[job["lane"]])  # noqa: F821
    line.send(
        "hello",
        version="%d.%d.%d" % sys.version_info[:3] + release(),
        free_threaded=watching.FREE_THREADED,
        gil=watching.gil_enabled(),
        offset=watch.offset,
        preloaded=preloaded(),
        pid=getpid(),
    )
    clock = None
    if job["deadline"]:
        clock = deadlines.Deadline(job["deadline"], line, stderr, this.threads)
    watch.install()
    startup(this)
    try:
        lane.run(this)
    except BaseException as error:  # of this program, whoever made it fail
        line.send("broken", exception=errors.describe(error))
        line.leave(1)
    errors.undisturbed()
    if clock:
        clock.stop()
    line.send("end", gil=watching.gil_enabled(), faulthandler=is_enabled())
    if not job["teardown"]:
        line.leave()


def startup(this):
    """Reads the environment as Python does at its start, with the channel already up:
    .pth files and sitecustomize are code of packages."""
    job = this.job
    before, begun, raised = watching.gil_enabled(), perf_counter(), None
    try:
        if job["lane"] == "create" and job["site"]:
            sys.path.extend(job["site"])
        else:
            import site

            site.main()
            for directory in job["site"]:
                site.addsitedir(directory)
    except BaseException as error:
        raised = errors.describe(error)
    errors.undisturbed()
    this.line.send(
        "site",
        gil_before=before,
        gil_after=watching.gil_enabled(),
        millis=(perf_counter() - begun) * 1000,
        exception=raised,
    )


def private_stderr():
    """Points faulthandler at a descriptor that replacing or closing standard error
    leaves alone, and returns it."""
    try:
        stderr = channel.hide(dup(2), 200)
        enable(file=stderr)
    except OSError:
        return 2
    return stderr


def release():
    """Returns "" for a final release, else "a1", "b2" or "rc1"."""
    level, serial = sys.version_info[3:]
    short = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(level)
    return short + str(serial) if short else ""


def preloaded():
    """Returns the extension modules that this program itself had loaded from files."""
    names = []
    for name, module in sys.modules.items():
        loader = getattr(getattr(module, "__spec__", None), "loader", None)
        if type(loader).__name__ == "ExtensionFileLoader":
            names.append(name)
    return sorted(names)
