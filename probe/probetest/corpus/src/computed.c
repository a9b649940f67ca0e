/* Another trap: what it declares is worked out when it is initialised, by a
   function of its own, from a table. */
#include "fixture.h"

static void *const answers[2] = {Py_MOD_GIL_USED, Py_MOD_GIL_NOT_USED};

static volatile int index_of_answer = ANSWER;

static inline void *answer(void) { return answers[index_of_answer]; }

static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = QUOTE(NAME), .m_size = -1};

PyMODINIT_FUNC INIT(void)
{
    PyObject *module = PyModule_Create(&def);
    if (module && PyUnstable_Module_SetGIL(module, answer()) < 0)
        Py_CLEAR(module);
    return module;
}
