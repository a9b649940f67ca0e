#!/usr/bin/env python3
"""Ask uv which values markers have on each platform it can resolve for.

Builds, in a temporary folder, an empty wheel that depends on one other empty
wheel for each value that a variable might have, and has uv resolve it for each
platform and version of Python, without any index. Prints

    {"uv": version, "markers": [...], "answers": [[platform, python, "tft..."], ...]}

with a letter for each marker, t(rue) or f(alse), in the form of
resolver/pep508/testdata/environments_uv.json. Platforms have ftpkg's names.

Usage: python3 scripts/oracle-environments.py > /tmp/answers.json
"""

import json
import subprocess
import tempfile
import zipfile

VALUES = {
    "os_name": ["posix", "nt"],
    "sys_platform": ["linux", "darwin", "win32", "android", "ios"],
    "platform_system": ["Linux", "Darwin", "Windows", "Android", "iOS"],
    "platform_machine": ["x86_64", "aarch64", "arm64", "ARM64", "AMD64", "x86", "i686", "riscv64"],
    "platform_release": [""],
    "platform_version": [""],
    "python_version": ["3.13", "3.14"],
    "python_full_version": ["3.13.0", "3.14.0", "3.14.2"],
    "implementation_name": ["cpython"],
    "implementation_version": ["3.13.0", "3.14.0", "3.14.2"],
    "platform_python_implementation": ["CPython"],
}
PLATFORMS = {
    "linux-x86_64": "x86_64-unknown-linux-gnu",
    "linux-aarch64": "aarch64-unknown-linux-gnu",
    "linux-riscv64": "riscv64-unknown-linux",
    "manylinux_2_17_x86_64": "x86_64-manylinux2014",
    "musllinux-x86_64": "x86_64-unknown-linux-musl",
    "musllinux-aarch64": "aarch64-unknown-linux-musl",
    "macos-x86_64": "x86_64-apple-darwin",
    "macos-arm64": "aarch64-apple-darwin",
    "windows-x86_64": "x86_64-pc-windows-msvc",
    "windows-arm64": "aarch64-pc-windows-msvc",
    "windows-x86": "i686-pc-windows-msvc",
    "android_24_arm64_v8a": "aarch64-linux-android",
    "android_24_x86_64": "x86_64-linux-android",
    "ios_13_0_arm64_iphoneos": "arm64-apple-ios",
    "ios_13_0_arm64_iphonesimulator": "arm64-apple-ios-simulator",
    "ios_13_0_x86_64_iphonesimulator": "x86_64-apple-ios-simulator",
}
PYTHONS = ["3.13", "3.14", "3.14.2"]
WHEEL = "Wheel-Version: 1.0\nGenerator: oracle\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def build(folder, name, requires=()):
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    metadata += "".join(f"Requires-Dist: {r}\n" for r in requires)
    with zipfile.ZipFile(f"{folder}/{name}-1.0-py3-none-any.whl", "w") as wheel:
        info = f"{name}-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", metadata)
        wheel.writestr(f"{info}/WHEEL", WHEEL)
        wheel.writestr(f"{info}/RECORD", "")


def resolve(folder, triple, python):
    command = ["uv", "pip", "compile", "-", "--quiet", "--no-header", "--no-annotate", "--offline", "--no-index"]
    command += ["--find-links", folder, "--python-platform", triple, "--python-version", python]
    run = subprocess.run(command, input="root", text=True, capture_output=True, check=True)
    return {line.split("==")[0] for line in run.stdout.splitlines()}


def main():
    markers = [f'{key} == "{value}"' for key, values in VALUES.items() for value in values]
    version = subprocess.run(["uv", "--version"], text=True, capture_output=True, check=True).stdout.split()[1]
    answers = []
    with tempfile.TemporaryDirectory() as folder:
        build(folder, "root", [f"d{i} ; {marker}" for i, marker in enumerate(markers)])
        for i in range(len(markers)):
            build(folder, f"d{i}")
        for platform, triple in PLATFORMS.items():
            for python in PYTHONS:
                chosen = resolve(folder, triple, python)
                answers.append([platform, python, "".join("ft"[f"d{i}" in chosen] for i in range(len(markers)))])
    print(f'{{"uv": "{version}", "markers": {json.dumps(markers)}, "answers": [')
    print(",\n".join("  " + json.dumps(row) for row in answers))
    print("]}")


if __name__ == "__main__":
    main()
