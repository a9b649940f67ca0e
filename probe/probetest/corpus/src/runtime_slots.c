/* The slots are written at run time, as C++ binding generators do. GIL is the
   value; without it that slot is left out. */
#include "fixture.h"

static PyModuleDef_Slot slots[3];

static int exec(PyObject *module) { return 0; }

static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = QUOTE(NAME)};

PyMODINIT_FUNC INIT(void)
{
    int next = 0;
    slots[next++] = (PyModuleDef_Slot){Py_mod_exec, exec};
#ifdef GIL
    slots[next++] = (PyModuleDef_Slot){Py_mod_gil, GIL};
#endif
    slots[next] = (PyModuleDef_Slot){0, NULL};
    def.m_slots = slots;
    return PyModuleDef_Init(&def);
}
