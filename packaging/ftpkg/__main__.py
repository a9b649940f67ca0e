"""python -m ftpkg: the program, in the place of this process."""

import os
import subprocess
import sys

from ftpkg import find_ftpkg_bin


def main():
    command = [find_ftpkg_bin()] + sys.argv[1:]
    if os.name == "nt":  # has no exec that keeps its parent waiting
        try:
            sys.exit(subprocess.run(command).returncode)
        except KeyboardInterrupt:
            sys.exit(130)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
