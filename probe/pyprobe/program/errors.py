"""Describes exceptions that package code raised."""

import sys

channel = use("channel")  # noqa: F821, a builtin of the loader
text = channel.text


def describe(error, depth=3):
    """Returns an exception as a record's fields, its causes included."""
    kind = type(error)
    about = {
        "type": name(kind),
        "message": message(error),
        "traceback": traceback(error),
        "import": issubclass(kind, ImportError),
        "missing": issubclass(kind, ModuleNotFoundError),
        "exit": issubclass(kind, SystemExit),
        "base": not issubclass(kind, Exception),
    }
    if about["import"]:
        for field in ("name", "path"):
            value = field_of(ImportError, error, field)
            if value is not None:
                about[field] = text(value)
    cause = field_of(BaseException, error, "__cause__")
    if cause is None and not field_of(BaseException, error, "__suppress_context__"):
        cause = field_of(BaseException, error, "__context__")
    if cause is not None and depth > 1:
        about["cause"] = describe(cause, depth - 1)
    return about


def field_of(kind, error, field):
    """Returns a field of a built-in exception, past what its class made of it."""
    try:
        return kind.__dict__[field].__get__(error)
    except BaseException:
        return None


def name(kind):
    """Returns a class's name with its module, as tracebacks show it."""
    try:
        module, qualified = text(kind.__module__, 200), text(kind.__qualname__, 200)
    except BaseException:
        return text(type.__repr__(kind), 400)
    return qualified if module == "builtins" else module + "." + qualified


def message(error):
    """Returns what an exception says, if its own code can be made to say it."""
    if issubclass(type(error), KeyError) and len(error.args) == 1:
        return text(repr_of(error.args[0]))
    try:
        return text(str(error))
    except BaseException:
        return "<no message: " + name(type(error)) + ".__str__ failed>"


def repr_of(value):
    try:
        return repr(value)
    except BaseException:
        return type.__repr__(type(value))


def traceback(error, most=60):
    """Returns where an exception was raised, outermost first, without this program's frames.

    Lines of source are left out: reading them would run loaders of packages.
    """
    lines = []
    at = field_of(BaseException, error, "__traceback__")
    while at is not None:
        code = at.tb_frame.f_code
        file = text(code.co_filename, 500)
        if not file.startswith(("<ftpkg ", "<frozen importlib")):
            lines.append('  File "%s", line %d, in %s\n' % (file, at.tb_lineno or 0, text(code.co_name, 200)))
        at = at.tb_next
    if len(lines) > most:
        lines[most // 2 : -most // 2] = ["  … %d more\n" % (len(lines) - most)]
    return "".join(lines)


def undisturbed(trace=(sys.gettrace, sys.settrace), profile=(sys.getprofile, sys.setprofile)):
    """Takes off tracing that package code left on in this thread.

    Where there is none it does nothing: without the GIL, taking it off waits until
    all threads have stopped, and one that waits in a library never does.
    """
    for get, put in (profile, trace):
        try:
            if get() is not None:
                put(None)
        except BaseException:  # a profiler is asked about the call that ends it
            pass
