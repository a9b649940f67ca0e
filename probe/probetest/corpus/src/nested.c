/* Single-phase initialisation that imports another module before it declares: an
   import within an init function, during which the GIL is on for the moment. */
#include "fixture.h"

static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = QUOTE(NAME), .m_size = -1};

PyMODINIT_FUNC INIT(void)
{
    PyObject *other = PyImport_ImportModule(QUOTE(IMPORTS));
    if (other == NULL)
        return NULL;
    PyObject *module = PyModule_Create(&def);
    if (module && PyUnstable_Module_SetGIL(module, Py_MOD_GIL_NOT_USED) < 0)
        Py_CLEAR(module);
    Py_DECREF(other);
    return module;
}
