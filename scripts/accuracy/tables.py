"""Markdown of the page: tables, lists, numbers."""

import collections
import dataclasses


@dataclasses.dataclass(frozen=True)
class Section:
    """A part of the page, and its line in the summary."""

    title: str
    text: str
    wanted: str
    measured: str
    well: bool


def table(head, rows):
    lines = ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in [head, ["---"] * len(head), *rows]]
    return "\n".join(lines) + "\n"


def counted(pairs):
    """A counter, out of JSON."""
    return collections.Counter({tuple(k) if isinstance(k, list) else k: n for k, n in pairs})


def listed(rows, code=2):
    """A list of rows, the first cells of each as code."""
    lines = ["- " + ", ".join(f"`{cell}`" if i < code else str(cell) for i, cell in enumerate(row) if cell != "") + "\n" for row in rows]
    return "".join(lines) or "None.\n"


def folded(title, text):
    """What few will read."""
    return f"<details><summary>{title}</summary>\n\n{text}\n</details>\n"


def share(part, whole):
    return f"{part} ({100 * part / whole:.1f} %)" if whole else str(part)


def projects(specs):
    """How many projects some requirements are of."""
    return len({spec.split("==")[0] for spec in specs})


def versions(specs):
    """Requirements in one line, the versions of a project together."""
    found = {}
    for spec in sorted(set(specs)):
        name, version = spec.split("==")
        found.setdefault(name, []).append(version)
    return ", ".join(f"{name} {' and '.join(its)}" for name, its in found.items()) + "."
