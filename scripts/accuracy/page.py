"""docs/accuracy.md, from what was measured."""

import sections
from tables import table

HEAD = """\
# How right the static reading is

`ftpkg inspect`, `ready` and `check` say what an extension module declares without
running it. This page compares that with what happens when modules are loaded. It is
written by `make accuracy` (`scripts/accuracy`), which says at each step what it does;
the numbers are of the wheels named here, and prove nothing of others.

"""

LIMITS = """\
## What these numbers do not say

- A module that is loaded shows whether it turns the GIL on, not why: *used* and *silent*
  look the same, and the truth cannot tell one from the other.
- Modules for other systems are not loaded here. That the same release declares the same
  everywhere is likely, but not the truth of each file: a wheel may well differ.
- There is no interpreter of 3.14t or 3.15t in this measurement: for their wheels it counts
  only what stays open.
- The projects were chosen for having wheels for 3.13t; within the list a seed draws. What
  no one publishes wheels of (modules built without optimisation, odd toolchains) is in the
  tests of `probe/extmod`, not here. Nor are architectures other than x86-64 and arm64.
- The reading was made better by what these lists, and other draws from `wheels.txt`, left
  undecided. Releases to come may be made in ways that none of these were.
- Few of the drawn modules turn the GIL on, because few releases that have such wheels
  still do.
- A whole environment is judged by what one process imports: what is observed is a lower
  bound of what could turn the GIL on there.
- A declaration is its author's claim. It is no proof of thread safety.
"""


def write(found):
    """The page, and whether everything on it is as it should be."""
    parts = [section(found) for section in sections.ALL]
    rows = [[f"[{p.title}](#{anchor(p.title)})", p.wanted, p.measured, "yes" if p.well else "**no**"] for p in parts]
    summary = table(["", "wanted", "measured", "holds"], rows)
    text = "\n".join(f"## {p.title}\n\n{p.text}" for p in parts)
    return f"{HEAD}{summary}\n{stamp(found)}\n{text}\n{LIMITS}", all(p.well for p in parts)


def anchor(title):
    return "".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c == "-")


def stamp(found):
    """When and with what it was measured; part by part where they differ."""
    lines = {}
    for part, result in found.items():
        seeds = f"seeds {result['seed']} and {result['again']}"
        line = f"measured on {result['date']} at commit {result['commit']} with CPython {result['python']} on {result['system']}, {seeds}"
        lines.setdefault(line, []).append(part)
    if len(lines) == 1:
        line, = lines
        return line[0].upper() + line[1:] + ".\n"
    return "".join(f"- {', '.join(parts)}: {line}\n" for line, parts in lines.items())
