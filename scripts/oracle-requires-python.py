#!/usr/bin/env python3
"""Ask uv which Requires-Python it lets through, for a list of them.

Reads the specifiers from wheeltags/pep440/testdata/requires_python_uv.json,
builds an empty wheel for each in a temporary folder, and has uv resolve it for
three versions of Python without any index. Prints the answers in the form of
that file:

    {"uv": version, "pythons": [...], "answers": [[specifier, bool, ...], ...]}

Usage: python3 scripts/oracle-requires-python.py > /tmp/answers.json
"""

import json
import pathlib
import subprocess
import tempfile
import zipfile

PYTHONS = ["3.13", "3.14", "3.14.2"]
RECORD = pathlib.Path(__file__).parent.parent / "wheeltags/pep440/testdata/requires_python_uv.json"
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Python: {spec}\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: oracle\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def build(folder, name, spec):
    with zipfile.ZipFile(f"{folder}/{name}-1.0-py3-none-any.whl", "w") as wheel:
        info = f"{name}-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", METADATA.format(name=name, spec=spec))
        wheel.writestr(f"{info}/WHEEL", WHEEL)
        wheel.writestr(f"{info}/RECORD", "")


def accepts(folder, name, python):
    command = ["uv", "pip", "compile", "-", "--quiet", "--no-header", "--offline", "--no-index"]
    command += ["--find-links", folder, "--python-version", python]
    return subprocess.run(command, input=name, text=True, capture_output=True).returncode == 0


def main():
    specs = [row[0] for row in json.loads(RECORD.read_text())["answers"]]
    version = subprocess.run(["uv", "--version"], text=True, capture_output=True, check=True).stdout.split()[1]
    answers = []
    with tempfile.TemporaryDirectory() as folder:
        for i, spec in enumerate(specs):
            build(folder, f"p{i}", spec)
            answers.append([spec, *(accepts(folder, f"p{i}", python) for python in PYTHONS)])
    rows = ",\n".join("  " + json.dumps(row) for row in answers)
    print(f'{{"uv": "{version}", "pythons": {json.dumps(PYTHONS)}, "answers": [\n{rows}\n]}}')


if __name__ == "__main__":
    main()
