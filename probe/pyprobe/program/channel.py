"""The private channel to the process that started this one.

A record is one line, between two line feeds:

    ftpkg NUMBER CODE BODY

NUMBER counts from 0. BODY is JSON without line feeds. CODE is 32 hexadecimal
digits made from "NUMBER BODY" with keys that came with the job. Lines that others
write to the descriptor are told apart from records by that code, and lost or
repeated records by their numbers.

The code is put together from _imp.source_hash, a keyed SipHash that is in every
interpreter and needs no module: three hashes under a key each, and of these two
hashes under a key each. Keys have 31 bits, which is what it takes everywhere.
"""

from _imp import source_hash
from _thread import RLock

# Taken now: packages put functions of their own into these modules.
from os import _exit, close, dup, dup2, fstat, getpid, write

try:
    from os import set_blocking
except ImportError:  # Windows before 3.12, whose pipes always block
    set_blocking = None

LOST = 97  # exit status: the channel was closed by somebody else
STANDSTILL = 98  # the deadline came
FORKED = 99  # a child process came back to this program


def text(value, most=4000):
    """Returns a plain string of bounded length for whatever value is."""
    try:
        value = str.__str__(value)
    except TypeError:
        try:
            value = str.__str__(str(value))
        except BaseException:
            value = "<" + type.__repr__(type(value)) + ">"
    if len(value) > most:
        value = value[: most // 2] + " … " + value[-most // 2 :]
    return value


ESCAPES = {i: "\\u%04x" % i for i in range(32)}
ESCAPES[ord('"')] = '\\"'
ESCAPES[ord("\\")] = "\\\\"


def encode(value):
    """Returns value as JSON. The module json would be one that packages can change."""
    kind = type(value)
    if kind is str:
        return '"' + value.translate(ESCAPES) + '"'
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return int.__repr__(value)
    if kind is float:
        return "%.3f" % value if abs(value) < 1e300 else "null"  # also not a number
    if kind is list or kind is tuple:
        return "[" + ",".join([encode(v) for v in value]) + "]"
    if kind is dict:
        return "{" + ",".join([encode(k) + ":" + encode(v) for k, v in value.items()]) + "}"
    return "null" if value is None else encode(text(value))


class Channel:
    """Where records leave. Only the process that opened it sends any."""

    def __init__(self, descriptor, keys):
        self._pid = getpid()
        self._lock = RLock()
        self._busy = False
        self._waiting = []
        self._number = 0
        self.lost = False
        self.ended = False
        self._descriptor = hide(descriptor, 64 + sum(keys) % 128)
        self._identity = identity(self._descriptor)
        self._code = coder(keys)

    def send(self, kind, **fields):
        """Sends one record, unless the report has ended."""
        if getpid() != self._pid:
            _exit(FORKED)  # package code forked and returned: one report, one process
        if self.lost or self.ended:
            return
        fields["kind"] = kind
        body = encode(fields).encode("utf-8", "surrogatepass")
        with self._lock:
            self._waiting.append((kind, body))
            if self._busy:
                return  # a finaliser or a signal handler, within the loop below
            self._busy = True
            try:
                while self._waiting and not self.ended:
                    kind, body = self._waiting.pop(0)
                    data = b"%d %s" % (self._number, body)
                    code = self._code(data).encode()
                    self._number += 1
                    self._write(b"\nftpkg %d %s %s\n" % (self._number - 1, code, body))
                    self.ended = kind == "end"
            finally:
                self._busy = False

    def _write(self, line):
        while line and not self.lost:
            try:
                if identity(self._descriptor) != self._identity:
                    raise OSError  # closed, and the number is now another file's
                line = line[write(self._descriptor, line) :]
            except BlockingIOError:
                set_blocking(self._descriptor, True)
            except OSError:
                self.lost = True

    def leave(self, status=0):
        """Ends the process without any further code of packages."""
        _exit(LOST if self.lost else status)


def coder(keys):
    """Returns the function that makes codes. The keys are in no attribute and no
    global: a package finds them only by going through frames or memory for them."""
    a, b, c, d, e = keys

    def code(data):
        inner = source_hash(a, data) + source_hash(b, data) + source_hash(c, data)
        return (source_hash(d, inner) + source_hash(e, inner)).hex()

    return code


def identity(descriptor):
    """Returns what tells a file from another one behind the same descriptor."""
    about = fstat(descriptor)
    return about.st_dev, about.st_ino


def hide(descriptor, number):
    """Moves a descriptor to the first free number from the given one on."""
    while True:
        try:
            fstat(number)
        except OSError:
            break
        number += 1
    try:
        moved = dup2(descriptor, number, inheritable=False)
    except OSError:  # beyond the limit on descriptors
        moved = dup(descriptor)
    close(descriptor)
    return moved
