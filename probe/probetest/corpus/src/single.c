/* Single-phase initialisation, which declares itself by a call, if at all. */
#include "fixture.h"

static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = QUOTE(NAME), .m_size = -1};

PyMODINIT_FUNC INIT(void)
{
    PyObject *module = PyModule_Create(&def);
#ifdef GIL
    if (module && PyUnstable_Module_SetGIL(module, GIL) < 0)
        Py_CLEAR(module);
#endif
    return module;
}
