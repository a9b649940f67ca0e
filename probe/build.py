# Says what building a source distribution takes (PEP 517, PEP 518). It runs in the
# sandbox, twice: first it only reads pyproject.toml; then, in an environment with
# what that asks for, it asks the build backend what else is needed, which is code
# of the package. Its answer is a file that the caller reads as a stranger's word.
#
#     build.py SDIST ANSWER ask|read

import importlib
import json
import os
import sys
import tarfile
import tomllib
import zipfile

DEFAULT = {"requires": ["setuptools>=40.8.0"], "build-backend": "setuptools.build_meta:__legacy__"}


def unpack(sdist):
    if sdist.endswith(".zip"):
        with zipfile.ZipFile(sdist) as z:
            z.extractall("source")
    else:
        with tarfile.open(sdist) as t:
            t.extractall("source", filter="data")
    (root,) = os.listdir("source")
    return os.path.join(os.path.abspath("source"), root)


def build_system(root):
    try:
        with open(os.path.join(root, "pyproject.toml"), "rb") as f:
            table = tomllib.load(f).get("build-system")
    except FileNotFoundError:
        table = None
    if table is None:
        return DEFAULT
    table.setdefault("build-backend", DEFAULT["build-backend"])
    return table


def ask(root, table):
    os.chdir(root)
    sys.path[:0] = [os.path.join(root, p) for p in table.get("backend-path", [])]
    module, _, attribute = table["build-backend"].partition(":")
    backend = importlib.import_module(module)
    for name in filter(None, attribute.split(".")):
        backend = getattr(backend, name)
    hook = getattr(backend, "get_requires_for_build_wheel", None)
    return hook() if hook else []


def main():
    sdist, answer, what = sys.argv[1:]
    root = unpack(sdist)
    table = build_system(root)
    requires = ask(root, table) if what == "ask" else table["requires"]
    with open(answer, "w") as f:
        json.dump([str(r) for r in requires], f)


main()
