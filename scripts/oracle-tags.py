#!/usr/bin/env python3
"""Ask packaging 26.3, the oracle, for ordered tag lists and the parts of wheel names.

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install packaging==26.3
    /tmp/oracle/bin/python scripts/oracle-tags.py            # check what is committed
    /tmp/oracle/bin/python scripts/oracle-tags.py --write    # write it anew
    /tmp/oracle/bin/python scripts/oracle-tags.py --fresh 300 --seed 7 > /tmp/fresh.json
    FTPKG_TAG_DIGESTS=/tmp/fresh.json go test ./wheeltags
    /tmp/oracle/bin/python scripts/oracle-tags.py --names 20000 --seed 7 > /tmp/names.json
    FTPKG_WHEEL_NAMES=/tmp/names.json go test ./wheeltags

wheeltags/testdata has 198 lists in full (tag_order_packaging_26_3.json.gz) and
digests of more (digests.json): the SHA-256 of the tags, each with a newline
after it. Nothing here depends on the machine it runs on: what packaging would
ask the system is answered for it.

wheel_filenames_random.json has names of wheels, right and wrong ones, and what
packaging makes of them.

With --uv FILE, the digests of uv's lists are taken from the snapshots in its
crates/uv-platform-tags/src/tags.rs.
"""

import argparse
import gzip
import hashlib
import json
import random
import re
import sys
import sysconfig
from pathlib import Path

import packaging
from packaging import _manylinux, _musllinux, tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

PACKAGING = "26.3"
TESTDATA = Path(__file__).resolve().parent.parent / "wheeltags" / "testdata"
LISTS = TESTDATA / "tag_order_packaging_26_3.json.gz"
DIGESTS = TESTDATA / "digests.json"
NAMES = TESTDATA / "wheel_filenames_random.json"

VERSIONS = ["cp312", "cp313", "cp313t", "cp314", "cp314t", "cp315", "cp315t", "cp316", "cp316t"]
PLATFORMS = (
    [f"linux_{a}_{libc}" for a in ("x86_64", "aarch64") for libc in ("glibc2_17", "glibc2_28", "glibc2_36", "musl1_2")]
    + [f"macos_x86_64_{v}" for v in ("10_15", "11_0", "13_0", "15_0", "26_0")]
    + [f"macos_arm64_{v}" for v in ("11_0", "13_0", "15_0", "26_0")]
    + ["windows_amd64", "windows_arm64", "windows_x86", "android_24_arm64_v8a", "ios_13_0_arm64_iphoneos"]
)

# Targets that digests.json has beyond these: a Python and a platform tag.
MORE = [
    "3.8 win_amd64", "3.9 macosx_10_9_x86_64", "3.10 manylinux_2_5_i686", "3.11 manylinux_2_31_armv7l",
    "3.14t manylinux_2_28_i686", "3.14t manylinux_2_28_ppc64le", "3.14 manylinux_2_28_ppc64", "3.14t manylinux_2_28_s390x",
    "3.14t manylinux_2_31_armv7l", "3.14t manylinux_2_39_riscv64", "3.14t manylinux_2_36_loongarch64",
    "3.14t manylinux_2_12_x86_64", "3.14t manylinux_2_99_x86_64", "3.14t musllinux_1_0_riscv64", "3.14t musllinux_1_5_armv7l",
    "3.14td manylinux_2_28_x86_64", "3.14d macosx_14_0_arm64", "3.15td win_arm64", "3.13td musllinux_1_2_x86_64",
    "3.14t macosx_10_4_x86_64", "3.14t macosx_10_16_x86_64", "3.15t macosx_99_0_arm64",
    "3.14t android_16_x86", "3.15t android_36_x86_64", "3.14 android_21_armeabi_v7a",
    "3.14t ios_12_0_arm64_iphoneos", "3.14t ios_17_12_arm64_iphonesimulator", "3.15 ios_26_1_x86_64_iphonesimulator",
    "3.99t win32",
]

LINUX = {"glibc": ["x86_64", "i686", "aarch64", "armv7l", "ppc64le", "ppc64", "s390x", "riscv64", "loongarch64"]}
LINUX["musl"] = LINUX["glibc"]


def linux(arch, glibc=None, musl=None):
    """The platform tags of a Linux machine, asked of packaging with its probes answered."""
    saved = (sysconfig.get_platform, _manylinux._have_compatible_abi, _manylinux._get_glibc_version,
             _manylinux._get_manylinux_module, _musllinux._get_musl_version)
    try:
        sysconfig.get_platform = lambda: f"linux-{arch}"
        _manylinux._have_compatible_abi = lambda *_: glibc is not None
        _manylinux._get_glibc_version = lambda: glibc
        _manylinux._get_manylinux_module = lambda: None
        _musllinux._get_musl_version = lambda *_: musl and _musllinux._MuslVersion(*musl)
        return list(tags._linux_platforms(is_32bit=False))
    finally:
        (sysconfig.get_platform, _manylinux._have_compatible_abi, _manylinux._get_glibc_version,
         _manylinux._get_manylinux_module, _musllinux._get_musl_version) = saved


def platforms(tag):
    """The ordered platform tags of the machine that a platform tag is the floor of."""
    if m := re.fullmatch(r"manylinux_2_(\d+)_(\w+)", tag):
        return linux(m[2], glibc=(2, int(m[1])))
    if m := re.fullmatch(r"musllinux_1_(\d+)_(\w+)", tag):
        return linux(m[2], musl=(1, int(m[1])))
    if m := re.fullmatch(r"macosx_(\d+)_(\d+)_(\w+)", tag):
        return list(tags.mac_platforms((int(m[1]), int(m[2])), m[3]))
    if m := re.fullmatch(r"ios_(\d+)_(\d+)_(\w+)", tag):
        return list(tags.ios_platforms((int(m[1]), int(m[2])), m[3]))
    if m := re.fullmatch(r"android_(\d+)_(\w+)", tag):
        return list(tags.android_platforms(int(m[1]), m[2]))
    if tag in ("win_amd64", "win_arm64", "win32"):
        return [tag]
    raise ValueError(tag)


def floor_tag(name):
    """The floor's platform tag of a platform as the recorded lists name it."""
    if m := re.fullmatch(r"linux_(\w+)_(glibc|musl)(\d+_\d+)", name):
        return {"glibc": "manylinux", "musl": "musllinux"}[m[2]] + f"_{m[3]}_{m[1]}"
    if m := re.fullmatch(r"macos_(x86_64|arm64)_(\d+_\d+)", name):
        return f"macosx_{m[2]}_{m[1]}"
    return {"windows_amd64": "win_amd64", "windows_arm64": "win_arm64", "windows_x86": "win32"}.get(name, name)


def tag_list(python, platform_tag):
    """All tags of a Python, such as 3.14t, on a platform."""
    m = re.fullmatch(r"3\.?(\d+)(t?)(d?)", python)
    version = (3, int(m[1]))
    plain = f"cp3{m[1]}{m[2]}"
    abis = [plain + "d", plain] if m[3] else [plain]
    where = platforms(platform_tag)
    found = list(tags.cpython_tags(version, abis=abis, platforms=where))
    found += tags.compatible_tags(version, interpreter=f"cp3{m[1]}", platforms=where)
    return [str(t) for t in found]


def digest(lines):
    text = "".join(line + "\n" for line in lines)
    return {"count": len(lines), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def lists():
    return {
        f"{abi}-{name}": tag_list(abi.removeprefix("cp"), floor_tag(name))
        for name in PLATFORMS for abi in VERSIONS
    }


def fresh(count, seed):
    """Digests of random targets."""
    rng = random.Random(seed)
    out = {}
    while len(out) < count:
        minor = rng.randint(8, 20)
        python = f"3.{minor}" + (rng.choice(["", "t"]) if minor >= 13 else "") + rng.choice(["", "", "d"])
        family = rng.choice(["manylinux", "musllinux", "macosx", "ios", "android", "win"])
        if family == "manylinux":
            arch = rng.choice(LINUX["glibc"])
            tag = f"manylinux_2_{rng.randint(5 if arch in ('x86_64', 'i686') else 17, 60)}_{arch}"
        elif family == "musllinux":
            tag = f"musllinux_1_{rng.randint(0, 9)}_{rng.choice(LINUX['musl'])}"
        elif family == "macosx":
            arch = rng.choice(["x86_64", "arm64"])
            old = arch == "x86_64" and rng.random() < 0.4
            tag = f"macosx_10_{rng.randint(4, 16)}_{arch}" if old else f"macosx_{rng.randint(11, 40)}_0_{arch}"
        elif family == "ios":
            multiarch = rng.choice(["arm64_iphoneos", "arm64_iphonesimulator", "x86_64_iphonesimulator"])
            tag = f"ios_{rng.randint(12, 30)}_{rng.randint(0, 12)}_{multiarch}"
        elif family == "android":
            tag = f"android_{rng.randint(16, 40)}_{rng.choice(['arm64_v8a', 'x86_64', 'x86', 'armeabi_v7a'])}"
        else:
            tag = rng.choice(["win_amd64", "win_arm64", "win32"])
        out[f"{python} {tag}"] = digest(tag_list(python, tag))
    return out


PIECES = [
    ["foo", "Foo_Bar", "zope.interface", "a", "_x", "x_", "a._b", "A__b", "9", "f\u00f6o", "\u00c9T\u00c9", "na me", "", "a+b", "\u00b2", "\u0663", "\u0345"],
    ["1.0", "2", "1.0.0", "1!2.0", "1.0a1", "1.0RC1", "1.0.post1", "1.0_1", "1.0+cu129", "1.0+a.b_c", "1.0%2Bx", "v1.0", "01.0",
     "1.0.dev3", "1.0-1", "x", "", " 1.0", "1.0.post1.dev2+l", "1.0.0.0.0.1", "\u0661.0"],
    [None] * 8 + ["1", "0", "00", "007", "12abc", "1.2", "2_3", "1a", "a1", "", "20260101123456", "1 2", "3\u00e9", "cp314", "4+5"],
    ["py3", "py2.py3", "cp314", "cp313.cp314", "CP314", "cp315t", "pp311", "py30", "3py", "py3..py2", "", "cp39", "graalpy312", ".py3", "_", "cp3_14"],
    ["none", "cp314", "cp314t", "abi3", "abi3t", "abi3.abi3t", "cp313.cp313t", "pypy311_pp73", "NONE", "", "none.", "cp314td"],
    ["any", "win_amd64", "manylinux_2_17_x86_64.manylinux2014_x86_64", "macosx_11_0_arm64", "linux_x86_64", "Win32", "", "a..b", "musllinux_1_2_aarch64"],
]


def names(count, seed):
    """Names of wheels with what packaging makes of them, as in wheel_filenames.json."""
    rng = random.Random(seed)
    out = {}
    while len(out) < count:
        parts = [rng.choice(p[: len(p) if rng.random() < 0.3 else max(1, len(p) // 2)]) for p in PIECES]
        name = "-".join(p for p in parts if p is not None)
        if rng.random() < 0.1:
            i = rng.randrange(len(name) + 1)
            name = name[:i] + rng.choice("-._+!% aZ0\u00e9") + name[i + rng.randrange(2):]
        name += rng.choice([".whl"] * 30 + ["", ".WHL", ".zip", ".whl.whl"])
        try:
            project, version, build, found = parse_wheel_filename(name)
        except InvalidWheelFilename as e:
            out[name] = [name, None, str(e)]
        else:
            out[name] = [name, project, str(version), list(build), sorted(map(str, found))]
    return list(out.values())


def snapshots(source, test):
    """The lists in the snapshots of one test of uv."""
    body = re.search(rf"fn {test}\(.*?(?=\n    fn |\Z)", source, re.S)[0]
    for m in re.finditer(r'@(?:r#*)?"\n(.*?)\n\s*"#*[,\n]', body, re.S):
        lines = [line.strip().strip(',"') for line in m[1].splitlines()]
        yield [line for line in lines if line and line not in "[]"]


def uv(path):
    source = Path(path).read_text()
    full = {
        "3.9 manylinux_2_28_x86_64": next(snapshots(source, "test_system_tags_manylinux")),
        "3.9 macosx_14_0_arm64": next(snapshots(source, "test_system_tags_macos")),
    }
    where = list(snapshots(source, "test_platform_tags_macos"))
    where += snapshots(source, "test_platform_tags_musllinux")
    where += [s for s in snapshots(source, "test_platform_tags_android") if s]
    where += [s for s in snapshots(source, "test_platform_tags_ios") if s]
    plain = {w[-1] if w[0].startswith("linux_") else w[0]: w for w in where}
    only = {"3.15t linux_x86_64": next(snapshots(source, "test_system_tags_freethreaded_include_abi3t"))}
    return {
        "uv": {k: digest(v) for k, v in full.items()},
        "uv platforms": {k: digest(v) for k, v in plain.items()},
        "uv one platform": {k: digest(v) for k, v in only.items()},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the files instead of checking them")
    parser.add_argument("--fresh", type=int, metavar="N", help="print digests of N random targets")
    parser.add_argument("--names", type=int, metavar="N", help="print N random names of wheels with their parts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--uv", metavar="FILE", help="uv's tags.rs, to take its lists from as well")
    args = parser.parse_args()
    if packaging.__version__ != PACKAGING:
        sys.exit(f"packaging {packaging.__version__} found, want {PACKAGING}")
    if args.fresh:
        json.dump({"packaging": fresh(args.fresh, args.seed)}, sys.stdout, indent=1, sort_keys=True)
        return
    if args.names:
        json.dump(names(args.names, args.seed), sys.stdout)
        return
    want = {"packaging": PACKAGING, "targets": lists()}
    digests = json.loads(DIGESTS.read_text()) if DIGESTS.exists() else {}
    new = dict(digests)
    new["packaging"] = {t: digest(tag_list(*t.split(" "))) for t in MORE}
    if args.uv:
        new.update(uv(args.uv))
    if args.write:
        with open(LISTS, "wb") as f, gzip.GzipFile("", "wb", 9, f, mtime=0) as z:
            z.write(json.dumps(want).encode())
        DIGESTS.write_text(json.dumps(new, indent=1, sort_keys=True) + "\n")
        NAMES.write_text("[\n" + ",\n".join(json.dumps(n) for n in names(1000, 1)) + "\n]\n")
        return
    with gzip.open(LISTS) as z:
        have = json.load(z)
    wrong = [k for k in want["targets"] if have["targets"].get(k) != want["targets"][k]]
    wrong += [k for k in have["targets"] if k not in want["targets"]]
    wrong += [f"digests of {k}" for k in new if new[k] != digests.get(k)]
    if json.loads(NAMES.read_text()) != names(1000, 1):
        wrong.append("names of wheels")
    if wrong:
        sys.exit("not what packaging says: " + ", ".join(wrong))
    print(f"{len(want['targets'])} lists and {sum(map(len, new.values()))} digests agree with packaging {PACKAGING}")


if __name__ == "__main__":
    main()
