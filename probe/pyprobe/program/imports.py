"""The lanes that load modules one after the other: create, import and survey."""

import _imp
import os
import sys
from _thread import get_ident
from os import O_RDONLY, close, read
from os import open as open_file
from sys import _getframe
from time import perf_counter

errors = use("errors")  # noqa: F821, a builtin of the loader
watching = use("watch")  # noqa: F821


def run(this):
    if this.job["lane"] == "create":
        create(this)
        return
    if this.job["lane"] == "survey":
        this.measure = memory()
        sys.addaudithook(libraries(this.line))
    for name in this.job["modules"]:
        one(this, name, lambda: __import__(name))  # noqa: B023, called at once


def create(this):
    """Creates one extension module from its file, and no more: no parent package is
    imported and the body of a multi-phase module is not run."""
    from importlib.machinery import ExtensionFileLoader, ModuleSpec

    name, file = this.job["module"], this.job["file"]
    spec = ModuleSpec(name, ExtensionFileLoader(name, file), origin=file)
    one(this, name, lambda: _imp.create_dynamic(spec))


def one(this, name, load):
    """Loads one name of the job and reports how it went."""
    this.line.send("begin", module=name)
    thread = get_ident()
    this.importing[thread] = name
    before, known = watching.gil_enabled(), modules()
    begun, raised = perf_counter(), None
    try:
        load()
    except BaseException as error:
        millis = (perf_counter() - begun) * 1000
        errors.undisturbed()
        raised = errors.describe(error)
    else:
        millis = (perf_counter() - begun) * 1000
        errors.undisturbed()
    this.importing.pop(thread, None)
    this.line.send(
        "import",
        module=name,
        ok=raised is None,
        gil_before=before,
        gil_after=watching.gil_enabled(),
        millis=millis,
        modules=max(modules() - known, 0),
        exception=raised,
    )


def modules():
    """Returns how many modules there are, also where packages replaced the table."""
    try:
        return len(sys.modules)
    except BaseException:
        return 0


def memory():
    """Returns a function that gives the memory of this process in bytes, None where
    the system does not say so cheaply."""
    try:
        page = os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError):
        return None

    def measure():
        try:
            descriptor = open_file("/proc/self/statm", O_RDONLY)
        except OSError:
            return 0
        try:
            return int(read(descriptor, 200).split()[1]) * page
        except (OSError, IndexError, ValueError):
            return 0
        finally:
            close(descriptor)

    return measure


def libraries(line):
    """Returns an audit hook that reports shared libraries opened through ctypes."""

    def hook(event, arguments):
        if event == "ctypes.dlopen" and arguments and arguments[0] is not None:
            line.send("library", name=arguments[0], chain=watching.chain(_getframe(1))[1])

    return hook
