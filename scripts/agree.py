#!/usr/bin/env python3
"""Compare ftpkg's answer with uv's, cell by cell, on the index at hand.

    scripts/agree.py --gil PYTHON --free-threaded PYTHON FILE...

Each FILE is a requirements file. For every cell of {GIL, free-threaded} x the six
main platforms, uv compiles the file for Python 3.14 with wheels only. uv takes
the ABI flavour from the interpreter it is given, whatever that one's version.
Prints a line for each cell and every difference; exits 1 if there is one.
"""

import argparse
import json
import re
import subprocess
import sys

PLATFORMS = {
    "linux-x86_64": "x86_64-manylinux_2_28",
    "linux-aarch64": "aarch64-manylinux_2_28",
    "macos-x86_64": "x86_64-apple-darwin",
    "macos-arm64": "aarch64-apple-darwin",
    "windows-x86_64": "x86_64-pc-windows-msvc",
    "windows-arm64": "aarch64-pc-windows-msvc",
}


def uv(args, file, python, platform):
    """What uv chooses, or None if it finds no solution."""
    command = [args.uv, "pip", "compile", "--no-config", "--quiet", "--no-header", "--no-annotate",
               "-p", python, "--python-version", "3.14", "--python-platform", platform, "--only-binary", ":all:", file]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return None
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", done.stdout, re.MULTILINE))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gil", required=True)
    parser.add_argument("--free-threaded", required=True)
    parser.add_argument("--uv", default="uv")
    parser.add_argument("--ftpkg", default="./ftpkg")
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()
    wrong = cells = packages = 0
    for file in args.files:
        done = subprocess.run([args.ftpkg, "resolve", "-r", file, "--only-binary", ":all:", "--python", "3.14,3.14t",
                               "--format", "json"], stdout=subprocess.PIPE)
        answer = json.loads(done.stdout)
        for cell in answer["targets"]:
            python = args.free_threaded if cell["python"].endswith("t") else args.gil
            theirs = uv(args, file, python, PLATFORMS[cell["platform"]])
            ours = {p["name"]: p["version"] for p in cell["packages"]} if cell["satisfiable"] else None
            same = ours == theirs
            cells, wrong, packages = cells + 1, wrong + (not same), packages + len(theirs or {})
            print(f"{file} {cell['python']} {cell['platform']}:", "same" if same else "DIFFERENT",
                  "no solution" if theirs is None else f"{len(theirs)} packages")
            if not same and ours is not None and theirs is not None:
                for name in sorted(ours.keys() | theirs.keys()):
                    if ours.get(name) != theirs.get(name):
                        print(f"    {name}: ftpkg {ours.get(name)}, uv {theirs.get(name)}")
            elif not same:
                print(f"    ftpkg: {'no solution' if ours is None else 'solved'}, uv: {'no solution' if theirs is None else 'solved'}")
    print(f"{cells - wrong} of {cells} cells the same, {packages} packages compared")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
