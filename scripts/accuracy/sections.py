"""What the page says of each measurement."""

import collections

import wheels
from tables import Section, counted, folded, listed, projects, share, table, versions

# The most that may stay undecided of all modules, as a share.
UNDECIDED = 0.01


def truth(found):
    text = """\
Every extension module is created alone in a sandboxed process of its own
(`_imp.create_dynamic`), and the module object's own flag (`md_gil`) and the GIL are looked
at; where that fails, the module is imported under `-v`. That reading is
`scripts/probe-truth.py`'s, and independent of ftpkg. The first two lists are drawn by
seeds from `scripts/accuracy/wheels.txt`: one release of every project, then others at
random. The third is that of `scripts/probe-truth.py`. No release is in two lists.

"""
    rows, odd, total = [], [], collections.Counter()
    evidence, toolchains = collections.Counter(), collections.Counter()
    for name, its in found["truth"]["found"].items():
        counts = counted(its["counts"])
        known = sum(counts[k] for k in ("agree", "WRONG", "undecided", "delegated"))
        used = sum(n for (_, says), n in counted(its["by"]).items() if says == "used")
        rows.append([name, len(its["wheels"]), projects(w for w, _ in its["wheels"]), known, used, counts["agree"], counts["WRONG"],
                     share(counts["undecided"], known), counts["delegated"], counts["no truth"], counts["library"], counts["for another Python"]])
        total += counts
        total["known"] += known
        evidence += counted(its["evidence"])
        toolchains += counted(its["toolchains"])
        odd += [row for row in its["odd"] if row not in odd]
    text += table(["list", "wheels", "projects", "modules", "of these turn the GIL on", "agree", "wrong", "undecided", "delegated",
                   "no truth", "library", "for another Python"], rows)
    text += "\nWhat the agreeing modules were read from, and what they were made with, as ftpkg has it:\n\n"
    text += table(["declaration", "evidence", "modules"], [[*k, n] for k, n in sorted(evidence.items())])
    text += "\n" + table(["toolchain", "declaration", "modules"], [[*k, n] for k, n in sorted(toolchains.items())])
    text += """
Everything else than agreement. A *library* has no init function, and the interpreter finds
none in it; modules *for another Python* have a suffix that 3.13t does not look for, and
are only counted.

""" + listed(odd)
    for name, its in found["truth"]["found"].items():
        text += "\n" + folded(f"The wheels of the list {name}", versions(w for w, _ in its["wheels"]) + "\n")
    return Section("Declarations: the file against the loaded module", text, "no wrong verdict, at most 1 % undecided",
                   f"{total['known']} modules: {total['WRONG']} wrong, {share(total['undecided'], total['known'])} undecided",
                   not total["WRONG"] and total["undecided"] <= total["known"] * UNDECIDED)


def systems(found):
    text = f"""\
Each module of a wheel for another system against that of the same name for {wheels.LOADED}.
*Undecided here* are those that are read there while their twin is not; *only there* and
*only here* are modules that one of the two wheels lacks.

"""
    kinds = ("wheels", "agree", "differ", "undecided", "undecided here", "only there", "only here")
    rows, apart, total = [], [], collections.Counter()
    for name, its in found["truth"]["found"].items():
        for platform, pairs in sorted(its["platforms"].items()):
            counts = counted(pairs)
            rows.append([name, platform, *(counts[k] for k in kinds)])
            total += counts
            total["modules"] += sum(counts[k] for k in ("agree", "differ", "undecided", "undecided here", "only there"))
        apart += [row for row in its["apart"] if row not in apart]
    text += table(["list", "system", *kinds], rows)
    text += "\nThe modules that do not agree, with what each file shows:\n\n" + listed(apart)
    wanted = "the same everywhere, or the difference is in the files and listed; at most 1 % undecided"
    return Section("The same releases for other systems", text, wanted,
                   f"{total['modules']} modules in {total['wheels']} wheels: {total['agree']} agree, {total['differ']} differ, "
                   f"{share(total['undecided'], total['modules'])} undecided", total["undecided"] <= total["modules"] * UNDECIDED)


def flip(found):
    rows = found["flip"]["found"]
    text = """\
In one module of each project that has any, the value of the `Py_mod_gil` slot is changed in
the file, RECORD mended and the wheel packed again; and in one module of each that calls
`PyUnstable_Module_SetGIL` once, the constant it is called with. Where these lie is found by
`scripts/accuracy/elf.py`, which knows nothing of ftpkg. Then the file is read, `ftpkg
inspect` asked, and `ftpkg probe` creates the wheel's modules. All must follow, the wheel's
other modules stay what they were, and the probe must not contradict the reading of any.
`TestFlip` of `probe` does the same with compiled fixtures in every run of the tests.

"""
    text += table(["wheel", "module", "changed", "was", "is now", "file", "inspect", "probe", "others that moved", "modules the probe created"],
                  [[r["wheel"], f"`{r['module'].rsplit('/', 1)[-1]}`", r["what"], r["was"], r["is"], r["static"], r["inspect"], r["probe"],
                    f"{len(r['moved'])} of {r['others']}", r["loaded"]] for r in rows])
    followed, known = sum(r["follows"] for r in rows), projects(r["wheel"] for r in rows if r["what"] == "slot")
    calls = sum(r["what"] == "call" for r in rows)
    odd = [[r["wheel"], r["module"], *r["moved"], *r["apart"]] for r in rows if not r["follows"]]
    text += "\nWhere something did not follow:\n\n" + listed(odd)
    return Section("A changed declaration", text, "all readings follow, in at least 5 projects",
                   f"{followed} of {len(rows)} followed: slots of {known} projects, {calls} calls", followed == len(rows) and known >= 5)


def loads(found):
    text = """\
All modules of the drawn releases' wheels, of the same releases' wheels for the other build
of 3.13, renamed to the suffix that the interpreter looks for, and of usd-core's wheel,
whose tags name no ABI: the prediction against creating each in the sandbox of
`probe/sandbox`. *Fails* is a crash or an exception.

"""
    well, measured = True, []
    for build, its in found["loads"]["found"].items():
        counts = counted(its["counts"])
        right = sum(n for (_, fit, happened), n in counts.items() if (fit, happened) in (("loads", "loads"), ("wrong-abi", "fails")))
        wrong = [row for row in its["odd"] if row[3] == "WRONG"]
        text += f"On the {build} build, {its['files']} files of {its['wheels']} wheels:\n\n"
        text += table(["files of a wheel for", "predicted", "happened", "files"], [[*k, n] for k, n in sorted(counts.items())])
        text += "\nHow the creations ended: " + ", ".join(f"{abi}: {how} {n}" for (abi, how), n in sorted(counted(its["ends"]).items())) + ".\n"
        text += "\nWhere the two differ (*own error*: the file fits, and its own code raised), or nothing was predicted:\n\n"
        text += listed(its["odd"], code=3) + "\n"
        well = well and not wrong and its["files"] >= 400
        measured.append(f"{build}: {right} of {its['files']} right, {len(wrong)} wrong")
    return Section("Which files load", text, "at least 400 files, none wrong", "; ".join(measured), well)


def closures(found):
    rows = found["closures"]["found"]
    verdicts = collections.Counter(r["verdict"].split(":")[0] for r in rows)
    text = """\
Sets of requirements drawn by the seed, each installed with all that it requires, wheels
only. Predicted are the modules of the whole environment that turn the GIL on; then all
packages, and a sample of the extension modules by name, are imported in one process in the
sandbox under `-v`. A *false off* is a module that turned the GIL on and was not predicted,
or that `ftpkg ready --env` does not name; a *false on* one that was predicted and loaded
and did not. *Open* are modules of which nothing is predicted: `ready` then says `unknown`.

"""
    text += table(["requirements", "modules", "loaded", "predicted on", "observed on", "open", "GIL", "ready says", "verdict"],
                  [[", ".join(r["set"]), r.get("modules", ""), *(len(r.get(k, [])) for k in ("loaded", "predicted", "observed", "open")),
                    {True: "on", False: "off"}.get(r.get("gil"), ""), r.get("ready", ""), r["verdict"]] for r in rows])
    kinds = {"missed": "not predicted", "unnamed": "not named by ready", "too many": "predicted in vain"}
    odd = [[", ".join(r["set"]), path, what] for r in rows for kind, what in kinds.items() for path in r.get(kind, [])]
    text += "\nMissed, or predicted in vain:\n\n" + listed(odd)
    text += "\n" + folded("What was installed, over all sets", versions(spec for r in rows for spec in r.get("installed", [])) + "\n")
    return Section("Whole environments", text, "at least 30 sets, no false off", ", ".join(f"{n} {what}" for what, n in sorted(verdicts.items())),
                   not verdicts["false off"] and verdicts["agree"] >= 30)


def later(found):
    text = """\
The newest release of every project of the list, for Linux and macOS on x86-64 and ARM64 and
for Windows on x86-64. Nothing is loaded: what counts is that nothing stays undecided.

"""
    rows, odd, total, well = [], [], collections.Counter(), True
    for abi, its in found["later"]["found"].items():
        counts = counted(its["counts"])
        rows.append([abi, projects(its["releases"]), its["wheels"],
                     *(counts[k] for k in ("not-used", "used", "silent", "delegated", "undecided", "not-a-module", "error"))])
        odd += [[abi, *row] for row in its["odd"]]
        total += counts
        well = well and not counts["undecided"] and not counts["error"]
    text += table(["ABI", "projects", "wheels", "not-used", "used", "silent", "delegated", "undecided", "no module", "error"], rows)
    text += "\nDelegated and undecided:\n\n" + listed(odd, code=4)
    for abi, its in found["later"]["found"].items():
        text += "\n" + folded(f"The wheels for {abi}", versions(its["releases"]) + "\n")
    known = projects(spec for its in found["later"]["found"].values() for spec in its["releases"])
    return Section("Wheels for 3.14t and 3.15t", text, "nothing undecided, of at least 25 projects",
                   f"{sum(total.values()) - total['not-a-module']} modules of {known} projects: {total['undecided']} undecided", well and known >= 25)


ALL = (truth, systems, flip, loads, closures, later)
