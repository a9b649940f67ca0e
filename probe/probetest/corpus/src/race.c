/* Functions that share static data without a lock, though the module declares
   that it does not use the GIL. With one thread, or with the GIL, each is right:
   nothing in them lets the GIL go. The naps make threads meet. */
#include "fixture.h"
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static void nap(void) { usleep(100); }

/* render writes a number into a buffer of its own: threads write into it together. */
static PyObject *render(PyObject *module, PyObject *arg)
{
    static volatile char buffer[64];
    static volatile unsigned length;
    char digits[32];
    long number = PyLong_AsLong(arg);
    if (number == -1 && PyErr_Occurred())
        return NULL;
    snprintf(digits, sizeof digits, "%ld", number);
    length = 0;
    for (const char *d = digits; *d; d++) {
        buffer[length % 63] = *d;
        nap();
        length = length + 1;
    }
    char copy[64];
    unsigned end = length % 64;
    for (unsigned i = 0; i < end; i++)
        copy[i] = buffer[i];
    return PyUnicode_DecodeLatin1(copy, end, NULL);
}

/* touch uses a cell that another thread may have given back. */
static PyObject *touch(PyObject *module, PyObject *unused)
{
    static volatile int storage;
    static volatile int *volatile cell;
    cell = &storage;
    nap();
    *cell = 1;
    cell = NULL;
    Py_RETURN_NONE;
}

/* swap takes two locks, every other time in the opposite order. */
static PyObject *swap(PyObject *module, PyObject *unused)
{
    static pthread_mutex_t locks[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
    static atomic_uint calls;
    unsigned first = atomic_fetch_add(&calls, 1) % 2;
    pthread_mutex_lock(&locks[first]);
    nap();
    pthread_mutex_lock(&locks[!first]);
    pthread_mutex_unlock(&locks[!first]);
    pthread_mutex_unlock(&locks[first]);
    Py_RETURN_NONE;
}

/* claim refuses a second user. */
static PyObject *claim(PyObject *module, PyObject *unused)
{
    static volatile int claimed;
    if (claimed) {
        PyErr_SetString(PyExc_RuntimeError, "already claimed");
        return NULL;
    }
    claimed = 1;
    nap();
    claimed = 0;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"render", render, METH_O, NULL},
    {"touch", touch, METH_NOARGS, NULL},
    {"swap", swap, METH_NOARGS, NULL},
    {"claim", claim, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{Py_mod_gil, Py_MOD_GIL_NOT_USED}, {0, NULL}};

static struct PyModuleDef def = {
    PyModuleDef_HEAD_INIT, .m_name = QUOTE(NAME), .m_methods = methods, .m_slots = slots};

PyMODINIT_FUNC INIT(void) { return PyModuleDef_Init(&def); }
