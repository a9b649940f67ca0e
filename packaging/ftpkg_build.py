"""The build backend (PEP 517) of ftpkg: it has scripts/wheels make the files, by Go.

It needs nothing of the index but, once, the modules that ftpkg is built of.
"""

import os
import platform
import subprocess
import sys
import sysconfig
import tempfile

# By the names of sysconfig.get_platform() without its versions; other platforms are
# built for as Go on this machine builds.
PLATFORMS = {
    "linux-x86_64": "x86_64",
    "linux-aarch64": "aarch64",
    "macosx-x86_64": "macos-x86_64",
    "macosx-arm64": "macos-arm64",
    "win-amd64": "windows-x86_64",
    "win-arm64": "windows-arm64",
}


def get_requires_for_build_wheel(config_settings=None):
    return []


def get_requires_for_build_sdist(config_settings=None):
    return []


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _wheels(wheel_directory, *_target())


def build_sdist(sdist_directory, config_settings=None):
    return _wheels(sdist_directory, "-platform", "none", "-sdist")


def _target():
    """The flags for a wheel that this interpreter takes."""
    name = sysconfig.get_platform()
    system, _, rest = name.partition("-")
    machine = rest.rpartition("-")[2]
    if machine == "universal2":
        machine = platform.machine()
    known = PLATFORMS.get(system + "-" + machine)
    if known is None:
        return "-tag", name.replace("-", "_").replace(".", "_")
    if system == "linux":
        known = ("manylinux-" if platform.libc_ver()[0] == "glibc" else "musllinux-") + known
    return "-platform", known


def _wheels(directory, *flags):
    """Run scripts/wheels; return the name of the one file it made in directory."""
    directory = os.path.abspath(directory)
    with tempfile.TemporaryDirectory(dir=directory) as out:
        command = ["go", "run", "./scripts/wheels", "-o", out] + list(flags)
        try:
            subprocess.run(command, check=True)
        except FileNotFoundError:
            sys.exit("ftpkg is built with Go, which is not on PATH: https://go.dev/dl/")
        except subprocess.CalledProcessError as e:
            sys.exit("%s: exit status %d" % (" ".join(command), e.returncode))
        (name,) = os.listdir(out)
        os.replace(os.path.join(out, name), os.path.join(directory, name))
        return name
