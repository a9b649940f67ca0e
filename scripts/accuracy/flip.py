"""Modules whose slot was changed: all readings must follow (measurement 2)."""

import base64
import csv
import hashlib
import io
import json
import os
import random
import struct
import subprocess
import zipfile

import elf
import tools
import truth
import wheels

WORDS = {0: "used", 1: "not-used"}


def flipped(data, offset):
    """The file with the other value in its slot."""
    value, = struct.unpack_from("<Q", data, offset)
    return data[:offset] + struct.pack("<Q", 1 - value) + data[offset + 8:]


def repack(wheel, out, member, data):
    """The wheel with another member, and a RECORD that says so."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == member:
                content = data
            elif info.filename.endswith(".dist-info/RECORD"):
                rows = [row for row in csv.reader(io.StringIO(content.decode())) if row]
                rows = [[member, "sha256=" + digest, len(data)] if row[0] == member else row for row in rows]
                text = io.StringIO()
                csv.writer(text, lineterminator="\n").writerows(rows)
                content = text.getvalue().encode()
            new.writestr(info, content)


def candidates(wheel):
    """The members of a wheel with one slot to flip: (member, offset, value)."""
    found = []
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith(".so") and ".libs/" not in name:
                data = archive.read(name)
                try:
                    slots = elf.gil_slots(data)
                except (ValueError, struct.error):
                    continue
                if len(slots) == 1:
                    found.append((name, *slots[0]))
    return found


def measure(args):
    """Flips one module of each project that has any, one of each value where both exist."""
    chance = random.Random(args.seed)
    rows, seen = [], set()
    for release in [*wheels.draw(args.seed, args.wheels), *truth.probe_truths()]:
        wheel = wheels.fetch(args, [release.file(wheels.LOADED)])[release.file(wheels.LOADED)]
        found = candidates(wheel)
        for value in (0, 1):
            its = [c for c in found if c[2] == value]
            if its and (release.project, value) not in seen:
                seen.add((release.project, value))
                rows.append(one(args, release, wheel, *chance.choice(its)))
                tools.say(*rows[-1].values())
    return rows


def one(args, release, wheel, member, offset, value):
    """One module flipped, and what the readings say of it and of its neighbours."""
    folder = args.cache / "flipped"
    folder.mkdir(exist_ok=True)
    new = folder / wheel.name
    with zipfile.ZipFile(wheel) as archive:
        data = flipped(archive.read(member), offset)
    repack(wheel, new, member, data)
    before = {f["path"]: f for f in tools.read(args, [wheel])}
    after = {f["path"]: f for f in tools.read(args, [new])}
    others = all(after[path]["declaration"] == f["declaration"] for path, f in before.items() if path != member)
    row = {"wheel": release.spec, "module": member, "offset": offset, "was": WORDS[value], "is": WORDS[1 - value],
           "static_before": before[member]["declaration"], "static": after[member]["declaration"], "others": others,
           "inspect": inspected(args, new, member), "probe": probed(args, new, release, member)}
    row["follows"] = others and row["static_before"] == row["was"] and row["is"] == row["static"] == row["probe"] == row["inspect"]
    new.unlink()
    return row


def ask(args, *words):
    done = subprocess.run([args.ftpkg, *words, "--format", "json"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=tools.clean())
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise RuntimeError(f"ftpkg {' '.join(map(str, words))}: {done.stderr[-500:]}") from None


def inspected(args, wheel, member):
    """What `ftpkg inspect` says."""
    said = ask(args, "inspect", wheel)
    return next(m["declaration"] for w in said["wheels"] for m in w["modules"] if m["path"] == member)


def probed(args, wheel, release, member):
    """What `ftpkg probe` says, which loads the module."""
    said = ask(args, "probe", "--python", args.python, "--lane", "create", "--wheel", wheel)
    modules = [m for r in said["results"] for m in r.get("modules") or [] if wheels.normalized(m["distribution"]) == release.project]
    return next((m["declaration"] for m in modules if m["file"] == member), f"missing of {len(modules)}")
