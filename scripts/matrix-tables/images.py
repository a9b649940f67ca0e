"""Write which images cibuildwheel builds in, and which macOS it builds for.

    $(scripts/matrix-tables/cibuildwheel) scripts/matrix-tables/images.py DATE > matrix/tables/images.json

DATE is the day of the release. The names of the images
and the defaults are read from the files that come with it. MACOS is not in a file:
compare it with the comments on MACOSX_DEPLOYMENT_TARGET in its platforms/macos.py.
"""

import configparser
import importlib.metadata
import importlib.resources
import json
import re
import sys
import tomllib

MACOS = [
    {"from": 14, "intel": "10.15", "arm": "11.0"},
    {"from": 12, "intel": "10.13", "arm": "11.0"},
    {"from": 0, "intel": "10.9", "arm": "11.0"},
]
REFUSED = ["manylinux1", "manylinux2010", "manylinux_2_24", "musllinux_1_1"]


def floor(name):
    if name == "manylinux2014":
        return "2.17"
    return ".".join(re.fullmatch(r"(?:many|musl)linux_(\d+)_(\d+)", name).groups())


def main():
    version = importlib.metadata.version("cibuildwheel")
    resources = importlib.resources.files("cibuildwheel").joinpath("resources")
    pinned = configparser.ConfigParser()
    pinned.read_string(resources.joinpath("pinned_docker_images.cfg").read_text())
    defaults = tomllib.loads(resources.joinpath("defaults.toml").read_text())["tool"]["cibuildwheel"]
    linux, repository = {}, ""
    for arch in pinned.sections():
        if arch.startswith("pypy_"):
            continue
        for name, image in pinned[arch].items():
            repository = image.split(name)[0]
            kind = name.partition("linux")[0] + "linux"
            entry = linux.setdefault(f"{kind}_{arch}", [])
            entry.append({"name": name, "floor": floor(name)})
            if defaults[f"{kind}-{arch}-image"] == name:
                entry.insert(0, entry.pop())
    json.dump({"source": f"cibuildwheel {version}, read by scripts/matrix-tables/images.py", "date": sys.argv[1],
               "repository": repository, "refused": REFUSED, "linux": linux, "macos": MACOS}, sys.stdout, indent=0)
    print()


if __name__ == "__main__":
    main()
