/* What every fixture starts from. NAME is the last part of the module's name. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define QUOTE_(a) #a
#define QUOTE(a) QUOTE_(a)
#ifdef INIT_NAME /* of a module whose name is not ASCII */
#define INIT INIT_NAME
#else
#define INIT PASTE(PyInit_, NAME)
#endif

/* MULTI_PHASE defines a module by its slots, and its init function. */
#define MULTI_PHASE(slots)                                                     \
    static struct PyModuleDef def = {                                          \
        PyModuleDef_HEAD_INIT,                                                 \
        .m_name = QUOTE(NAME),                                                 \
        .m_slots = slots,                                                      \
    };                                                                         \
    PyMODINIT_FUNC INIT(void) { return PyModuleDef_Init(&def); }

/* The GIL build has nothing to set. */
#ifndef Py_GIL_DISABLED
#define PyUnstable_Module_SetGIL(module, gil) ((void)(module), 0)
#endif
