#!/usr/bin/env python3
"""Read from real packages, without ftpkg, which of their extension modules turn the GIL on.

    scripts/probe-truth.py gather --python PYTHON3.13t --out FOLDER [NAME[==VERSION] ...]
    scripts/probe-truth.py compare --out FOLDER --ftpkg FTPKG --python PYTHON3.13t
    scripts/probe-truth.py report --out FOLDER

gather installs each package with pip into an environment of its own, below FOLDER,
and reads the truth in processes of their own, twice:

  create: each extension file is created alone (_imp.create_dynamic), and the module
          object's own flag (PyModuleObject.md_gil, found through ctypes) is read,
          as is whether the GIL came back;
  import: the module is imported under -v, and the interpreter's own words about it
          are read: the lines "# loading module 'X', which requires the GIL" and the
          RuntimeWarning.

A file whose two readings differ is printed; none should. Without names it takes the
list below. A name without a version means the newest release that has a wheel
compiled for this very build: pip alone would rather take a newer pure one.

compare runs `ftpkg probe` on the same versions and compares it with the truth, file
by file; it exits 1 if one differs or is missing. report prints the numbers.

It asks pip's configured index, for each name once; what is done is not done again.
The packages' own code runs here unconfined: use a machine you can lose.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

# What they are made with, and how that declares a module.
PACKAGES = {
    "numpy": "C, Cython, f2py", "pandas==2.3.3": "Cython, C", "scipy": "Cython, pybind11, pythran, f2py, C",
    "scikit-image==0.25.2": "Cython, pythran", "greenlet==3.2.2": "C++", "google-crc32c==1.7.1": "C", "lxml": "Cython",
    "pyyaml": "Cython", "markupsafe": "C", "pillow": "C", "kiwisolver": "C++ (cppy)", "contourpy": "pybind11",
    "matplotlib": "pybind11", "scikit-learn": "Cython", "zstandard": "C", "msgpack": "Cython", "orjson": "Rust (pyo3-ffi)",
    "pydantic-core==2.41.4": "PyO3", "rpds-py": "PyO3", "cffi": "C", "frozenlist": "Cython", "multidict": "C", "yarl": "Cython",
    "propcache": "Cython", "aiohttp": "Cython", "regex": "C", "psutil": "C", "ujson": "C++", "simplejson": "C", "wrapt": "C",
    "charset-normalizer": "mypyc", "coverage": "C", "pywavelets": "Cython", "h5py": "Cython", "cython": "Cython",
    "safetensors": "PyO3", "tokenizers": "PyO3", "blosc2": "Cython", "numexpr": "C++", "bottleneck": "C",
    "lief": "nanobind", "manifold3d": "nanobind",
}

# Run by pip's own Python: the newest release with a wheel for this very build.
CHOOSE = r"""
import json, sys, sysconfig
from pip._internal.commands import create_command
from pip._internal.models.target_python import TargetPython
name, version = sys.argv[1:]
abi = "cp%d%d%s" % (*sys.version_info[:2], "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else "")
command = create_command("index")
with command.main_context():
    options, _ = command.parse_args(["versions", "--only-binary", ":all:", name])
    finder = command._build_package_finder(options=options, session=command._build_session(options),
                                           target_python=TargetPython(), ignore_requires_python=False)
    found = [c for c in finder.find_all_candidates(name) if c.link.is_wheel and not c.link.is_yanked
             and "-%s-" % abi in c.link.filename and not c.version.is_prerelease and version in ("", str(c.version))]
best = max(found, key=lambda c: c.version, default=None)
print(json.dumps(best and {"version": str(best.version), "wheel": best.link.filename}))
"""

# Run in the environment: the extension files of a distribution, and of which modules.
FILES = r"""
import importlib.machinery, importlib.metadata, json, sys
suffixes = sorted(importlib.machinery.EXTENSION_SUFFIXES, key=len, reverse=True)
files = []
for f in importlib.metadata.distribution(sys.argv[1]).files:
    suffix = next((s for s in suffixes if f.name.endswith(s)), None)
    if suffix and ".libs/" not in str(f):
        module = str(f)[:-len(suffix)].replace("/", ".")
        files.append({"file": str(f), "path": str(f.locate()), "module": module})
print(json.dumps(files))
"""

CREATE = r"""
import _imp, ctypes, json, os, sys, types
from importlib.machinery import ExtensionFileLoader, ModuleSpec
path, name = sys.argv[1:]
out = os.dup(1)
os.dup2(2, 1)
def say(**what):
    os.write(out, json.dumps(what).encode())
    os._exit(0)
try:
    module = _imp.create_dynamic(ModuleSpec(name, ExtensionFileLoader(name, path), origin=path))
except BaseException as e:
    say(error=f"{type(e).__name__}: {e}"[:300], gil=sys._is_gil_enabled())
flag = None
if isinstance(module, types.ModuleType):
    if sys.version_info < (3, 15):
        flag = ctypes.c_void_p.from_address(id(module) + 72).value == 1
    else:
        flag = not ctypes.c_bool.from_address(id(module) + 65).value
say(gil=sys._is_gil_enabled(), not_used=flag)
"""

IMPORT = r"""
import importlib, json, os, sys
out = os.dup(1)
os.dup2(2, 1)
error = None
try:
    importlib.import_module(sys.argv[1])
except BaseException as e:
    error = f"{type(e).__name__}: {e}"[:300]
files = {getattr(m, "__file__", None) for m in list(sys.modules.values())}
os.write(out, json.dumps({"error": error, "gil": sys._is_gil_enabled(), "files": sorted(f for f in files if isinstance(f, str))}).encode())
os._exit(0)
"""

# The words of the interpreter name the module as its loader does.
VERBOSE = re.compile(r"(?:# loading|to load) module '([^']+)', which")


def run(command, **more):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", **more)


def ask(python, program, *args, options=(), timeout=120):
    """What a program says, what it wrote on stderr, and how it ended if not well."""
    try:
        done = run([python, "-I", "-B", *options, "-c", program, *args], timeout=timeout, cwd="/")
    except subprocess.TimeoutExpired:
        return None, "", "timeout"
    try:
        return json.loads(done.stdout), done.stderr, None
    except ValueError:
        return None, done.stderr, f"status {done.returncode}"


def declared(python, file):
    """The reading by create."""
    said, _, ended = ask(python, CREATE, file["path"], file["module"])
    if said is None:
        return "unknown", ended
    if "error" in said:
        return "unknown", said["error"]
    if said["not_used"] is None or said["not_used"] == said["gil"]:
        return "unknown", f"flag {said['not_used']} but GIL {said['gil']}"
    return "not-used" if said["not_used"] else "used", None


def imported(python, file):
    """The reading by import. It counts only if the very file was loaded."""
    said, words, ended = ask(python, IMPORT, file["module"], options=["-v"])
    if said is None:
        return "unknown", ended
    if file["module"] in VERBOSE.findall(words):
        return "used", said["error"]
    if said["error"] or file["path"] not in said["files"]:
        return "unknown", said["error"] or "the import did not load this file"
    return "not-used", None


def gather_one(args, spec):
    """Everything about one package, from what was done earlier or new."""
    name, _, version = spec.partition("==")
    result = args.out / f"{name}.json"
    if result.exists():
        return json.loads(result.read_text())
    chosen, words, ended = ask(args.python, CHOOSE, name, version, timeout=600)
    record = {"name": name, "toolchain": PACKAGES.get(spec, ""), "chosen": chosen}
    if chosen is None:
        if ended:
            raise RuntimeError(f"{spec}: {ended}: {words[-1000:]}")
        record["reason"] = "no wheel for this build"
    else:
        home = args.out / "envs" / name
        python = str(home / "bin" / "python")
        if not home.exists():
            run([args.python, "-m", "venv", "--without-pip", str(home)], check=True)
        done = run([args.python, "-m", "pip", "--python", python, "install", "-q", "--only-binary", ":all:",
                    "--cache-dir", str(args.out / "pip"), f"{name}=={chosen['version']}"])
        if done.returncode:
            record["reason"] = done.stderr[-2000:]
        else:
            files, words, ended = ask(python, FILES, name)
            if files is None:
                raise RuntimeError(f"{spec}: {ended}: {words[-1000:]}")
            record["modules"] = [read(python, f) for f in files]
            freeze = run([args.python, "-m", "pip", "--python", python, "freeze"], check=True)
            record["installed"] = freeze.stdout.split()
    result.write_text(json.dumps(record, indent=1))
    return record


def read(python, file):
    create, why_create = declared(python, file)
    imports, why_import = imported(python, file)
    return {"module": file["module"], "file": file["file"], "create": create, "import": imports,
            **{k: v for k, v in (("create_error", why_create), ("import_error", why_import)) if v}}


def truth(module):
    """What both readings say, or the one that says something."""
    readings = {module["create"], module["import"]} - {"unknown"}
    return readings.pop() if len(readings) == 1 else "unknown" if not readings else "disputed"


def gather(args):
    args.out.mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        jobs = {pool.submit(gather_one, args, spec): spec for spec in args.names or PACKAGES}
        for job in concurrent.futures.as_completed(jobs):
            record = job.result()
            print(summary(record), flush=True)
    return 0


def summary(record):
    if "modules" not in record:
        return f"{record['name']}: {record['reason'].strip().splitlines()[-1]}"
    counts = collections.Counter(truth(m) for m in record["modules"])
    return f"{record['name']} {record['chosen']['version']}: " + ", ".join(f"{n} {what}" for what, n in sorted(counts.items()))


def records(args):
    for path in sorted(args.out.glob("*.json")):
        record = json.loads(path.read_text())
        if "chosen" in record:
            yield record


def report(args):
    totals, toolchains, packages, odd = collections.Counter(), collections.Counter(), 0, []
    for record in records(args):
        print(summary(record))
        for module in record.get("modules", []):
            totals[truth(module)] += 1
            if truth(module) in ("disputed", "unknown"):
                odd.append((record["name"], module))
        if record.get("modules"):
            packages += 1
            toolchains.update(t.strip() for t in record["toolchain"].split(",") if t)
    print(f"\n{packages} packages, {sum(totals.values())} extension modules:", dict(totals))
    print("packages by toolchain:", dict(toolchains))
    for name, module in odd:
        print(name, json.dumps(module))
    return 0


def compare(args):
    """ftpkg's answers against the truth."""
    counts = collections.Counter()

    def row(*cells):
        print(*cells, sep="\t", flush=True)

    for record in records(args):
        if not record.get("modules"):
            continue
        spec = f"{record['name']}=={record['chosen']['version']}"
        saved = args.out / "ftpkg" / f"{record['name']}.json"
        if args.again or not saved.exists():
            saved.parent.mkdir(exist_ok=True)
            done = run([args.ftpkg, "probe", "--python", args.python, "--format", "json", *args.options, spec],
                       env={k: v for k, v in os.environ.items() if not k.startswith("PYTHON")})
            if done.returncode not in (0, 1, 3):
                row(spec, "", "ftpkg failed", done.stderr.strip()[-300:])
                counts["failed"] += 1
                continue
            saved.write_text(done.stdout)
        results = [r for r in json.loads(saved.read_text())["results"] if r["package"] == record["name"]]
        theirs = {m["file"]: m for r in results for m in r.get("modules") or [] if m["distribution"] == record["name"]}
        for module in record["modules"]:
            want, got = truth(module), theirs.pop(module["file"], {}).get("declaration", "missing")
            if want == got:
                counts["agree"] += 1
                continue
            kind = "missing" if got == "missing" else "open" if "unknown" in (want, got) else "WRONG"
            counts[kind] += 1
            row(spec, module["file"], f"truth {want}, ftpkg {got}", kind, module.get("create_error", ""), module.get("import_error", ""))
        for file in theirs:
            counts["only ftpkg"] += 1
            row(spec, file, "only ftpkg has it")
    print(", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
    return 0 if set(counts) <= {"agree"} else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["gather", "compare", "report"])
    parser.add_argument("--python", help="a free-threaded interpreter with pip")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder for environments and results")
    parser.add_argument("--ftpkg", default="./ftpkg")
    parser.add_argument("--option", action="append", default=[], dest="options", help="another option of ftpkg probe")
    parser.add_argument("--again", action="store_true", help="compare: probe again what was probed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    args.out = args.out.absolute()
    return {"gather": gather, "compare": compare, "report": report}[args.what](args)


if __name__ == "__main__":
    sys.exit(main())
