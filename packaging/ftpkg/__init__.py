"""Where the program ftpkg is that came with this package.

The command ``ftpkg`` is that program itself: no Python starts before it.
"""

import os
import sys
import sysconfig

__all__ = ["find_ftpkg_bin"]


def find_ftpkg_bin():
    """Return the path of the program; FileNotFoundError if it is not there."""
    name = "ftpkg" + (sysconfig.get_config_var("EXE") or "")
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    user = {"nt": "nt_user", "posix": "posix_user"}[os.name]
    if sys.platform == "darwin" and sysconfig.get_config_var("PYTHONFRAMEWORK"):
        user = "osx_framework_user"
    places = [
        sysconfig.get_path("scripts"),
        sysconfig.get_path("scripts", vars={"base": sys.base_prefix}),
        os.path.join(here, "bin"),  # pip install --target
        sysconfig.get_path("scripts", scheme=user),
    ]
    for place in places:
        path = os.path.join(place, name)
        if os.path.isfile(path):
            return path
    raise FileNotFoundError("%s is in none of %s" % (name, ", ".join(places)))
