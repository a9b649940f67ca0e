/* A small extension module that runs without the GIL. */
#include <Python.h>

static PyObject *triple(PyObject *self, PyObject *arg)
{
    long n = PyLong_AsLong(arg);
    if (n == -1 && PyErr_Occurred())
        return NULL;
    return PyLong_FromLong(3 * n);
}

static PyMethodDef methods[] = {
    {"triple", triple, METH_O, "Three times an integer."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "demo_extension",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit_demo_extension(void)
{
    return PyModuleDef_Init(&definition);
}
