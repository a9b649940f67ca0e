"""Write which releases of CPython the action setup-python serves.

    python3 scripts/matrix-tables/setup-python.py versions-manifest.json DATE > matrix/tables/setup-python.json

versions-manifest.json is the file of that name in the repository
actions/python-versions, which the action reads; DATE is the day it is from.
"""

import json
import re
import sys

OLDEST = (3, 9)


def order(version):
    """Sort 3.15.0-rc.1 before 3.15.0 and after 3.15.0-beta.4."""
    numbers, _, pre = version.partition("-")
    stage, _, n = pre.partition(".")
    return [int(x) for x in numbers.split(".")], {"alpha": 0, "beta": 1, "rc": 2, "": 3}[stage], int(n or 0)


def main():
    path, date = sys.argv[1:]
    serves = {}
    with open(path) as f:
        releases = json.load(f)
    for release in releases:
        version = release["version"]
        series = tuple(map(int, re.match(r"(\d+)\.(\d+)", version).groups()))
        if series < OLDEST:
            continue
        for file in release["files"]:
            system = file["platform"]
            if file.get("platform_version"):
                system += "-" + file["platform_version"]
            of = serves.setdefault(f"{system}/{file['arch']}", {})
            name = "%d.%d" % series
            if name not in of or order(of[name]) < order(version):
                of[name] = version
    json.dump({"source": "actions/python-versions, versions-manifest.json, read by scripts/matrix-tables/setup-python.py",
               "date": date, "serves": dict(sorted(serves.items()))}, sys.stdout, indent=0, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
