# Compiles Python files without running them, each on its own: one that does not
# compile is left out, as pip and uv do. Arguments: folder of the sources, folder
# of the results, threads, memory in bytes. Standard input: pairs of paths, source
# and result, below those folders, each ended by a NUL.
import importlib.util
import marshal
import os
import sys
import threading

source, target, threads, memory = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
try:
    import resource
    for limit, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(limit)[1]
        if hard == resource.RLIM_INFINITY or value < hard:
            resource.setrlimit(limit, (value, hard))
except (ImportError, OSError, ValueError):
    pass  # not on this system

words = sys.stdin.buffer.read().decode("utf-8").split("\0")
pairs = list(zip(words[0::2], words[1::2]))
made = set()
for _, result in pairs:
    folder = os.path.dirname(result)
    if folder not in made:
        made.add(folder)
        os.makedirs(os.path.join(target, folder), exist_ok=True)

# PEP 552: a .pyc that is never compared with its source. It is valid wherever the
# file is linked or copied to, and no import writes a newer one.
UNCHECKED = (0b01).to_bytes(4, "little")


class Gone(Exception):
    """A source cannot be read."""


def compile_one(name, result):
    try:
        with open(os.path.join(source, name), "rb") as f:
            text = f.read()
    except OSError as e:
        raise Gone(e) from None
    code = compile(text, name, "exec", dont_inherit=True)
    data = importlib.util.MAGIC_NUMBER + UNCHECKED + importlib.util.source_hash(text) + marshal.dumps(code)
    path = os.path.join(target, result)
    # Half a file would be taken for a whole one, should this process be killed.
    with open(path + ".part", "xb") as f:
        f.write(data)
    os.rename(path + ".part", path)


failed = []


def work():
    while True:
        try:
            pair = pairs.pop()
        except IndexError:
            return
        try:
            compile_one(*pair)
        except (OSError, Gone) as e:
            failed.append(e)  # the disk is full, or somebody removes the sources
            return
        except Exception:
            pass  # templates, other versions of Python, files that are none


if threads < 2:
    work()
else:
    crew = [threading.Thread(target=work) for _ in range(threads)]
    for t in crew:
        t.start()
    for t in crew:
        t.join()
if failed:
    print(failed[0], file=sys.stderr)
    sys.exit(4 if isinstance(failed[0], Gone) else 3)
