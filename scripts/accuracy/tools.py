"""What every measurement uses: the programs of this folder, processes, environments."""

import hashlib
import importlib.machinery
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).absolute().parent
ROOT = HERE.parent.parent

VERSION = "import platform, sysconfig as s; print(platform.python_version() + 't' * bool(s.get_config_var('Py_GIL_DISABLED')))"

SUFFIXES = "import importlib.machinery as m, json; print(json.dumps(m.EXTENSION_SUFFIXES))"


def load(path, name):
    """A script as a module."""
    loader = importlib.machinery.SourceFileLoader(name, str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


# Its readings of the truth are independent of ftpkg.
probe_truth = load(ROOT / "scripts" / "probe-truth.py", "probe_truth")


def say(*what):
    print(*what, file=sys.stderr, flush=True)


def clean():
    """The environment without what an interpreter or ftpkg heeds."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "FTPKG_"))}


def build(args):
    """The programs of this folder, and ftpkg where none is given."""
    args.bin = args.cache / "bin"
    args.bin.mkdir(parents=True, exist_ok=True)
    wanted = {"read": "./scripts/accuracy/read", "confined": "./scripts/accuracy/confined", "ftpkg": "./cmd/ftpkg"}
    for name, package in wanted.items():
        subprocess.run(["go", "build", "-o", args.bin / name, package], cwd=ROOT, check=True)
    args.ftpkg = args.ftpkg or args.bin / "ftpkg"


def ask(args, cache, *words):
    """What ftpkg answers, with a cache in a folder of its own."""
    command = [args.ftpkg, *words, "--no-config", "--cache-dir", cache, "--format", "json"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=clean(), check=False)
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise RuntimeError(f"ftpkg {' '.join(map(str, words))}: {done.stderr[-500:]}") from None


def read(args, froms, python="", suffixes=()):
    """The static reading of wheels and folders: a dictionary for each object file."""
    found = []
    froms = [str(f) for f in froms]
    for at in range(0, len(froms), 50):
        done = subprocess.run([args.bin / "read", "-python", python, "-suffixes", ",".join(suffixes), *froms[at:at + 50]],
                              stdout=subprocess.PIPE, text=True, check=True)
        found += [json.loads(line) for line in done.stdout.splitlines()]
    return found


def confined(args, jobs):
    """What jobs came to in the sandbox, in their order."""
    done = subprocess.run([args.bin / "confined"], input="\n".join(json.dumps(job) for job in jobs), stdout=subprocess.PIPE,
                          text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def answer(end):
    """What a confined program printed as JSON, or None, and how it ended then."""
    try:
        return json.loads(end["stdout"]), ""
    except ValueError:
        return None, end.get("signal") or end.get("killed") or f"status {end['code']}"


def version(python):
    """An interpreter's version as ftpkg writes it: 3.13.5t."""
    done = subprocess.run([python, "-I", "-c", VERSION], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def prefixes(python):
    """The trees that an interpreter needs."""
    done = subprocess.run([python, "-I", "-c", "import sys; print(sys.prefix, sys.base_prefix, sep='\\n')"],
                          stdout=subprocess.PIPE, text=True, check=True)
    return sorted(set(done.stdout.split()))


def suffixes(python):
    done = subprocess.run([python, "-I", "-c", SUFFIXES], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def environment(args, folder, specs, python=None):
    """The interpreter of an environment with these packages, wheels only; it is made once."""
    inside = folder / "bin" / "python"
    ready = folder / "ready"
    if ready.exists():
        return str(inside)
    shutil.rmtree(folder, ignore_errors=True)
    python = python or args.python
    if args.uv:
        subprocess.run([args.uv, "venv", "--quiet", "--no-project", "--no-config", "--python", python, folder], check=True)
        install = [args.uv, "pip", "install", "--quiet", "--no-config", "--python", inside]
    else:
        subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)
        install = [python, "-m", "pip", "--python", inside, "install", "--quiet"]
    done = subprocess.run([*install, "--only-binary", ":all:", *specs], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(specs)}: {done.stderr[-500:]}")
    ready.touch()
    return str(inside)


def site(folder):
    """The packages of an environment."""
    return next((folder / "lib").glob("python*/site-packages"))


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def installed(folder):
    """What an environment has, as requirements."""
    found = importlib.metadata.distributions(path=[str(site(folder))])
    return sorted(f"{re.sub(r'[-_.]+', '-', d.name).lower()}=={d.version}" for d in found)
