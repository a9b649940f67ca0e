"""Write what a release of cibuildwheel can build as a table of package matrix.

    $(scripts/matrix-tables/cibuildwheel 4.3.5) scripts/matrix-tables/identifiers.py DATE > matrix/tables/cibuildwheel-4.3.json

DATE is the day of the
release. Only its command line is asked, and the defaults file read that comes with
it; what the words of enable switch on is found by trying each.
"""

import importlib.metadata
import importlib.resources
import json
import re
import subprocess
import sys
import tomllib

import ask as client

PLATFORMS = ["linux", "macos", "windows"]
# Words of all release lines; which of them one takes is asked.
GROUPS = ["cpython-freethreading", "cpython-prerelease", "graalpy", "pypy", "pypy-eol",
          "pyodide-eol", "pyodide-prerelease"]
REMOVED = {"4": {"cpython-freethreading": "cibuildwheel 4 builds 3.14t and newer without it, and 3.13t no more"}}


def ask(enable, platform):
    """Return the identifiers that enable gives for all archs, None if it is refused."""
    project = ('[project]\nname = "x"\nrequires-python = ">=3.0"\n'
               "[tool.cibuildwheel]\nenable = %s\n" % json.dumps(enable))
    answer = client.ask({"files": {"pyproject.toml": project}, "platform": platform, "archs": "all"})
    return answer["identifiers"] if answer["status"] == 0 else None


def main():
    version = importlib.metadata.version("cibuildwheel")
    taken = [g for g in GROUPS if ask([g], "linux") is not None]
    table = {
        "source": f"cibuildwheel {version}, asked by scripts/matrix-tables/identifiers.py",
        "date": sys.argv[1],
        "version": version,
        "groups": {g: [] for g in taken},
        "options": options(),
        "identifiers": {},
    }
    removed = REMOVED.get(version.split(".")[0])
    if removed:
        table["removed"] = removed
    auto = subprocess.run(
        [sys.executable, "-c", "import cibuildwheel.architecture as a; print('i686' in {x.value for x in a.Architecture.auto_archs('linux')})"],
        capture_output=True, text=True, timeout=60, check=True)
    if auto.stdout.strip() == "True":
        table["auto_i686"] = True
    for platform in PLATFORMS:
        plain, every = set(ask([], platform)), ask(taken, platform)
        table["identifiers"][platform] = complete(every, platform)
        for g in taken:
            for identifier in ask([g], platform):
                python = identifier.split("-")[0]
                if identifier not in plain and python not in table["groups"][g]:
                    table["groups"][g].append(python)
    json.dump(table, sys.stdout, indent=0)
    print()


def complete(identifiers, platform):
    """Add what is not printed because it cannot be built on this machine."""
    help_text = subprocess.run([sys.executable, "-m", "cibuildwheel", "--only", "?"], capture_output=True, text=True, timeout=60).stderr
    choices = re.findall(r"\b(?:cp|pp|gp)\d+\w*-\w+", help_text)
    kinds = {"linux": "linux_", "macos": "macosx_", "windows": "-win"}
    return [c for c in choices if kinds[platform] in c] or identifiers


def options():
    text = importlib.resources.files("cibuildwheel").joinpath("resources", "defaults.toml").read_text()
    table = tomllib.loads(text)["tool"]["cibuildwheel"]
    names = {k for k, v in table.items()} | {k for p in PLATFORMS for k in table.get(p, {})}
    return sorted(names)


if __name__ == "__main__":
    main()
