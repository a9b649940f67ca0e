#include <Python.h>

/* The counter is atomic, so that it needs no GIL. */
static long long counter;

static PyObject *
add(PyObject *self, PyObject *arg)
{
    long long n = PyLong_AsLongLong(arg);
    if (n == -1 && PyErr_Occurred()) {
        return NULL;
    }
    return PyLong_FromLongLong(__atomic_add_fetch(&counter, n, __ATOMIC_SEQ_CST));
}

static PyObject *
value(PyObject *self, PyObject *unused)
{
    return PyLong_FromLongLong(__atomic_load_n(&counter, __ATOMIC_SEQ_CST));
}

static PyMethodDef methods[] = {
    {"add", add, METH_O, "Add a number, and return the sum."},
    {"value", value, METH_NOARGS, "Return the sum."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
#if defined(Py_mod_gil) && !defined(DEMO_SILENT)
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "_counter", .m_methods = methods, .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__counter(void)
{
    return PyModuleDef_Init(&module);
}
