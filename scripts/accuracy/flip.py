"""Modules whose declaration was changed: all readings must follow (measurement 2)."""

import base64
import csv
import hashlib
import io
import random
import struct
import tempfile
import zipfile

import elf
import tools
import truth
import wheels

WORDS = {0: "used", 1: "not-used"}


def flipped(data, offset):
    """The file with the other value, of which the lowest byte stands first."""
    return data[:offset] + bytes([1 - data[offset]]) + data[offset + 1:]


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
    """The members of a wheel with one declaration to flip: (member, what, offset, value)."""
    found = []
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if not name.endswith(".so") or ".libs/" in name:
                continue
            data = archive.read(name)
            try:
                slots, calls = elf.gil_slots(data), elf.gil_calls(data)
            except (ValueError, struct.error):
                continue
            if len(slots) == 1 or (not slots and calls):
                found.append((name, "slot" if slots else "call", *(slots or calls)[0]))
    return found


def measure(args):
    """Flips one module of each project that has any, one of each value and kind where they exist."""
    chance = random.Random(args.seed)
    rows, seen = [], set()
    for release in [*wheels.draw(args.seed, args.wheels), *truth.probe_truths()]:
        wheel = wheels.fetch(args, [release.file(wheels.LOADED)])[release.file(wheels.LOADED)]
        found = candidates(wheel)
        for what, value in (("slot", 0), ("slot", 1), ("call", 1)):
            its = [c for c in found if (c[1], c[3]) == (what, value)]
            if its and (release.project, what, value) not in seen:
                seen.add((release.project, what, value))
                rows.append(one(args, release, wheel, *chance.choice(its)))
                tools.say(release.spec, rows[-1]["module"], what, rows[-1]["was"], "follows" if rows[-1]["follows"] else "DOES NOT FOLLOW")
    return rows


def one(args, release, wheel, member, what, offset, value):
    """One module flipped, and what the readings say of it and of its neighbours."""
    folder = args.cache / "flipped"
    folder.mkdir(exist_ok=True)
    new = folder / wheel.name
    with zipfile.ZipFile(wheel) as archive:
        data = flipped(archive.read(member), offset)
    repack(wheel, new, member, data)
    before, after = says(tools.read(args, [wheel])), says(tools.read(args, [new]))
    inspected, loaded = inspect(args, new), probe(args, new, release)
    row = {"wheel": release.spec, "module": member, "what": what, "offset": offset, "was": WORDS[value], "is": WORDS[1 - value],
           "static_before": before[member], "static": after[member], "inspect": inspected.get(member, "missing"),
           "probe": loaded.get(member, "missing"), "others": len(before) - 1, "loaded": len(loaded),
           "moved": sorted(path for path in before if path != member and not before[path] == after[path] == inspected.get(path)),
           "apart": sorted(path for path in loaded if path != member and contradict(loaded[path], after[path]))}
    row["follows"] = row["static_before"] == row["was"] and row["is"] == row["static"] == row["probe"] == row["inspect"] \
        and not row["moved"] and not row["apart"]
    new.unlink()
    return row


def contradict(loaded, static):
    """Whether what a module did is not what was read, of those of which something was."""
    known = {"used": "used", "silent": "used", "not-used": "not-used"}
    return loaded in known and static in known and loaded != known[static]


def says(files):
    return {f["path"]: f["declaration"] for f in files if f.get("module")}


def inspect(args, wheel):
    """What `ftpkg inspect` says of a wheel's modules. It must not remember anything."""
    with tempfile.TemporaryDirectory(dir=args.cache) as cache:
        said = tools.ask(args, cache, "inspect", wheel)
    return {m["path"]: m["declaration"] for w in said["wheels"] for m in w["modules"]}


def probe(args, wheel, release):
    """What `ftpkg probe` says of them, which creates each in the sandbox."""
    said = tools.ask(args, args.cache / "ftpkg", "probe", "--python", args.python, "--lane", "create", "--wheel", wheel)
    modules = [m for r in said["results"] for m in r.get("modules") or [] if wheels.normalized(m["distribution"]) == release.project]
    return {m["file"]: m["declaration"] for m in modules}
