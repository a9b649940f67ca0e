# The guard of ftpkg run. It stands behind the text of probe/pyhook in a file
# called sitecustomize.py, which Python imports before it runs any program, and
# which every Python that the program starts imports too: see gilrun.go.
#
# Told by the environment: FTPKG_RUN_GUARD, "log" or "stop"; FTPKG_RUN_ALLOW, names
# and patterns separated by commas; FTPKG_RUN_EVENTS, a file to append events to,
# one JSON object a line.

import os


def _guard():
    environ = os.environ
    stop = environ.get("FTPKG_RUN_GUARD") == "stop"
    allow = [p for p in environ.get("FTPKG_RUN_ALLOW", "").split(",") if p]
    events = environ.get("FTPKG_RUN_EVENTS")
    declarations = Declarations()
    warned = set()  # modules that were named, and "" for the guard's own trouble
    owners = {}  # folder of packages -> {file: distribution}

    library = os.path.dirname(os.path.abspath(os.__file__))
    own = tuple(
        os.path.normcase(os.path.join(root, name)) + os.sep
        for root, name in ((library, "lib-dynload"), (sys.base_prefix, "DLLs"))
    )

    def is_allowed(name):
        for p in allow:
            if name == p or p.endswith(".*") and name.startswith(p[:-1]):
                return True
        return False

    def say(kind, text):
        # What the program has put in place of sys.stderr is its own business.
        try:
            sys.__stderr__.write("ftpkg: " + kind + ": " + text + "\n")
            sys.__stderr__.flush()
        except Exception:
            pass  # closed, or there is none: under pythonw, in daemons

    def created(spec, module, seconds):
        path = spec.origin or ""
        if os.path.normcase(path).startswith(own):
            return  # all of the standard library declares
        return look(spec.name, path, module, seconds, sys._getframe(1))

    def look(name, path, module, seconds, frame):
        # Returns the error to be raised in the importing program, or None.
        declaration = declarations.of(module)
        path = os.path.abspath(path) if path else ""
        action = "passed"
        if declaration == "used":
            action = "allowed" if is_allowed(name) else "stopped" if stop else "logged"
        elif declaration == "unknown" and "" not in warned:
            warned.add("")
            say("warning", "what extension modules declare cannot be read here; they are not guarded, beginning with " + name)
        if not events and action in ("passed", "allowed"):
            return None
        owner = owner_of(path)
        importers = chain(frame) if frame else (None, [])
        if events:
            origin, names = importers
            record([
                ("module", name), ("file", path), ("distribution", owner[0]), ("version", owner[1]),
                ("declaration", declaration), ("action", action), ("chain", names),
                ("origin", "%s:%d" % origin if origin else ""), ("process", os.getpid()), ("nanoseconds", int(seconds * 1e9)),
            ])
        if action in ("passed", "allowed"):
            return None
        text = name
        if owner[0]:
            text += " (" + owner[0] + " " + owner[1] + ")"
        text += " has not declared that it runs without the GIL; imported " + way(name, importers)
        if name not in warned:
            warned.add(name)
            say("warning", ("stopped: " if action == "stopped" else "") + text)
        if action == "stopped":
            return ImportError("stopped by ftpkg run: " + text + "; --allow " + name + " lets it load", name=name, path=path)
        return None

    def way(name, importers):
        origin, names = importers
        if origin is None and not names:
            return "before the guard, by a .pth file"
        steps = [os.path.basename(origin[0]) + ":" + str(origin[1])] if origin else []
        steps += names
        if steps[-1] != name:
            steps.append(name)
        return "by " + " -> ".join(steps)

    def record(fields):
        line = "{" + ", ".join(encode(k) + ": " + encode(v) for k, v in fields) + "}\n"
        try:
            fd = os.open(events, os.O_WRONLY | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
            try:
                os.write(fd, line.encode("ascii"))  # whole lines, whoever else writes
            finally:
                os.close(fd)
        except OSError:
            pass  # ftpkg has gone, and its file with it

    def encode(value):
        # The package json would be in sys.modules before the program asks for it.
        if isinstance(value, int):
            return str(value)
        if isinstance(value, list):
            return "[" + ", ".join(encode(v) for v in value) + "]"
        units = value.encode("utf-16-be", "surrogatepass")
        text = ""
        for i in range(0, len(units), 2):
            unit = units[i] << 8 | units[i + 1]
            text += chr(unit) if 32 <= unit < 127 and unit != 34 and unit != 92 else "\\u%04x" % unit
        return '"' + text + '"'

    def owner_of(path):
        # The RECORD of which distribution lists the file; (name, version).
        for folder in sys.path:
            folder = os.path.abspath(folder or ".")
            if path.startswith(folder + os.sep):
                if folder not in owners:
                    owners[folder] = read_records(folder)
                relative = path[len(folder) + 1:].replace(os.sep, "/")
                if relative in owners[folder]:
                    return owners[folder][relative]
        return "", ""

    def read_records(folder):
        files = {}
        try:
            names = os.listdir(folder)
        except OSError:
            return files
        for info in names:
            if not info.endswith(".dist-info"):
                continue
            name, _, version = info[:-len(".dist-info")].partition("-")
            name = name.lower().replace("_", "-").replace(".", "-")
            try:
                with open(os.path.join(folder, info, "RECORD"), encoding="utf-8", errors="replace") as f:
                    lines = f.read().splitlines()
            except OSError:
                continue
            for line in lines:
                # file,digest,size; a file with a comma in its name is quoted
                file = line[1:].rpartition('"')[0].replace('""', '"') if line.startswith('"') else line.partition(",")[0]
                if file.endswith((".so", ".pyd")):
                    files[file] = name, version
        return files

    def already():
        # What a .pth file imported came before the guard.
        for name, module in list(sys.modules.items()):
            spec = getattr(module, "__spec__", None)
            if type(getattr(spec, "loader", None)).__name__ == "ExtensionFileLoader" and not os.path.normcase(spec.origin).startswith(own):
                if look(name, spec.origin, module, 0, None) is not None:
                    os._exit(1)  # why has been said; nothing of the program has run

    watch(created)
    already()


def _is_for_us():
    # A Python with the GIL, or of another kind, has nothing to be guarded.
    return hasattr(sys, "_is_gil_enabled") and "free-threading build" in sys.version


def _make_way():
    # The environment's own sitecustomize stands behind this one.
    here = os.path.normcase(os.path.dirname(os.path.abspath(__file__)))
    sys.path[:] = [p for p in sys.path if os.path.normcase(os.path.abspath(p or ".")) != here]
    sys.modules.pop("sitecustomize", None)
    import sitecustomize  # if there is none, Python takes this file for none


if _is_for_us():
    _guard()
_make_way()
