/* Calls a function that another version of Python had, or that a library has
   which is not there. It declares that it does not use the GIL. */
#include "fixture.h"

extern int FOREIGN(void);

static int exec(PyObject *module) { return FOREIGN() < 0 ? -1 : 0; }

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, exec},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL},
};

MULTI_PHASE(slots)
