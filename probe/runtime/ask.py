# What an interpreter says of itself, as one line of JSON on standard output. It
# runs under -I -S -B: no variable, no .pth file and no sitecustomize has a say,
# and nothing is written. Since site does not run, a virtual environment is told
# by its pyvenv.cfg here.
import _frozen_importlib_external as bootstrap
import _imp
import json
import os
import site
import sys
import sysconfig

var = sysconfig.get_config_var
level = {"alpha": "a", "beta": "b", "candidate": "rc", "final": ""}
v = sys.version_info

prefix, inherits = sys.base_prefix, False
here = os.path.dirname(sys.executable)
for folder in (here, os.path.dirname(here)):
    config = os.path.join(folder, "pyvenv.cfg")
    if os.path.isfile(config):
        prefix = folder
        with open(config, encoding="utf-8", errors="replace") as f:
            for line in f:
                key, _, value = line.partition("=")
                if key.strip().lower() == "include-system-site-packages":
                    inherits = value.strip().lower() == "true"
        break
virtual = prefix != sys.base_prefix
if virtual:
    scheme = "venv" if "venv" in sysconfig.get_scheme_names() else ("nt" if os.name == "nt" else "posix_prefix")
    paths = sysconfig.get_paths(scheme, {"base": prefix, "platbase": prefix})
else:
    paths = sysconfig.get_paths()
folders = site.getsitepackages([prefix])
if virtual and inherits:
    folders += site.getsitepackages([sys.base_prefix])

debug = var("Py_DEBUG")
if debug is None:  # Windows does not say
    debug = hasattr(sys, "gettotalrefcount") or "_d.pyd" in _imp.extension_suffixes()

libc = macos = ""
if sys.platform.startswith("linux"):
    try:
        libc = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (AttributeError, OSError, ValueError):
        pass
elif sys.platform == "darwin":
    import platform
    macos = platform.mac_ver()[0]

libdirs = []
for folder in (var("LIBDIR"), os.path.join(sys.base_exec_prefix, "lib"), var("DESTSHARED")):
    if folder and os.path.isabs(folder) and os.path.isdir(folder) and folder not in libdirs:
        libdirs.append(folder)

sys.stdout.write(json.dumps({
    "implementation": sys.implementation.name,
    "executable": sys.executable,
    "version": "%d.%d.%d" % v[:3] + (level[v[3]] + str(v[4]) if level[v[3]] else ""),
    "free_threaded": bool(var("Py_GIL_DISABLED")),
    "debug": bool(debug),
    "gil_enabled": getattr(sys, "_is_gil_enabled", lambda: True)(),
    "build": " ".join(sys.version.split()),
    "cache_tag": sys.implementation.cache_tag or "",
    "soabi": var("SOABI") or "",
    "suffixes": _imp.extension_suffixes(),
    "magic_number": "".join("%02x" % b for b in bootstrap.MAGIC_NUMBER),
    "platform": sysconfig.get_platform(),
    "machine": os.uname().machine if hasattr(os, "uname") else "",
    "pointer_bits": 64 if sys.maxsize > 2**32 else 32,
    "libc": libc,
    "macos": macos,
    "prefix": prefix,
    "base_prefix": sys.base_prefix,
    "base_executable": getattr(sys, "_base_executable", None) or sys.executable,
    "stdlib": paths["stdlib"],
    "platstdlib": paths["platstdlib"],
    "purelib": paths["purelib"],
    "platlib": paths["platlib"],
    "include": sysconfig.get_path("include"),
    "scripts": paths["scripts"],
    "site": folders,
    "lib_dirs": libdirs,
    "virtual_env": virtual,
}) + "\n")
