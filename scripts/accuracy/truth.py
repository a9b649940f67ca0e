"""The static reading against what modules do when they are created (measurement 1)."""

import collections
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
    saved = args.home / "truth" / f"{release.project}-{release.version}.json"
    if saved.exists():
        return json.loads(saved.read_text())
    folder = args.home / "envs" / f"{release.project}-{release.version}"
    python = tools.environment(args, folder, [release.spec])
    trees = [*tools.prefixes(args.python), str(folder)]

    def confined(program, *todo, options=()):
        ends = tools.confined(args, [{"path": python, "read": trees, "args": ["-I", "-B", *options, "-c", program, *words]} for words in todo])
        return [(*tools.answer(end), end["stderr"]) for end in ends]

    (files, ended, words), = confined(tools.probe_truth.FILES, [release.project])
    if files is None:
        raise RuntimeError(f"{release.spec}: {ended}: {words[-500:]}")
    found = []
    for file, end in zip(files, confined(tools.probe_truth.CREATE, *([f["path"], f["module"]] for f in files)), strict=True):
        says, why = created(*end)
        by = "create"
        if says == "unknown":
            says, failed = imported(file, *confined(tools.probe_truth.IMPORT, [file["module"]], options=["-v"])[0])
            by, why = "import", why if says != "unknown" else f"{why}; import: {failed}"
        found.append({"file": file["file"], "sha256": tools.digest(file["path"]), "truth": says, "by": by, "why": why})
    saved.parent.mkdir(parents=True, exist_ok=True)
    saved.write_text(json.dumps(found, indent=1))
    return found


def created(said, ended, _):
    """What creating a module showed, and why nothing if so: the module object's flag
    and the GIL must tell the same."""
    if said is None or "error" in said:
        return "unknown", ended or said["error"]
    if said["not_used"] is None or said["not_used"] == said["gil"]:
        return "unknown", f"flag {said['not_used']} but GIL {said['gil']}"
    return "not-used" if said["not_used"] else "used", None


def imported(file, said, ended, words):
    """What importing it under -v showed. It counts only if the very file was loaded."""
    if said is None:
        return "unknown", ended
    if file["module"] in tools.probe_truth.VERBOSE.findall(words):
        return "used", said["error"]
    if said["error"] or file["path"] not in said["files"]:
        return "unknown", said["error"] or "the import did not load this file"
    return "not-used", None


def gather_all(args, releases):
    found = {}
    for release in releases:
        found[release] = gather(args, release)
        counts = collections.Counter(f["truth"] for f in found[release])
        tools.say(f"{release.spec}:", ", ".join(f"{n} {what}" for what, n in sorted(counts.items())) or "no modules")
    return found


def measure(args):
    """Static against created modules, and one system against the other, for each list."""
    first = wheels.draw(args.seed, args.wheels)
    again = wheels.draw(args.again, args.wheels, without=[*first, *probe_truths()])
    named = [release for release in probe_truths() if release not in first]
    return {name: compare(args, releases) for name, releases in (("drawn", first), ("drawn again", again), ("of probe-truth", named))}


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
                                    f"{wheels.LOADED} {told(twin) if twin else 'has none'}, {platform} {told(f)}"])
    for name in sorted(set(ours) - set(theirs)):
        counts["only here"] += 1
        result["apart"].append([release.spec, platform, name, "only here", f"{wheels.LOADED} {told(ours[name])}, {platform} has none"])


def told(file):
    """A declaration with what it was read from, or why it could not be."""
    return f"{file['declaration']} ({file.get('reason') or file['evidence']})"
