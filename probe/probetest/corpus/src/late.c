/* Declares itself in its exec slot: too late, for the runtime has looked straight
   after create. What the module object says afterwards is of no consequence. */
#include "fixture.h"

static int exec(PyObject *module)
{
    return PyUnstable_Module_SetGIL(module, Py_MOD_GIL_NOT_USED);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, exec}, {0, NULL}};

MULTI_PHASE(slots)
