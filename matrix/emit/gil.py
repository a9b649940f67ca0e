import glob, importlib, os, sys, sysconfig, zipfile
from importlib.machinery import EXTENSION_SUFFIXES


def modules(folder):
    for wheel in glob.glob(os.path.join(folder, '*.whl')):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                suffix = max((s for s in EXTENSION_SUFFIXES if name.endswith(s)), key=len, default='')
                stem = name.removesuffix(suffix)
                init = [b + stem.split('/')[-1].encode() for b in (b'PyInit_', b'PyModExport_')]
                if suffix and '.' not in stem and any(i in archive.read(name) for i in init):
                    yield stem.replace('/', '.')


free = bool(sysconfig.get_config_var('Py_GIL_DISABLED'))
found = sorted(modules(sys.argv[1]))
for name in found:
    importlib.import_module(name)
    if free and sys._is_gil_enabled():
        sys.exit(f'{name} turned the GIL on')
if free and sys._is_gil_enabled():
    sys.exit('the GIL is on')
print(len(found), 'extension modules', 'leave the GIL off' if free else 'load')
