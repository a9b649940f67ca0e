# Times one program once, in a process of its own: python -c driver.py RESULT FILE
# THREADS BUILTIN. What came of it goes as JSON into the file RESULT.

import ast
import importlib.util
import io
import os
import runpy
import sys
import threading
import time


def measure(work, threads):
    """Calls work(part, threads) in that many threads at once. Returns the
    nanoseconds from the first call to the last return, and what was returned."""
    barrier = threading.Barrier(threads)
    results = [None] * threads
    spans = [None] * threads
    faults = []

    def body(part):
        try:
            barrier.wait()
            # Each thread has its own clock: one that looked on from outside would
            # be one thread more to be scheduled.
            begin = time.perf_counter_ns()
            results[part] = work(part, threads)
            spans[part] = begin, time.perf_counter_ns()
        except threading.BrokenBarrierError:
            pass
        except BaseException as fault:
            barrier.abort()
            faults.append(fault)

    pool = [threading.Thread(target=body, args=(part,)) for part in range(threads)]
    for t in pool:
        t.start()
    for t in pool:
        t.join()
    if faults:
        raise faults[0]
    return max(end for _, end in spans) - min(begin for begin, _ in spans), results


def main(result, path, threads, builtin):
    with io.open_code(path) as f:
        tree = ast.parse(f.read(), path)
    shared = any(isinstance(node, ast.FunctionDef) and node.name == "work" for node in tree.body)
    # As if the program had been started itself.
    if sys.path and sys.path[0] == "":
        sys.path[0] = os.path.dirname(path)
    sys.argv[:] = [path, str(threads)]
    os.environ["THREADS"] = str(threads)
    answer = lost = None
    if shared:
        spec = importlib.util.spec_from_file_location(os.path.splitext(os.path.basename(path))[0], path)
        module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        elapsed, answers = measure(module.work, threads)
        if all(type(a) is int for a in answers):
            answer = sum(answers)
        if builtin and hasattr(module, "lost"):
            lost = module.lost()
    else:
        begin = time.perf_counter_ns()
        try:
            runpy.run_path(path, run_name="__main__")
        except SystemExit as e:
            if e.code not in (None, 0):
                raise
        elapsed = time.perf_counter_ns() - begin
    import json  # not before: the program may want to pay for it

    gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    with open(result, "w") as f:
        json.dump({"nanoseconds": elapsed, "gil": gil, "shared": shared, "answer": None if answer is None else str(answer), "lost": lost}, f)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == "1")
