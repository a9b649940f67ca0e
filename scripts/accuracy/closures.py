"""Which modules of a set of packages turn the GIL on: prediction against -v (measurement 4)."""

import random

import tools
import truth
import wheels

# What the sets are drawn from, beside the drawn releases: declarations of all kinds.
FIXED = ("pandas==2.3.3", "scikit-learn==1.8.0", "scikit-image==0.25.2", "greenlet==3.2.2", "google-crc32c==1.7.1", "numpy==2.3.5")

# A set with and one without what a package uses if it is there.
PAIRED = ("scikit-learn==1.8.0", "pandas==2.3.3")

# How many modules of a set are imported by name, beside the packages themselves.
NAMES = 40

IMPORT = r"""
import importlib, json, os, sys
site, *names = sys.argv[1:]
sys.path.insert(0, site)
out = os.dup(1)
os.dup2(2, 1)
failed = {}
for name in names:
    try:
        importlib.import_module(name)
    except BaseException as e:
        failed[name] = f"{type(e).__name__}: {e}"[:200]
files = {}
for name, module in list(sys.modules.items()):
    spec = getattr(module, "__spec__", None)
    if spec is not None and isinstance(spec.origin, str) and spec.origin.startswith(site):
        files[os.path.relpath(spec.origin, site)] = spec.name
os.write(out, json.dumps({"gil": sys._is_gil_enabled(), "failed": failed, "files": files}).encode())
os._exit(0)
"""


def draw(args):
    """Sets of requirements, the same for the same seed and list."""
    chance = random.Random(args.seed + 1)
    one_each = {r.project: r.spec for r in wheels.draw(args.seed, args.wheels)}
    one_each |= {spec.split("==")[0]: spec for spec in FIXED}
    pool = sorted(one_each.values())
    sets = [[PAIRED[0]], list(PAIRED)]
    while len(sets) < args.closures:
        chosen = chance.sample(pool, chance.randint(1, 4))
        if len(sets) % 4 == 0:  # pairs as above, among others
            chosen = {*chosen, PAIRED[0]} - {PAIRED[1]}
            more = [sorted(chosen), sorted({*chosen, PAIRED[1]})]
        else:
            more = [sorted(chosen)]
        sets += more if more[0] not in sets else []
    return sets[:args.closures]


def measure(args):
    """Each set in an environment of its own, imported in the sandbox under -v."""
    chance = random.Random(args.seed + 2)
    trees = tools.prefixes(args.python)
    answers = args.cache / "answers" / tools.digest(args.ftpkg)[:16]  # of this very program
    rows = []
    for specs in draw(args):
        folder = args.home / "closures" / "+".join(s.replace("==", "-") for s in specs)
        try:
            python = tools.environment(args, folder, specs)
        except RuntimeError as e:
            rows.append({"set": specs, "verdict": "impossible: " + str(e).splitlines()[-1][:300]})
            continue
        site = tools.site(folder)
        static = {f["path"]: f for f in tools.read(args, [site], "3.13t", tools.suffixes(python)) if f.get("module")}
        names = imports(site, static, chance)
        row = {"set": specs, "installed": tools.installed(folder), "modules": len(static), "imported": len(names), **predicted(static)}
        job = {"path": args.python, "read": [*trees, str(site)],
               "args": ["-I", "-B", "-v", "-X", "faulthandler", "-c", IMPORT, str(site), *names]}
        end, = tools.confined(args, [job])
        row |= {"verdict": "no answer", "observed": [], **observed(static, end)}
        if "loaded" in row:
            judge(row, ready(args, answers, folder))
        rows.append(row)
        tools.say(*specs, row["verdict"])
    return rows


def imports(site, static, chance):
    """What is imported: everything at the top, and some of the extension modules by name."""
    top = set()
    for entry in site.iterdir():
        if entry.is_dir() and (entry / "__init__.py").exists():
            top.add(entry.name)
        elif entry.suffix == ".py" and not entry.name.startswith("_"):
            top.add(entry.stem)
    extensions = sorted(map(truth.module, static))
    return sorted(top) + chance.sample(extensions, min(NAMES, len(extensions)))


def predicted(static):
    """The modules of an environment that turn the GIL on, and those of which nothing is said."""
    return {"predicted": sorted(p for p, f in static.items() if f["declaration"] in truth.TURNS_ON),
            "open": sorted(p for p, f in static.items() if f["declaration"] in ("undecided", "delegated"))}


def observed(static, end):
    """What the interpreter said: of its modules those that turned the GIL on."""
    said, ended = tools.answer(end)
    if said is None:
        return {"verdict": f"no answer: {ended}"}
    by_name = {}
    for path in static:
        by_name.setdefault(truth.module(path), path)
    by_name |= {name: path for path, name in said["files"].items()}
    loud = {by_name.get(name, name) for name in tools.probe_truth.VERBOSE.findall(end["stderr"])}
    return {"observed": sorted(loud), "loaded": sorted(set(said["files"]) & set(static)), "gil": said["gil"], "failed": said["failed"]}


def ready(args, cache, folder):
    """What `ftpkg ready` says of an environment: its word, the modules it names, and the
    packages that it leaves open."""
    said = tools.ask(args, cache, "ready", "--env", folder, "--python", "3.13t", "--platform", wheels.LOADED)
    application, = said["applications"]
    named = {m["path"] for f in application["findings"] if f["readiness"] == "turns-gil-on" for m in f["modules"]}
    unknown = sorted(f["package"] for f in application["findings"] if f["readiness"] == "unknown")
    return application["readiness"], named, unknown


def judge(row, ready):
    """What was predicted against what was observed, in the end by one word."""
    seen, said = set(row["observed"]), set(row["predicted"])
    row["ready"], named, row["unknown"] = ready
    row["missed"] = sorted(seen - said - set(row["open"]))
    row["unnamed"] = sorted(seen - named - set(row["open"]))  # of what ready says
    row["too many"] = sorted((said & set(row["loaded"])) - seen)
    on = bool(seen) or row["gil"]
    silent = row["ready"] not in ("turns-gil-on", "unknown") or not (said or row["open"])
    if row["missed"] or row["unnamed"] or (on and silent):
        row["verdict"] = "false off"
    else:
        row["verdict"] = "false on" if row["too many"] or (seen and not row["gil"]) else "agree"
