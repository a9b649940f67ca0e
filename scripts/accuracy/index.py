"""Every wheel of a project, for any system, and any of them in a folder.

    PYTHON index.py list NAME...
    PYTHON index.py fetch FOLDER < list of file names

PYTHON needs pip, whose configured index is asked: once for each project. Each line
printed is the JSON of a wheel's file name.
"""

import hashlib
import json
import pathlib
import re
import sys

from pip._internal.commands import create_command
from pip._internal.models.wheel import Wheel

Wheel.supported = lambda *_: True  # any system's


def finder(command):
    """What finds wheels, and what it asks with."""
    options, _ = command.parse_args(["versions", "--only-binary", ":all:", "any"])
    session = command._build_session(options)
    return command._build_package_finder(options=options, session=session, ignore_requires_python=True), session


def links(found, name):
    return [c.link for c in found.find_all_candidates(name) if c.link.is_wheel and not c.link.is_yanked and not c.version.is_prerelease]


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def fetch(found, session, folder, filenames):
    for name in sorted({normalized(f.split("-")[0]) for f in filenames}):
        by_name = {link.filename: link for link in links(found, name)}
        for filename in filenames:
            if normalized(filename.split("-")[0]) != name:
                continue
            link = by_name[filename]
            answer = session.get(link.url_without_fragment, headers={"Accept-Encoding": "identity"})
            answer.raise_for_status()
            if link.hash and hashlib.new(link.hash_name, answer.content).hexdigest() != link.hash:
                raise ValueError(f"{filename} is not what its index says")
            partial = folder / (filename + ".part")
            partial.write_bytes(answer.content)
            partial.rename(folder / filename)
            print(json.dumps(filename), flush=True)


def main():
    what, *rest = sys.argv[1:]
    command = create_command("index")
    with command.main_context():
        found, session = finder(command)
        if what == "fetch":
            fetch(found, session, pathlib.Path(rest[0]), json.load(sys.stdin))
            return
        for name in rest:
            for link in links(found, name):
                print(json.dumps(link.filename), flush=True)


main()
