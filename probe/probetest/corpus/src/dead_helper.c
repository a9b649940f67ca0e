/* A trap for readers of the file: it holds a call that would declare it, but the
   call is never made. */
#include "fixture.h"

int PASTE(NAME, _declare)(PyObject *module);

int PASTE(NAME, _declare)(PyObject *module)
{
    return PyUnstable_Module_SetGIL(module, Py_MOD_GIL_NOT_USED);
}

static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = QUOTE(NAME), .m_size = -1};

PyMODINIT_FUNC INIT(void) { return PyModule_Create(&def); }
