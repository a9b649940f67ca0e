"""Records what uv answers to random universes with conflicts.

    python3 record.py > universes.txt

Needs Python 3.12 and uv on the path, and no network: every universe is a
directory of empty wheels. The universes are those of a few thousand seeds in
whose solution this package met at least six conflicts. Each is written in the
form that universe_test.go reads, with uv's answer after "=".
"""

import random
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

# Seeds of universes without extras, then of universes with extras.
PLAIN = """
30 38 70 95 161 250 271 273 291 331 375 386 405 423 439 444 498 509 610 672
686 694 708 731 837 874 881 891 961 963 986 1014 1044 1094 1143 1176 54 131
517 519 584 782 828 833 892 925 975
"""
EXTRAS = """
8 13 17 19 21 26 33 38 43 46 58 65 70 75 77 84 88 91 92 103 107 111 115 128
130 131 142 144 145 149 9 11 51 67 126 141 157 180
"""


def clause(r, n):
    j, k = sorted((r.randint(1, n), r.randint(1, n)))
    one = r.randint(1, n)
    c = r.random()
    if c < 0.15:
        return ""
    if c < 0.35:
        return f">={one}"
    if c < 0.55:
        return f"<={one}"
    if c < 0.65:
        return f"=={one}"
    if c < 0.9:
        return f">={j},<={k}" if j < k else f"=={j}"
    return f"!={one}" if n > 1 else ""


def universe(seed, extras):
    """Returns the root's requirements and, by package and version, those of the
    version and of its extra x."""
    r = random.Random(seed)
    names = ["p" + chr(ord("a") + i) for i in range(r.randint(6, 16))]
    most = r.randint(4, 12)
    count = {p: r.randint(1, most) for p in names}
    density = r.choice([0.7, 1.0, 1.3, 1.6, 2])

    def requires(k, of):
        list = []
        for p in r.sample(names, min(k, len(names))):
            if p == of:
                continue
            extra = "[x]" if extras and r.random() < 0.3 else ""
            list.append(f"{p}{extra} {clause(r, count[p])}".strip())
        return list

    root = requires(r.randint(2, 5), None)
    versions = {}
    for p in names:
        for v in range(count[p], 0, -1):
            k = 0
            while k < 5 and r.random() < density / (density + 1):
                k += 1
            own = requires(k, p)
            versions[p, v] = own, requires(r.randint(0, 2), p) if extras else []
    return root, versions


def write_wheel(folder, name, version, own, extra):
    metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    metadata += [f"Requires-Dist: {r}" for r in own]
    if extra:
        metadata += ["Provides-Extra: x"]
        metadata += [f"Requires-Dist: {r} ; extra == 'x'" for r in extra]
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as z:
        z.writestr(f"{info}/METADATA", "\n".join(metadata) + "\n")
        z.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        z.writestr(f"{info}/RECORD", "")


def ask(root, versions):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        wheels = folder / "wheels"
        wheels.mkdir()
        for (p, v), (own, extra) in versions.items():
            write_wheel(wheels, p, v, own, extra)
        (folder / "requirements.in").write_text("\n".join(root) + "\n")
        done = subprocess.run(
            ["uv", "pip", "compile", "requirements.in", "--no-index", "--find-links", "wheels",
             "--offline", "--no-header", "--no-annotate", "--cache-dir", "cache", "-q",
             "--python", sys.executable],
            cwd=folder, capture_output=True, text=True)
    if done.returncode == 0:
        return ", ".join(line.replace("==", " ") for line in done.stdout.split())
    if "No solution found" in done.stderr:
        return "none"
    raise SystemExit(done.stderr)


def main():
    uv = subprocess.run(["uv", "--version"], capture_output=True, text=True).stdout.split()[1]
    print(f"# Recorded by record.py with uv {uv}.")
    for seeds, extras in ((PLAIN, False), (EXTRAS, True)):
        for seed in seeds.split():
            root, versions = universe(int(seed), extras)
            print("\nroot -> " + ", ".join(root))
            for (p, v), (own, extra) in versions.items():
                print(f"{p} {v}" + (" -> " + ", ".join(own) if own else ""))
                if extra:
                    print(f"{p}[x] {v} -> " + ", ".join(extra))
            print("= " + ask(root, versions))


if __name__ == "__main__":
    main()
