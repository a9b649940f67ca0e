"""The static reading against what modules do when they are created (measurement 1)."""

import collections
import concurrent.futures
import hashlib
import json
import re

import tools
import wheels

TURNS_ON = {"used", "silent"}

# The end of a module's file name, on any system.
SUFFIX = re.compile(r"\.(cpython-3\d+t?-[\w-]+\.so|cp3\d+t?-\w+\.pyd|abi3t?(-[\w-]+)?\.so|so|pyd)$")


def module(path):
    """The dotted name of the module in a file of a wheel."""
    return SUFFIX.sub("", path).replace("/", ".")


def gather(args, release):
    """The truth about one release's modules, from an earlier run or new."""
    saved = args.cache / "truth" / f"{release.project}-{release.version}.json"
    if saved.exists():
        return json.loads(saved.read_text())
    python = tools.environment(args, args.cache / "envs" / f"{release.project}-{release.version}", [release.spec])
    files, words, ended = tools.probe_truth.ask(python, tools.probe_truth.FILES, release.project)
    if files is None:
        raise RuntimeError(f"{release.spec}: {ended}: {words[-500:]}")
    found = []
    for file in files:
        create, why = tools.probe_truth.declared(python, file)
        by = "create"
        if create == "unknown":
            create, _ = tools.probe_truth.imported(python, file)
            by = "import"
        with open(file["path"], "rb") as f:
            digest = hashlib.file_digest(f, "sha256").hexdigest()
        found.append({"file": file["file"], "sha256": digest, "truth": create, "by": by, "why": why})
    saved.parent.mkdir(exist_ok=True)
    saved.write_text(json.dumps(found, indent=1))
    return found


def gather_all(args, drawn):
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        found = {}
        jobs = {pool.submit(gather, args, release): release for release in drawn}
        for job in concurrent.futures.as_completed(jobs):
            release = jobs[job]
            found[release] = job.result()
            counts = collections.Counter(f["truth"] for f in found[release])
            tools.say(f"{release.spec}:", ", ".join(f"{n} {what}" for what, n in sorted(counts.items())) or "no modules")
    return found


def measure(args):
    """Static against created modules, and one system against the other, for each list."""
    listed = {name: draw for name, draw in (("drawn", wheels.draw(args.seed, args.wheels)), ("of probe-truth", probe_truths())) if draw}
    return {name: compare(args, releases) for name, releases in listed.items()}


def probe_truths():
    """The releases for 3.13t of what scripts/probe-truth.py reads: named versions, else the newest."""
    found = {}
    for spec in tools.probe_truth.PACKAGES:
        name, _, version = spec.partition("==")
        its = [r for r in wheels.releases("cp313t") if r.project == name and version in ("", r.version) and r.file(wheels.LOADED)]
        if its:
            found[name] = its[-1]
    return list(found.values())


def compare(args, releases):
    """All that is measured of some releases."""
    paths = wheels.fetch(args, [filename for release in releases for _, filename in release.files])
    truths = gather_all(args, releases)
    said = collections.defaultdict(dict)
    for file in tools.read(args, paths.values()):
        said[file["from"]][file["path"]] = file
    result = {"wheels": [], "counts": collections.Counter(), "evidence": collections.Counter(), "by": collections.Counter(),
              "toolchains": collections.Counter(), "odd": [], "platforms": {}, "apart": []}
    for release in releases:
        home = said[str(paths[release.file(wheels.LOADED)])]
        against_truth(args, result, release, truths[release], home)
        for platform, filename in release.files:
            if platform != wheels.LOADED:
                across(result, release, platform, home, said[str(paths[filename])])
    return result


def against_truth(args, result, release, truths, home):
    counts, known = collections.Counter(), tools.suffixes(args.python)
    for file in truths:
        static = home.get(file["file"])
        if static is None or static["sha256"] != file["sha256"]:
            raise RuntimeError(f"{release.spec}: {file['file']} is not that of the wheel")
        says = static["declaration"]
        if static.get("suffix") not in known:
            counts["for another Python"] += 1
            continue
        if says == "not-a-module" or file["truth"] == "unknown":
            kind = "library" if says == "not-a-module" and file["truth"] == "unknown" else "no truth"
        elif says in ("undecided", "delegated"):
            kind = says
        else:
            kind = "agree" if ("used" if says in TURNS_ON else says) == file["truth"] else "WRONG"
        counts[kind] += 1
        if kind != "agree":
            result["odd"].append([release.spec, file["file"], kind, f"truth {file['truth']} ({file['why'] or file['by']})",
                                  f"static {says} {static.get('reason', '')}".strip()])
            continue
        result["evidence"][says, static["evidence"]] += 1
        result["toolchains"][static["toolchain"], says] += 1
        result["by"][file["by"], file["truth"]] += 1
    result["counts"].update(counts)
    result["wheels"].append([release.spec, dict(counts)])


def across(result, release, platform, home, there):
    """The same release's wheel for another system, module by module."""
    counts = result["platforms"].setdefault(platform, collections.Counter())
    counts["wheels"] += 1
    ours = {module(path): f for path, f in home.items() if f.get("module")}
    theirs = {module(path): f for path, f in there.items() if f.get("module")}
    for name, f in theirs.items():
        twin = ours.get(name)
        if f["declaration"] == "undecided":
            kind = "undecided"
        elif twin is None:
            kind = "only there"
        elif twin["declaration"] == "undecided":
            kind = "undecided here"
        else:
            kind = "agree" if twin["declaration"] == f["declaration"] else "differ"
        counts[kind] += 1
        if kind != "agree":
            result["apart"].append([release.spec, platform, name, kind,
                                    f"{wheels.LOADED} {twin['declaration'] if twin else 'has none'}, "
                                    f"{platform} {f['declaration']} {f.get('reason', '')}".strip()])
    counts["only here"] += len(set(ours) - set(theirs))
