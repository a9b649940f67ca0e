#!/usr/bin/env python3
"""Generate PEP 440 test vectors from packaging, as JSON on standard output.

The vectors are random but reproducible: the same seed and counts give the same
output. Versions lie close together and near the limits of small integers, where
mistakes hide. The form is the one of wheeltags/pep440/testdata:

    parse  [text, normalised form, or null if refused]
    cmp    [version, version, -1 | 0 | 1]
    spec   [specifier set, version, contains(version),
            contains(version, prereleases=True)]
           or [specifier set, null, null, null] if refused

Usage:

    python3 -m pip install packaging==26.3
    python3 scripts/oracle-pep440.py --seed 1 > /tmp/fresh.json
    FTPKG_PEP440_VECTORS=/tmp/fresh.json go test ./wheeltags/pep440
"""

import argparse
import json
import random
import sys

import packaging
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

PACKAGING = "26.3"

SMALL = [0, 0, 0, 1, 1, 2, 3, 4, 9, 10, 11, 2025, 20250913]
# The limits of Go's packed form (22 and 25 bits), of 32 and 64 bits, and beyond.
EDGES = [
    edge + step
    for edge in (2**22, 2**25, 2**31, 2**63, 2**64, 10**30)
    for step in (-2, -1, 0, 1)
]
PRE = ["a", "b", "rc"]
PRE_SPELLED = ["a", "b", "rc", "alpha", "beta", "c", "pre", "preview", "RC", "Alpha"]
POST_SPELLED = ["post", "rev", "r", "POST"]
SEPARATORS = ["", ".", "-", "_"]
LOCAL = ["abc", "cu121", "1", "2", "10", "0", "ubuntu", "a", "99999999999999999999999"]
SPACES = [" ", "\t", "\n", "\x0b", "\x1c", "\u00a0", "\u2003"]
JUNK = list("0123456789.abcdeoprtv+-_!* \t~=<>,") + ["٣", "ſ", "ä", "\x00", ".post", ".dev", "rc"]
OPERATORS = ["~=", "==", "!=", "<=", ">=", "<", ">"]


def number(rng):
    return rng.choice(EDGES) if rng.random() < 0.04 else rng.choice(SMALL)


def parts(rng):
    """A random version as a dict of its parts."""
    return {
        "epoch": rng.choice([1, 2]) if rng.random() < 0.04 else 0,
        "release": [number(rng) for _ in range(rng.choice([1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6, 8]))],
        "pre": (rng.choice(PRE), number(rng)) if rng.random() < 0.35 else None,
        "post": number(rng) if rng.random() < 0.25 else None,
        "dev": number(rng) if rng.random() < 0.25 else None,
        "local": [rng.choice(LOCAL) for _ in range(rng.choice([1, 1, 2, 3]))] if rng.random() < 0.2 else None,
    }


def neighbour(rng, p):
    """A version that differs from p in a little, or not at all."""
    q = {**p, "release": list(p["release"])}
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        what = rng.randrange(9)
        if what == 0:
            i = rng.randrange(len(q["release"]))
            q["release"][i] = max(0, q["release"][i] + rng.choice([-1, 1]))
        elif what == 1:
            q["release"] += [0] * rng.choice([1, 2, 5])
        elif what == 2 and len(q["release"]) > 1:
            q["release"].pop()
        elif what == 3:
            q["release"].append(number(rng))
        elif what == 4:
            q["pre"] = None if rng.random() < 0.4 else (rng.choice(PRE), number(rng))
        elif what == 5:
            q["post"] = None if rng.random() < 0.4 else rng.choice([number(rng), (q["post"] or 0) + 1])
        elif what == 6:
            q["dev"] = None if rng.random() < 0.4 else rng.choice([number(rng), (q["dev"] or 0) + 1])
        elif what == 7:
            q["local"] = None if rng.random() < 0.5 else [rng.choice(LOCAL)] + (q["local"] or [])[:1]
        elif what == 8:
            q["epoch"] = 1 - min(q["epoch"], 1)
    return q


def text(p):
    """The normalised spelling of p."""
    out = f"{p['epoch']}!" if p["epoch"] else ""
    out += ".".join(map(str, p["release"]))
    if p["pre"] is not None:
        out += p["pre"][0] + str(p["pre"][1])
    if p["post"] is not None:
        out += f".post{p['post']}"
    if p["dev"] is not None:
        out += f".dev{p['dev']}"
    if p["local"] is not None:
        out += "+" + ".".join(p["local"])
    return out


def spelled(rng, p):
    """p in one of its other spellings."""

    def num(n):
        return ("0" * rng.choice([0, 0, 0, 1, 3]) + str(n)) if n or rng.random() < 0.5 else ""

    def digits(n):
        return num(n) or "0"

    sep = lambda: rng.choice(SEPARATORS)
    out = rng.choice(["", "", "v", "V"])
    if p["epoch"]:
        out += digits(p["epoch"]) + "!"
    out += ".".join(map(digits, p["release"]))
    if p["pre"] is not None:
        out += sep() + rng.choice(PRE_SPELLED) + sep() + num(p["pre"][1])
    if p["post"] is not None:
        if rng.random() < 0.3:
            out += "-" + digits(p["post"])
        else:
            out += sep() + rng.choice(POST_SPELLED) + sep() + num(p["post"])
    if p["dev"] is not None:
        out += sep() + rng.choice(["dev", "DEV", "Dev"]) + sep() + num(p["dev"])
    if p["local"] is not None:
        out += "+" + rng.choice(".-_").join(rng.choice([str.upper, str.lower])(s) for s in p["local"])
    if rng.random() < 0.1:
        out = rng.choice(SPACES) + out
    if rng.random() < 0.1:
        out += rng.choice(SPACES)
    return out


def damaged(rng, s):
    """s with a random edit or two; sometimes still a version."""
    for _ in range(rng.choice([1, 1, 2])):
        i = rng.randrange(len(s) + 1)
        s = s[:i] + rng.choice(JUNK) + s[i + rng.choice([0, 1]):]
    return s


def normalised(s):
    try:
        return str(Version(s))
    except InvalidVersion:
        return None


def clause(rng, p):
    """One clause about a version near p; not always a valid one."""
    if rng.random() < 0.04:
        return "===" + rng.choice(["", " "]) + rng.choice([text(p), text(p).upper(), spelled(rng, p), "foobar", ""])
    op = rng.choice(OPERATORS)
    q = neighbour(rng, p)
    if rng.random() < 0.9:
        if op not in ("==", "!="):
            q["local"] = None
        if op == "~=" and len(q["release"]) == 1:
            q["release"] = [*q["release"], 0]
    if op in ("==", "!=") and rng.random() < 0.35:
        if rng.random() < 0.9:
            q.update(pre=None, post=None, dev=None, local=None)
        if rng.random() < 0.7:
            q["release"] = q["release"][: rng.randint(1, len(q["release"]))]
        version = (text(q) if rng.random() < 0.8 else spelled(rng, q)) + ".*"
    else:
        version = text(q) if rng.random() < 0.8 else spelled(rng, q)
    s = op + rng.choice(["", "", "", " "]) + version
    return damaged(rng, s) if rng.random() < 0.03 else s


def contains(spec, version):
    try:
        s = SpecifierSet(spec)
        v = Version(version)
        return [spec, version, s.contains(v), s.contains(v, prereleases=True)]
    except InvalidSpecifier:
        return [spec, None, None, None]


def compare(a, b):
    x, y = Version(a), Version(b)
    return [a, b, (x > y) - (x < y)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parse", type=int, default=20_000, help="how many versions")
    parser.add_argument("--cmp", type=int, default=40_000, help="how many orderings")
    parser.add_argument("--spec", type=int, default=100_000, help="how many containments")
    args = parser.parse_args()
    if packaging.__version__ != PACKAGING:
        sys.exit(f"{parser.prog}: need packaging {PACKAGING}, found {packaging.__version__}")

    rng = random.Random(args.seed)
    versions = []
    for _ in range(args.parse):
        s = spelled(rng, parts(rng))
        if rng.random() < 0.4:
            s = damaged(rng, s)
        versions.append([s, normalised(s)])
    orderings = []
    for _ in range(args.cmp):
        p = parts(rng)
        q = neighbour(rng, p) if rng.random() < 0.8 else parts(rng)
        orderings.append(compare(text(p), text(q)))
    containments = []
    for _ in range(args.spec):
        p = parts(rng)
        spec = ",".join(clause(rng, p) for _ in range(rng.choice([1, 1, 1, 2, 3])))
        containments.append(contains(spec, text(neighbour(rng, p))))

    json.dump(
        {"packaging": PACKAGING, "seed": args.seed, "parse": versions, "cmp": orderings, "spec": containments},
        sys.stdout,
        separators=(",", ":"),
    )
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
