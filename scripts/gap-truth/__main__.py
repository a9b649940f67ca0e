"""Compares ftpkg matrix gap with pip, cell by cell, on the index at hand.

    python3 scripts/gap-truth [--ftpkg PROGRAM] [--jobs N] [PROJECT[==VERSION]...]

For each project and each cell that ftpkg asks about, a pinned pip, installed once into
--cache, is asked what it would install:

    pip install --dry-run --no-deps --ignore-installed --only-binary :all: --target T
        --report - --implementation cp --python-version X.Y.99 --abi … --platform …
        'PROJECT<=VERSION'

The version and the file that pip names must be ftpkg's. Where pip finds no wheel,

    pip index versions --no-binary :all: --python-version X.Y.99 PROJECT

tells a source distribution (of the version that ftpkg names) from nothing.

How pip is asked:
  - --abi names the interpreter's own ABI alone (cp314t): pip adds abi3, abi3t and
    none by itself, and takes a list that begins with abi3t for that of a GIL build.
  - manylinux and musllinux tags are listed one by one, newest first: pip takes them as
    they are written. macOS versions it counts down by itself.
  - X.Y.99 stands for the newest patch release, as in ftpkg and cibuildwheel; pip reads
    a plain X.Y as X.Y.0, which a Requires-Python such as >=3.9.2 excludes.

Prints a line for each project and one for each difference. Exits 1 if there is one that
is not explained. A cell takes a second or two: all projects some twenty minutes.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import venv

# The pip that is asked; from 26.3 on it knows abi3t.
PIP = "26.3"

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Compiled for each Python, for stable ABIs of both kinds, with and without
# free-threaded wheels, with a pure wheel beside, and pure.
PROJECTS = [
    "numpy", "pyyaml", "scikit-learn", "cryptography", "hypothesis", "cffi", "markupsafe",
    "charset-normalizer", "orjson", "lxml", "pandas", "pyside6", "idna",
]

# Names of manylinux tags before PEP 600, by the minor version of glibc.
LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}

TIMEOUT = 600  # seconds, of each program


def pip_python(cache):
    """The Python of an environment that has the pinned pip."""
    env = cache / f"pip-{PIP}"
    python = env / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (env / "complete").exists():
        venv.create(env, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"pip=={PIP}"], check=True, timeout=TIMEOUT)
        (env / "complete").touch()
    return python


def build_ftpkg(cache):
    program = cache / "ftpkg"
    subprocess.run(["go", "build", "-o", program, "./cmd/ftpkg"], cwd=ROOT, check=True, timeout=TIMEOUT)
    return program


def ask_ftpkg(program, project):
    done = subprocess.run([program, "matrix", "gap", project, "--no-config", "--refresh", "--format", "json"], stdout=subprocess.PIPE, timeout=TIMEOUT)
    if done.returncode not in (0, 1) or not done.stdout:
        sys.exit(f"{project}: ftpkg ended with status {done.returncode}")
    return json.loads(done.stdout)


def platform_tags(tag):
    """The platform tags that a machine at the floor of one accepts, as pip wants them."""
    if not tag.startswith(("manylinux_", "musllinux_")):
        return [tag]
    kind, major, minor, arch = tag.split("_", 3)
    lowest = 0 if kind == "musllinux" else 5 if arch in ("x86_64", "i686") else 17
    tags = [f"linux_{arch}"]
    for n in range(int(minor), lowest - 1, -1):
        tags.append(f"{kind}_{major}_{n}_{arch}")
        if kind == "manylinux" and n in LEGACY:
            tags.append(f"{LEGACY[n]}_{arch}")
    return tags


class Pip:
    """What pip says; this script runs in the environment of the pip that it asks."""

    def __init__(self, target):
        self.target = target
        self.known = {}

    def run(self, *words):
        """What pip prints, or None if nothing matches."""
        done = subprocess.run([sys.executable, "-m", "pip", *words, "--disable-pip-version-check"], capture_output=True, text=True, timeout=TIMEOUT)
        if done.returncode == 0:
            return json.loads(done.stdout)
        if "No matching distribution found" in done.stderr:
            return None
        raise RuntimeError(f"pip {' '.join(words)}: {done.stderr}")

    def wheel(self, project, version, cell):
        """The version and the file of the wheel that pip would install, or None."""
        words = [
            "install", "--quiet", "--dry-run", "--no-deps", "--ignore-installed", "--only-binary", ":all:", "--target", self.target, "--report", "-",
            "--implementation", "cp", "--python-version", series(cell) + ".99", "--abi", "cp" + cell["python"].replace(".", ""),
        ]
        for tag in platform_tags(cell["platform_tag"]):
            words += ["--platform", tag]
        report = self.run(*words, f"{project}<={version}")
        if report is None:
            return None
        found = report["install"][0]
        return found["metadata"]["version"], found["download_info"]["url"].rsplit("/", 1)[-1]

    def sdist(self, project, version, cell):
        """The newest version, up to one, that has a source distribution, or None."""
        from pip._vendor.packaging.version import Version

        key = project, series(cell)
        if key not in self.known:
            found = self.run("index", "versions", "--no-binary", ":all:", "--python-version", series(cell) + ".99", "--json", project)
            self.known[key] = found["versions"] if found else []
        return next((v for v in self.known[key] if Version(v) <= Version(version)), None)

    def compare(self, project, version, cell):
        """What pip says of a cell, and whether it differs from what ftpkg says."""
        from pip._vendor.packaging.version import Version

        wheel = self.wheel(project, version, cell)
        if wheel:
            status = "same" if Version(wheel[0]) == Version(version) else "older"
            theirs, ours = (status, *wheel), (cell["status"], cell["version"], cell["file"])
        else:
            source = self.sdist(project, version, cell)
            theirs, ours = ("source", source) if source else ("none", ""), (cell["status"], cell["version"])
        return theirs, theirs != ours


def series(cell):
    return cell["python"].rstrip("t")


def explained(report, cell):
    """Why pip may differ from ftpkg in a cell, "" if there is no reason."""
    if any("was withdrawn" in n for n in report["notes"]):
        return "the release was withdrawn: pip takes it only under =="
    return ""


def measure(args):
    cells = differ = unexplained = 0
    status = {}
    with tempfile.TemporaryDirectory() as target, concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        pip = Pip(target)
        for name in args.projects:
            report = ask_ftpkg(args.ftpkg, name)
            project, version = report["project"], report["version"]
            answers = list(pool.map(lambda cell: pip.compare(project, version, cell), report["cells"]))
            lines = []
            for cell, (theirs, different) in zip(report["cells"], answers, strict=True):
                status[cell["status"]] = status.get(cell["status"], 0) + 1
                if different:
                    why = explained(report, cell)
                    unexplained += not why
                    lines.append(f"  {cell['python']} {cell['platform']}: ftpkg {cell['status']} {cell['version']} {cell['file']}, pip {' '.join(theirs)}: {why or 'NOT EXPLAINED'}")
            print(f"{project} {version}: {len(answers) - len(lines)} of {len(answers)} cells as pip", *lines, sep="\n", flush=True)
            cells, differ = cells + len(answers), differ + len(lines)
    counts = ", ".join(f"{n} {s}" for s, n in sorted(status.items(), key=lambda item: -item[1]))
    print(f"{len(args.projects)} project{'s' * (len(args.projects) != 1)}, {cells} cells ({counts}): {differ} differ from pip {PIP}, {unexplained} without an explanation")
    return 1 if unexplained else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ftpkg", type=pathlib.Path, help="the program; built from this repository if not given")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "ftpkg-gap-truth")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many pips run at once")
    parser.add_argument("projects", nargs="*", default=PROJECTS, metavar="PROJECT")
    args = parser.parse_args()
    args.cache.mkdir(parents=True, exist_ok=True)
    python = pip_python(args.cache)
    program = args.ftpkg.resolve() if args.ftpkg else build_ftpkg(args.cache)
    if pathlib.Path(sys.prefix).resolve() != (args.cache / f"pip-{PIP}").resolve():
        words = ["--ftpkg", program, "--cache", args.cache, "--jobs", str(args.jobs), *args.projects]
        sys.exit(subprocess.run([python, __file__, *words]).returncode)
    args.ftpkg = program
    sys.exit(measure(args))


if __name__ == "__main__":
    main()
