/* One half of a pair: each is fine alone, and with one thread. The first holds
   the pair's lock while it imports the second, and the second takes that lock
   while it is being imported, so two threads that start with different halves
   wait for each other. OTHER is the module that the first imports. */
#include "fixture.h"

static int exec(PyObject *module)
{
    int status = -1;
    PyObject *other = NULL, *result = NULL;
    PyObject *shared = PyImport_ImportModule("_ftc_order");
    PyObject *lock = shared ? PyObject_GetAttrString(shared, "lock") : NULL;
    PyObject *wait = shared ? PyObject_CallMethod(shared, "wait", NULL) : NULL; /* the second: before it locks */
    if (lock == NULL || wait == NULL)
        goto done;
    if ((result = PyObject_CallMethod(lock, "acquire", NULL)) == NULL)
        goto done;
#ifdef OTHER
    Py_DECREF(wait);
    if ((wait = PyObject_CallMethod(shared, "wait", NULL)) != NULL && (other = PyImport_ImportModule(QUOTE(OTHER))) != NULL)
        status = 0;
#else
    status = 0;
#endif
    Py_DECREF(result);
    if ((result = PyObject_CallMethod(lock, "release", NULL)) == NULL)
        status = -1;
done:
    Py_XDECREF(result);
    Py_XDECREF(other);
    Py_XDECREF(wait);
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
