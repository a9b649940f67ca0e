"""Which files an interpreter can load: prediction against the sandbox (measurement 3)."""

import collections
import pathlib
import shutil
import zipfile

import tools
import truth
import wheels

# What other packages' modules import as they are created, and can be had.
HELPER = "numpy==2.3.5"

CREATE = r"""
import _imp, json, os, sys
from importlib.machinery import ExtensionFileLoader, ModuleSpec
path, name, *sites = sys.argv[1:]
sys.path[:0] = sites
out = os.dup(1)
os.dup2(2, 1)
try:
    module = _imp.create_dynamic(ModuleSpec(name, ExtensionFileLoader(name, path), origin=path))
    what = {"made": type(module).__name__}
except BaseException as e:
    what = {"error": f"{type(e).__name__}: {e}"[:300]}
os.write(out, json.dumps(what).encode())
os._exit(0)
"""


def measure(args):
    """Wheels of the drawn projects for both builds of 3.13, each file under each build's name."""
    result = {"free-threaded": one(args, args.python, "cp313t")}
    if args.gil_python:
        result["gil"] = one(args, args.gil_python, "cp313")
    return result


def one(args, python, abi):
    """What is predicted for an interpreter, and what happened."""
    sources = []
    drawn = wheels.draw(args.seed, args.wheels)
    for release in drawn:
        sources.append((release.spec, "cp313t", release.file(wheels.LOADED)))
    newest = {release.project: release for release in drawn}
    twins = {release.project: twin for release in newest.values() if (twin := wheels.gil_twin(release))}
    for project, filename in twins.items():
        sources.append((newest[project].spec, "cp313", filename))
    for release in wheels.releases("none"):
        sources.append((release.spec, "none", release.file(wheels.LOADED)))
    paths = wheels.fetch(args, [filename for *_, filename in sources])
    suffixes = tools.suffixes(python)
    trees = tools.prefixes(python)
    helpers = tools.environment(args, args.home / "envs" / f"helpers-{abi}", [HELPER], python)
    helper_site = str(tools.site(pathlib.Path(helpers).parent.parent))
    files, jobs = [], []
    for spec, its, filename in sources:
        folder = renamed(args, paths[filename], its, abi, suffixes)
        for file in tools.read(args, [folder], f"3.13{abi.removeprefix('cp313')}", suffixes):
            if ".libs/" in file["path"] or "error" in file or file["fit"] == "ignored":
                continue  # no module, or never looked at
            files.append({"spec": spec, "for": its, **file})
            jobs.append({"path": python, "read": [*trees, str(folder), helper_site],
                         "args": ["-I", "-B", "-X", "faulthandler", "-c", CREATE, str(folder / file["path"]),
                                  truth.module(file["path"]), str(folder), helper_site]})
    counts, odd, ends = collections.Counter(), [], collections.Counter()
    for file, end in zip(files, tools.confined(args, jobs), strict=True):
        happened, how = outcome(end)
        counts[file["for"], file["fit"], happened] += 1
        ends[file["for"], how.split(":")[0]] += 1
        if (file["fit"], happened) not in (("loads", "loads"), ("wrong-abi", "fails")):
            kind = "nothing predicted" if file["fit"] == "unknown" else "own error" if happened == "fails" and raised(how) else "WRONG"
            odd.append([file["spec"], file["for"], file["path"], kind, f"predicted {file['fit']}", file.get("fit_reason", ""), how])
    return {"files": len(files), "wheels": len(sources), "counts": counts, "ends": ends, "odd": odd}


def outcome(end):
    """Whether a module was created, and how it ended if not."""
    said, ended = tools.answer(end)
    if said is None:
        return "fails", ended
    return ("loads", "created") if "made" in said else ("fails", said["error"])


def raised(how):
    """Whether a module's own code raised this: the interpreter and the dynamic linker
    refuse a file of another ABI with one of two."""
    return ":" in how and not how.startswith(("ImportError:", "SystemError:"))


def renamed(args, wheel, its, abi, suffixes):
    """A wheel's files unpacked, its modules named as the interpreter's are."""
    folder = args.home / "loads" / abi / wheel.name.removesuffix(".whl")
    if folder.exists():
        return folder
    partial = folder.with_name(folder.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(partial)
    own = its.replace("cp", ".cpython-") + "-"
    for path in sorted(partial.rglob(f"*{own}*.so")) if its not in (abi, "none") else ():
        path.rename(path.with_name(truth.SUFFIX.sub("", path.name) + suffixes[0]))
    partial.rename(folder)
    return folder
