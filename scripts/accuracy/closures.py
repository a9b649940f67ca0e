"""Which modules of a set of packages turn the GIL on: prediction against -v (measurement 4)."""

import json
import pathlib
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
    rows, jobs = [], []
    for specs in draw(args):
        folder = args.cache / "closures" / "+".join(s.replace("==", "-") for s in specs)
        try:
            python = tools.environment(args, folder, specs)
        except RuntimeError as e:
            rows.append({"set": specs, "impossible": str(e).splitlines()[-1][:300]})
            continue
        site = tools.site(pathlib.Path(python).parent.parent)
        static = {f["path"]: f for f in tools.read(args, [site], "3.13t", tools.suffixes(python))}
        names = imports(site, static, chance)
        row = {"set": specs, "modules": sum(f.get("module", False) for f in static.values()), "static": static, "names": names}
        rows.append(row)
        jobs.append((row, {"path": args.python, "read": [*trees, str(site)],
                           "args": ["-I", "-B", "-v", "-X", "faulthandler", "-c", IMPORT, str(site), *names]}))
    for (row, _), end in zip(jobs, tools.confined(args, [job for _, job in jobs]), strict=True):
        judge(row, end)
        tools.say(*row["set"], row["verdict"])
    return rows


def imports(site, static, chance):
    """What is imported: everything at the top, and some of the extension modules by name."""
    top = set()
    for entry in site.iterdir():
        if entry.is_dir() and (entry / "__init__.py").exists():
            top.add(entry.name)
        elif entry.suffix == ".py" and not entry.name.startswith("_"):
            top.add(entry.stem)
    extensions = sorted(truth.module(path) for path, f in static.items() if f.get("module"))
    return sorted(top) + chance.sample(extensions, min(NAMES, len(extensions)))


def judge(row, end):
    """What was predicted against what the interpreter said."""
    static = row.pop("static")
    named = row.pop("names")
    row["imported"] = len(named)
    row["predicted"] = sorted(p for p, f in static.items() if f["declaration"] in truth.TURNS_ON)
    row["open"] = sorted(p for p, f in static.items() if f["declaration"] in ("undecided", "delegated"))
    try:
        said = json.loads(end["stdout"])
    except ValueError:
        row["verdict"] = f"no answer: {end.get('signal') or end.get('killed') or end['code']}"
        return
    loud = set(tools.probe_truth.VERBOSE.findall(end["stderr"]))
    by_name = {}
    for path in static:
        by_name.setdefault(truth.module(path), path)
    by_name |= {name: path for path, name in said["files"].items()}
    observed = {by_name.get(name, name) for name in loud}
    loaded = set(said["files"])
    row["failed"] = said["failed"]
    row["gil"] = said["gil"]
    row["loaded"] = sum(p in loaded for p in static)
    row["observed"] = sorted(observed)
    row["missed"] = sorted(observed - set(row["predicted"]) - set(row["open"]))  # a false "off"
    row["too many"] = sorted((set(row["predicted"]) & loaded) - observed)  # a false "on"
    row["verdict"] = "false off" if row["missed"] or said["gil"] and not row["predicted"] and not row["open"] else \
        "false on" if row["too many"] else "agree"
