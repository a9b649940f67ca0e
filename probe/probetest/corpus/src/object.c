/* Its create slot returns an object that is no module. */
#include "fixture.h"

static PyObject *create(PyObject *spec, PyModuleDef *def)
{
    PyObject *types = PyImport_ImportModule("types");
    if (types == NULL)
        return NULL;
    PyObject *object = PyObject_CallMethod(types, "SimpleNamespace", NULL);
    Py_DECREF(types);
    return object;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_create, create},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL},
};

MULTI_PHASE(slots)
