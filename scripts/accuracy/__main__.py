"""Measures how right the static reading of extension modules is, and writes docs/accuracy.md.

    python3 scripts/accuracy --python PYTHON3.13t [--gil-python PYTHON3.13] [PART...]

The parts, all by default:

  truth     released wheels for 3.13t against modules that are created, and the same
            releases' wheels for other systems against those
  flip      modules whose slot is changed: inspect and probe must follow
  loads     which files a free-threaded interpreter can load, against the sandbox
  closures  which modules of a set of packages turn the GIL on, against -v
  later     wheels for 3.14t and 3.15t: what stays undecided
  page      docs/accuracy.md, from what the parts found last
  refresh   wheels.txt, from the index; not done by default

What is measured is drawn by --seed from wheels.txt, a dated list. Wheels are fetched
with the pip of PYTHON from its configured index, once, into --cache, which grows to
some 8 GB, in a second run none. Of the packages only wheels are installed, and their
code is run in the sandbox of probe/sandbox, without which nothing is measured: Linux
on x86-64 is needed, and Go.
"""

import argparse
import collections
import datetime
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys

import closures
import flip
import later
import loads
import page
import tools
import truth
import wheels

PARTS = {"truth": truth.measure, "flip": flip.measure, "loads": loads.measure, "closures": closures.measure, "later": later.measure}


def plain(value):
    """A value as JSON can have it: counters become lists of their keys and numbers."""
    if isinstance(value, collections.Counter):
        return [[list(k) if isinstance(k, tuple) else k, n] for k, n in sorted(value.items(), key=str)]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list | tuple) else value


def commit():
    def git(*words):
        return subprocess.run(["git", *words], cwd=tools.ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()

    changed = git("status", "--porcelain", "--", "probe", "internal", "wheeltags", "cmd")
    return git("rev-parse", "--short=12", "HEAD") + (" and changes" if changed else "")


def main():
    default = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    parser = argparse.ArgumentParser(prog="accuracy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True, help="a free-threaded CPython 3.13 with pip")
    parser.add_argument("--gil-python", help="the same with the GIL, for part loads")
    parser.add_argument("--cache", type=pathlib.Path, default=default / "ftpkg" / "accuracy", help="(default: %(default)s)")
    parser.add_argument("--ftpkg", type=pathlib.Path, help="an ftpkg to ask; one is built otherwise")
    parser.add_argument("--uv", default=shutil.which("uv"), help="uv makes environments faster than pip")
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--again", type=int, default=20261130, metavar="SEED", help="of the second draw")
    parser.add_argument("--wheels", type=int, default=50, help="how many releases to draw")
    parser.add_argument("--closures", type=int, default=36, help="how many sets of packages to draw")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, "page", "refresh", []])
    args = parser.parse_args()
    args.cache = args.cache.absolute()
    args.version = tools.version(args.python)
    args.home = args.cache / args.version
    results = args.cache / "results"
    results.mkdir(parents=True, exist_ok=True)
    parts = args.parts or [*PARTS, "page"]
    if "refresh" in parts:
        wheels.refresh(args)
    if set(parts) & set(PARTS):
        tools.build(args)
    for part, measure in PARTS.items():
        if part in parts:
            began = {"date": datetime.date.today().isoformat(), "commit": commit(), "seed": args.seed, "again": args.again,
                     "python": args.version, "system": " ".join([platform.system(), platform.machine(), *platform.libc_ver()])}
            found = {**began, "found": plain(measure(args))}
            (results / f"{part}.json").write_text(json.dumps(found, indent=1))
    if "page" not in parts:
        return 0
    text, well = page.write({p: json.loads((results / f"{p}.json").read_text()) for p in PARTS})
    (tools.ROOT / "docs" / "accuracy.md").write_text(text)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
