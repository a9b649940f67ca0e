"""Compare the table of runners with the list GitHub publishes, for whoever mends it.

    python3 scripts/matrix-tables/runners.py README.md TODAY

README.md is that of the repository actions/runner-images, TODAY a day such as
2026-08-21. Labels that one has and the other lacks are printed, and those whose mark
(preview, deprecated) is not what the table says. The exit status is 1 if there are
any. The table itself is written by hand: the days on which runners end stand in
announcements, which the file links to.
"""

import json
import pathlib
import re
import sys

TABLE = pathlib.Path(__file__).parents[2] / "matrix" / "tables" / "runners.json"


def published(text):
    """Return {label: its mark} of the list of images."""
    section = text.split("## Available Images", 1)[1].split("###", 1)[0]
    labels = {}
    for row in section.splitlines():
        cells = row.split("|")
        if len(cells) < 5:
            continue
        mark = next((m for m in ("preview", "deprecated", "beta") if f"![{m}]" in cells[1]), "")
        for label in re.findall(r"`([a-z0-9.-]+)`", cells[3]):
            labels[label] = mark
    return labels


def main():
    path, today = sys.argv[1:]
    there = published(pathlib.Path(path).read_text(encoding="utf-8"))
    table = {r["label"]: r for r in json.loads(TABLE.read_text())["github"]}
    wrong = []
    for label, mark in there.items():
        r = table.get(label)
        if r is None:
            wrong.append(f"{label} is not in the table")
        elif (mark == "preview") != r.get("preview", False):
            wrong.append(f"{label} is {mark or 'no preview'} now")
        elif mark == "deprecated" and not r.get("gone"):
            wrong.append(f"{label} is deprecated, and the table has no end for it")
    for label, r in table.items():
        if label not in there and not r.get("gone", "9") <= today:
            wrong.append(f"{label} is in the table, and no longer published")
    print("\n".join(wrong) or f"{len(there)} labels, all as in the table")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
