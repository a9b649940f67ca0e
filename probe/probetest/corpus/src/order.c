/* One half of a pair: each is fine alone, and with one thread. The first holds
   the pair's lock while it imports the second, and the second takes that lock
   while it is being imported, so two threads that start with different halves
   wait for each other. OTHER is the module that the first imports. */
#include "fixture.h"

static int exec(PyObject *module)
{
    int status = -1;
    PyObject *other = NULL, *acquired = NULL, *met = NULL, *released = NULL;
    PyObject *shared = PyImport_ImportModule("_ftc_order");
    PyObject *lock = shared ? PyObject_GetAttrString(shared, "lock") : NULL;
    if (lock == NULL)
        goto done;
#ifdef OTHER
    if ((acquired = PyObject_CallMethod(lock, "acquire", NULL)) != NULL
        && (met = PyObject_CallMethod(shared, "meet", "s", "first")) != NULL
        && (other = PyImport_ImportModule(QUOTE(OTHER))) != NULL)
        status = 0;
#else
    if ((met = PyObject_CallMethod(shared, "meet", "s", "second")) != NULL
        && (acquired = PyObject_CallMethod(lock, "acquire", NULL)) != NULL)
        status = 0;
#endif
    if (status == 0 && (released = PyObject_CallMethod(lock, "release", NULL)) == NULL)
        status = -1;
done:
    Py_XDECREF(released);
    Py_XDECREF(acquired);
    Py_XDECREF(met);
    Py_XDECREF(other);
    Py_XDECREF(lock);
    Py_XDECREF(shared);
    return status;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, exec},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL},
};

MULTI_PHASE(slots)
