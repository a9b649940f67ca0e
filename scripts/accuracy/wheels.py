"""Which wheels are measured: drawn by a seed from wheels.txt, and fetched once."""

import collections
import dataclasses
import datetime
import json
import pathlib
import random
import re
import subprocess

HERE = pathlib.Path(__file__).absolute().parent

# Projects that had wheels for free-threaded builds when wheels.txt was made, or are
# known for not having them.
PROJECTS = [
    "aiohttp", "bcrypt", "bitarray", "blosc2", "bottleneck", "cffi", "charset-normalizer", "contourpy", "coverage",
    "cryptography", "cython", "frozenlist", "google-crc32c", "greenlet", "h5py", "jiter", "kiwisolver", "lief",
    "lxml", "manifold3d", "markupsafe", "matplotlib", "ml-dtypes", "msgpack", "multidict", "nanobind", "numexpr",
    "numpy", "optree", "orjson", "pandas", "pillow", "propcache", "psutil", "pydantic-core", "pymongo",
    "pywavelets", "pyyaml", "rapidfuzz", "regex", "rpds-py", "safetensors", "scikit-image", "scikit-learn", "scipy",
    "setproctitle", "shapely", "simplejson", "tokenizers", "ujson", "usd-core", "watchfiles", "wrapt", "xxhash",
    "yarl", "zstandard",
]

# The systems that are compared, by what their wheels' platform tags match. The
# first is the one whose modules are loaded.
PLATFORMS = {
    "linux-x86_64": r"manylinux.*_x86_64",
    "linux-aarch64": r"manylinux.*_aarch64",
    "macos-arm64": r"macosx.*_(arm64|universal2)",
    "macos-x86_64": r"macosx.*_(x86_64|universal2)",
    "windows-x86_64": r"win_amd64",
}
LOADED = "linux-x86_64"

ABIS = ("cp313t", "cp313", "none", "cp314t", "cp315t", "abi3t")

# How many releases of a project for 3.13t the list has: the newest.
RELEASES = 8


@dataclasses.dataclass(frozen=True)
class Release:
    """The wheels of one version of a project for one ABI."""

    abi: str
    project: str
    version: str
    files: tuple  # of (platform, file name)

    def file(self, platform):
        return dict(self.files).get(platform)

    @property
    def spec(self):
        return f"{self.project}=={self.version}"


def order(version):
    """Enough of an order for versions that are no pre-releases."""
    return [int(n) for n in re.findall(r"\d+", version)]


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def platforms(filename):
    """The compared systems that a wheel is for."""
    tag = filename.removesuffix(".whl").rsplit("-", 1)[1]
    return [name for name, pattern in PLATFORMS.items() if any(re.fullmatch(pattern, t) for t in tag.split("."))]


def refresh(args):
    """Asks the index for every project, and writes wheels.txt."""
    done = subprocess.run([args.python, HERE / "index.py", "list", *PROJECTS], stdout=subprocess.PIPE, text=True, check=True)
    found = collections.defaultdict(dict)
    for line in done.stdout.splitlines():
        filename = json.loads(line)
        name, version, *_, python, abis, _ = filename.removesuffix(".whl").split("-")
        for abi in set(abis.split(".")) & set(ABIS):
            for platform in platforms(filename) if abi != "none" or python == "cp313" else ():
                files = found[abi, normalized(name), version]
                files[platform] = max(files.get(platform, ""), filename)
    lines = [f"# Of the index on {datetime.date.today().isoformat()}; by scripts/accuracy refresh.\n"]
    for abi, name, version in sorted(found, key=lambda k: (ABIS.index(k[0]), k[1], order(k[2]))):
        files = found[abi, name, version]
        newest = sorted((order(v) for a, n, v in found if (a, n) == (abi, name)), reverse=True)
        if abi == "cp313":  # what the releases for 3.13t have beside them
            if ("cp313t", name, version) in found:
                lines += [f"{abi} {files[LOADED]}\n"] if LOADED in files else []
        elif abi == "none":
            lines += [f"{abi} {files[LOADED]}\n"] if LOADED in files and order(version) == newest[0] else []
        elif order(version) in newest[:RELEASES if abi == "cp313t" else 1]:
            lines += [f"{abi} {f}\n" for f in dict.fromkeys(f for _, f in sorted(files.items()))]
    (HERE / "wheels.txt").write_text("".join(lines))


def releases(abi):
    """What wheels.txt has for an ABI, in its order."""
    found = {}
    for line in (HERE / "wheels.txt").read_text().splitlines():
        its, filename = line.split(maxsplit=1)
        if its == abi:
            name, version = filename.split("-")[:2]
            files = found.setdefault((normalized(name), version), {})
            for platform in platforms(filename):
                files[platform] = filename
    return [Release(abi, project, version, tuple(files.items())) for (project, version), files in found.items()]


def gil_twin(release):
    """The file name of the same release's wheel for the build with the GIL; None if there is none."""
    return next((r.file(LOADED) for r in releases("cp313") if r.spec == release.spec), None)


def draw(seed, count, without=()):
    """One release of every project that has wheels for 3.13t, and others until there
    are count, none of those without: the same for the same seed and list."""
    chance = random.Random(seed)
    by_project = collections.defaultdict(list)
    for release in releases("cp313t"):
        if release.file(LOADED) and release not in without:
            by_project[release.project].append(release)
    drawn, rest = [], []
    for _, found in sorted(by_project.items()):
        chance.shuffle(found)
        drawn.append(found[0])
        rest += found[1:]
    chance.shuffle(rest)
    return sorted(drawn + rest[:max(0, count - len(drawn))], key=lambda r: (r.project, order(r.version)))


def fetch(args, filenames):
    """The wheels of these names as files, by name, from the cache or the index."""
    folder = args.cache / "wheels"
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / name for name in filenames}
    missing = [name for name, path in paths.items() if not path.exists()]
    if missing:
        subprocess.run([args.python, HERE / "index.py", "fetch", folder], input=json.dumps(missing), text=True, check=True,
                       stdout=subprocess.DEVNULL)
    return paths
