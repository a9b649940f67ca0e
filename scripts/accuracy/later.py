"""Wheels for 3.14t and 3.15t: what the static reading leaves open (measurement 5)."""

import collections

import tools
import wheels


def measure(args):
    """The newest release of every project of the list, for each later ABI and every system."""
    result = {}
    for abi in ("cp314t", "cp315t", "abi3t"):
        releases = wheels.releases(abi)
        paths = wheels.fetch(args, [filename for release in releases for _, filename in release.files])
        spec = {str(paths[filename]): (release.spec, platform) for release in releases for platform, filename in release.files}
        counts, odd = collections.Counter(), []
        for file in tools.read(args, paths.values()):
            says = file.get("declaration", "error")
            if not file.get("module"):
                counts["not-a-module" if "error" not in file else "error"] += 1
                continue
            counts[says] += 1
            if says in ("undecided", "delegated"):
                odd.append([*spec[file["from"]], file["path"], says, file.get("reason") or file.get("delegate", "")])
        result[abi] = {"releases": sorted({r.spec for r in releases}), "wheels": len(paths), "counts": counts, "odd": odd}
    return result
