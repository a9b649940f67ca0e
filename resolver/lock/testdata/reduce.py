"""Makes a fixture of a real lock: fewer wheels, no real hosts.

    python reduce.py LOCK > FIXTURE

Every URL moves to example.invalid. Of compiled wheels only those for CPython
3.13, 3.14 and 3.14t on three platforms are kept.
"""
import re
import sys

KEEP = re.compile(
    r"-(py2\.py3|py3|cp3\d+)-none-any\.whl|-abi3-"
    r"|-(cp313-cp313|cp314-cp314|cp314-cp314t)-(manylinux[\w.]*_x86_64|macosx_\d+_\d+_arm64|win_amd64)\.whl"
)


def rewrite(m):
    url = m.group(0)
    tail = url.rstrip("/").rsplit("/", 1)[-1]
    if tail == "simple":
        return "https://index.example.invalid/simple"
    if tail.startswith("gitrepo"):
        return "https://git.example.invalid/gitty" + tail[len("gitrepo"):]
    return "https://files.example.invalid/" + tail


for line in sys.stdin if sys.argv[1] == "-" else open(sys.argv[1], encoding="utf-8"):
    if ".whl" in line and line.count(".whl") <= 2 and not KEEP.search(line):
        continue
    if line.startswith("description = "):
        line = 'description = ""\n'
    sys.stdout.write(re.sub(r"(https?|file)://[^\"'\s]+", rewrite, line))
