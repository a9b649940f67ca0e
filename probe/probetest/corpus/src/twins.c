/* Two modules in one file: the one that the file is named after declares, the other
   does not. */
#include "fixture.h"

static PyModuleDef_Slot slots[] = {{Py_mod_gil, Py_MOD_GIL_NOT_USED}, {0, NULL}};

MULTI_PHASE(slots)

static PyModuleDef_Slot other_slots[] = {{0, NULL}};

static struct PyModuleDef other_def = {
    PyModuleDef_HEAD_INIT, .m_name = QUOTE(OTHER), .m_slots = other_slots};

PyMODINIT_FUNC PASTE(PyInit_, OTHER)(void) { return PyModuleDef_Init(&other_def); }
