"""Ask the command line of cibuildwheel what it would build for many projects.

Standard input is a JSON list of {"files": {name: text}, "platform": "linux",
"archs": "all" or ""}; standard output a list of {"status": the exit status,
"identifiers": [what it printed]}. All run in one process, each as
"python -m cibuildwheel --print-build-identifiers" would in a directory of its own.
"""

import contextlib
import io
import json
import os
import pathlib
import runpy
import sys
import tempfile


def ask(case):
    argv = ["cibuildwheel", "--print-build-identifiers", "--platform", case["platform"]]
    if case["archs"]:
        argv += ["--archs", case["archs"]]
    out, status = io.StringIO(), 0
    with tempfile.TemporaryDirectory() as d, contextlib.chdir(d):
        for name, text in case["files"].items():
            pathlib.Path(name).write_text(text, encoding="utf-8")
        given, sys.argv = sys.argv, argv
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
                runpy.run_module("cibuildwheel", run_name="__main__", alter_sys=False)
        except SystemExit as e:
            status = e.code if isinstance(e.code, int) else int(e.code is not None)
        except Exception:
            status = 1  # what the interpreter would exit with
        finally:
            sys.argv = given
    return {"status": status, "identifiers": out.getvalue().split() if status == 0 else []}


for name in [n for n in os.environ if n.startswith("CIBW_")]:
    del os.environ[name]
if __name__ == "__main__":
    json.dump([ask(case) for case in json.load(sys.stdin)], sys.stdout)
