"""Builds the wheel of a made-up source distribution: PEP 517, no requirements."""

import base64
import hashlib
import os
import zipfile


def _read(name):
    with open(os.path.join("built", name), "rb") as f:
        return f.read()


def _dist_info():
    info = _read("stem").decode() + ".dist-info/"
    wheel = b"Wheel-Version: 1.0\nGenerator: universe\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    return info, {
        info + "METADATA": _read("METADATA"),
        info + "WHEEL": wheel,
        info + "ORIGIN": _read("ORIGIN"),
    }


def prepare_metadata_for_build_wheel(directory, config_settings=None):
    info, files = _dist_info()
    os.makedirs(os.path.join(directory, info))
    for name, data in files.items():
        with open(os.path.join(directory, name), "wb") as f:
            f.write(data)
    return info.rstrip("/")


def build_wheel(directory, config_settings=None, metadata_directory=None):
    info, files = _dist_info()
    for folder in sorted(os.listdir(".")):
        source = os.path.join(folder, "__init__.py")
        if os.path.isfile(source):
            with open(source, "rb") as f:
                files[folder + "/__init__.py"] = f.read()
    record = ""
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
        record += f"{name},sha256={digest.decode()},{len(data)}\n"
    files[info + "RECORD"] = (record + info + "RECORD,,\n").encode()
    name = _read("stem").decode() + "-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as z:
        for member, data in files.items():
            z.writestr(member, data)
    return name
