/* Imports a module in its exec slot. It declares that it does not use the GIL. */
#include "fixture.h"

static int exec(PyObject *module)
{
    PyObject *other = PyImport_ImportModule(QUOTE(IMPORTS));
    if (other == NULL)
        return -1;
    return PyModule_Add(module, "other", other);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, exec},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL},
};

MULTI_PHASE(slots)
