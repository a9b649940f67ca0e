"""docs/accuracy.md, from what was measured."""

import collections

import wheels

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
  tests of `probe/extmod`, not here.
- Few of the drawn modules turn the GIL on, because few releases that have such wheels
  still do. The second list of the first section has more of them.
- A declaration is its author's claim. It is no proof of thread safety.
"""


def write(found):
    """The page, and whether everything on it is as it should be."""
    text, well = HEAD, True
    for part in (truth_section, systems_section, flip_section, loads_section, closures_section, later_section):
        section, good = part(found)
        text += section + "\n"
        well = well and good
    return text + LIMITS, well


def stamp(result):
    return f"Measured on {result['date']} at commit {result['commit']}, seed {result['seed']}."


def table(head, rows):
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in [head, ["---"] * len(head), *rows]]
    return "\n".join(lines) + "\n"


def counted(pairs):
    """A counter, out of JSON."""
    return collections.Counter({tuple(k) if isinstance(k, list) else k: n for k, n in pairs})


def listed(rows, none="None."):
    return "".join("- " + ", ".join(f"`{cell}`" if i < 2 else str(cell) for i, cell in enumerate(row) if cell) + "\n" for row in rows) or none + "\n"


def share(part, whole):
    return f"{part} ({100 * part / whole:.1f} %)" if whole else str(part)


def truth_section(found):
    result = found["truth"]
    lists = result["found"]
    text = "## Declarations: the file against the loaded module\n\n" + stamp(result) + """

Every extension module is created alone in a process of its own (`_imp.create_dynamic`), and
the module object's own flag and the GIL are looked at; where that fails, the module is
imported under `-v`. That reading is `scripts/probe-truth.py`'s, and independent of ftpkg.
The first list is drawn by the seed from `scripts/accuracy/wheels.txt`: one release of every
project, then others at random. The second is that of `scripts/probe-truth.py`.

"""
    rows, well = [], True
    for name, its in lists.items():
        counts = counted(its["counts"])
        known = sum(counts[k] for k in ("agree", "WRONG", "undecided", "delegated"))
        by = counted(its["by"])
        used = sum(n for (_, says), n in by.items() if says == "used")
        projects = {w[0].split("==")[0] for w in its["wheels"]}
        rows.append([name, len(its["wheels"]), len(projects), known, used, counts["agree"], counts["WRONG"],
                     share(counts["undecided"], known), counts["delegated"], counts["no truth"], counts["for another Python"]])
        well = well and not counts["WRONG"] and counts["undecided"] <= known / 100
    text += table(["list", "wheels", "projects", "modules", "of these turn the GIL on", "agree", "wrong", "undecided", "delegated", "no truth", "for another Python"], rows)
    evidence, toolchains = collections.Counter(), collections.Counter()
    for its in lists.values():
        evidence.update(counted(its["evidence"]))
        toolchains.update(counted(its["toolchains"]))
    text += "\nWhat the agreeing modules were read from, and what they were made with, as ftpkg has it:\n\n"
    text += table(["declaration", "evidence", "modules"], [[*k, n] for k, n in sorted(evidence.items())])
    text += "\n" + table(["toolchain", "declaration", "modules"], [[*k, n] for k, n in sorted(toolchains.items())])
    text += "\nEverything else than agreement (a *library* is no module, and the interpreter finds none in it):\n\n"
    text += listed([row for its in lists.values() for row in its["odd"]])
    text += "\nThe wheels of the first list: " + ", ".join(f"{spec} ({sum(n for _, n in counts.items())})" if isinstance(counts, dict) else
                                                          f"{spec} ({sum(n for _, n in counts)})" for spec, counts in lists["drawn"]["wheels"]) + ".\n"
    return text, well


def systems_section(found):
    result = found["truth"]
    lists = result["found"]
    text = "## The same releases for other systems\n\n" + stamp(result) + f"""

Each module of a wheel for another system against that of the same name for {wheels.LOADED}.
*Undecided here* are those whose twin is; *only there* and *only here* are modules that one
of the two wheels lacks.

"""
    rows, apart, well = [], [], True
    for name, its in lists.items():
        for platform, counts in sorted(its["platforms"].items()):
            counts = counted(counts)
            rows.append([name, platform, *(counts[k] for k in ("wheels", "agree", "differ", "undecided", "undecided here", "only there", "only here"))])
            modules = sum(counts[k] for k in ("agree", "differ", "undecided", "only there"))
            well = well and counts["undecided"] <= modules / 100
        apart += its["apart"]
    text += table(["list", "system", "wheels", "agree", "differ", "undecided", "undecided here", "only there", "only here"], rows)
    text += "\nThe modules that do not agree:\n\n" + listed(apart)
    return text, well


def flip_section(found):
    result = found["flip"]
    rows = result["found"]
    text = "## A changed slot\n\n" + stamp(result) + """

In one module of each project that has any, the value of the `Py_mod_gil` slot is changed in
the file, RECORD mended and the wheel packed again. Where the slot lies is found by
`scripts/accuracy/elf.py`, which knows nothing of ftpkg. Then the file is read, `ftpkg
inspect` asked, and `ftpkg probe` loads it. All must follow, and the wheel's other modules
stay what they were. `TestFlip` of `probe` does the same with compiled fixtures in every run
of the tests.

"""
    text += table(["wheel", "module", "was", "is now", "file", "inspect", "probe", "others the same"],
                  [[r["wheel"], f"`{r['module'].rsplit('/', 1)[-1]}`", r["was"], r["is"], r["static"], r["inspect"], r["probe"],
                    "yes" if r["others"] else "NO"] for r in rows])
    followed = sum(r["follows"] for r in rows)
    projects = {r["wheel"].split("==")[0] for r in rows}
    text += f"\n{followed} of {len(rows)} followed, in {len(projects)} projects.\n"
    return text, followed == len(rows) and len(projects) >= 5


def loads_section(found):
    result = found["loads"]
    text = "## Which files load\n\n" + stamp(result) + """

All modules of the drawn releases' wheels, of the same releases' wheels for the other build
of 3.13, renamed to the suffix that the interpreter looks for, and of usd-core's wheel,
whose tags name no ABI: the prediction against creating each in the sandbox of
`probe/sandbox`. *Fails* is a crash or an ImportError.

"""
    well = True
    for build, its in result["found"].items():
        counts = counted(its["counts"])
        text += f"On the {build} build, {its['files']} files:\n\n"
        text += table(["files of a wheel for", "predicted", "happened", "files"], [[*k, n] for k, n in sorted(counts.items())])
        text += "\nHow the creations ended: " + ", ".join(f"{abi}: {how} {n}" for (abi, how), n in sorted(counted(its["ends"]).items())) + ".\n"
        text += "\nWhere the two differ, or nothing was predicted:\n\n" + listed(its["odd"]) + "\n"
        wrong = sum(n for (_, fit, happened), n in counts.items() if fit == "wrong-abi" and happened == "loads")
        well = well and not wrong and its["files"] >= 400
    return text, well


def closures_section(found):
    result = found["closures"]
    rows = result["found"]
    verdicts = collections.Counter(r.get("verdict", "impossible") for r in rows)
    text = "## Whole environments\n\n" + stamp(result) + """

Sets of requirements drawn by the seed, each installed with all that it requires, wheels
only. Predicted are the modules of the whole environment that turn the GIL on; then all
packages, and a sample of the extension modules by name, are imported in one process in the
sandbox under `-v`. A *false off* would be a module that turned the GIL on and was not
predicted; a *false on* one that was predicted and loaded and did not. *Open* are modules of
which nothing is predicted: `ready` says so, and calls no such environment ready.

"""
    text += table(["requirements", "modules", "loaded", "predicted on", "observed on", "open", "GIL", "verdict"],
                  [[", ".join(r["set"]), r.get("modules", ""), r.get("loaded", ""), *(len(r.get(k, [])) for k in ("predicted", "observed", "open")),
                    {True: "on", False: "off"}.get(r.get("gil"), ""), r.get("verdict", "impossible: " + r.get("impossible", ""))] for r in rows])
    text += "\n" + ", ".join(f"{n} {what}" for what, n in sorted(verdicts.items())) + ".\n"
    odd = [[", ".join(r["set"]), kind, ", ".join(r[kind])] for r in rows for kind in ("missed", "too many") if r.get(kind)]
    text += "\nMissed, or predicted in vain:\n\n" + listed(odd)
    return text, not verdicts["false off"] and verdicts["agree"] >= 30


def later_section(found):
    result = found["later"]
    text = "## Wheels for 3.14t and 3.15t\n\n" + stamp(result) + """

The newest release of every project of the list, for every system. Nothing is loaded: what
counts is that nothing stays undecided.

"""
    rows, odd, well = [], [], True
    for abi, its in result["found"].items():
        counts = counted(its["counts"])
        rows.append([abi, len(its["projects"]), its["wheels"],
                     *(counts[k] for k in ("not-used", "used", "silent", "delegated", "undecided", "not-a-module", "error"))])
        odd += its["odd"]
        well = well and not counts["undecided"] and not counts["error"]
    text += table(["ABI", "projects", "wheels", "not-used", "used", "silent", "delegated", "undecided", "no module", "error"], rows)
    text += "\nDelegated and undecided:\n\n" + listed(odd)
    return text, well
