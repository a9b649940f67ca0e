/* The ways in which modules come by their declaration, one for each value of FORM.
   The corpus has the plain ones; these are what binding generators write, and what
   is there to mislead. */
#ifndef PY_SSIZE_T_CLEAN
#define PY_SSIZE_T_CLEAN
#endif
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef Py_GIL_DISABLED
#error "for free-threaded builds"
#endif

#define GIL Py_mod_gil
#define NOT Py_MOD_GIL_NOT_USED
#define USED Py_MOD_GIL_USED

static int execute(PyObject *module) { return 0; }

static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = "forms", .m_size = 0};
static struct PyModuleDef single = {PyModuleDef_HEAD_INIT, .m_name = "forms", .m_size = -1};

#if FORM == 1 /* what it declares depends on the environment */
PyMODINIT_FUNC PyInit_forms(void)
{
    PyObject *m = PyModule_Create(&single);
    if (m && getenv("FORMS"))
        PyUnstable_Module_SetGIL(m, NOT);
    return m;
}
#elif FORM == 2 /* a submodule declares, the module does not */
static struct PyModuleDef other = {PyModuleDef_HEAD_INIT, .m_name = "forms.sub", .m_size = -1};
PyMODINIT_FUNC PyInit_forms(void)
{
    PyObject *m = PyModule_Create(&single), *sub = PyModule_Create(&other);
    if (m && sub) {
        PyUnstable_Module_SetGIL(sub, NOT);
        PyModule_AddObject(m, "sub", sub);
    }
    return m;
}
#elif FORM == 3 /* the last word counts */
PyMODINIT_FUNC PyInit_forms(void)
{
    PyObject *m = PyModule_Create(&single);
    if (m == NULL || PyUnstable_Module_SetGIL(m, NOT) < 0 || PyUnstable_Module_SetGIL(m, USED) < 0)
        return NULL;
    return m;
}
#elif FORM == 4 /* slots of the file that the init function changes */
static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {GIL, NOT}, {0, NULL}};
PyMODINIT_FUNC PyInit_forms(void)
{
    slots[1].value = USED;
    def.m_slots = slots;
    return PyModuleDef_Init(&def);
}
#elif FORM == 5 /* slots copied from a table */
static const struct { int id; void *value; } table[] = {{Py_mod_exec, execute}, {GIL, NOT}, {0, NULL}};
static PyModuleDef_Slot slots[3];
PyMODINIT_FUNC PyInit_forms(void)
{
    memcpy(slots, table, sizeof slots);
    def.m_slots = slots;
    return PyModuleDef_Init(&def);
}
#elif FORM == 6 /* the definition and its slots are allocated */
PyMODINIT_FUNC PyInit_forms(void)
{
    struct PyModuleDef *d = PyMem_Calloc(1, sizeof *d);
    PyModuleDef_Slot *s = PyMem_Calloc(4, sizeof *s);
    if (d == NULL || s == NULL)
        return PyErr_NoMemory();
    *d = def;
    s[0] = (PyModuleDef_Slot){Py_mod_exec, execute};
    s[1] = (PyModuleDef_Slot){GIL, NOT};
    d->m_slots = s;
    return PyModuleDef_Init(d);
}
#elif FORM == 7 /* it keeps the definition for its next call */
static PyObject *kept;
static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {GIL, NOT}, {0, NULL}};
PyMODINIT_FUNC PyInit_forms(void)
{
    if (kept)
        return kept;
    def.m_slots = slots;
    return kept = PyModuleDef_Init(&def);
}
#elif FORM == 8 /* two slots for one thing: CPython refuses it */
static PyModuleDef_Slot slots[] = {{GIL, NOT}, {GIL, USED}, {0, NULL}};
PyMODINIT_FUNC PyInit_forms(void) { def.m_slots = slots; return PyModuleDef_Init(&def); }
#elif FORM == 9 /* a value that means nothing */
static PyModuleDef_Slot slots[] = {{GIL, (void *)7}, {0, NULL}};
PyMODINIT_FUNC PyInit_forms(void) { def.m_slots = slots; return PyModuleDef_Init(&def); }
#elif FORM == 10 /* it returns a module with an exception pending, and is refused */
PyMODINIT_FUNC PyInit_forms(void)
{
    PyObject *m = PyModule_Create(&single);
    PyObject *other = PyImport_ImportModule("math");
    Py_XDECREF(other);
    if (PyErr_Occurred()) {
        PyErr_SetString(PyExc_ImportError, "no math");
        return m;
    }
    if (m)
        PyUnstable_Module_SetGIL(m, NOT);
    return m;
}
#elif FORM == 11 /* a helper decides, by an argument */
static __attribute__((noinline)) PyObject *make(struct PyModuleDef *d, int free_threaded)
{
    PyObject *m = PyModule_Create(d);
    if (m == NULL)
        return NULL;
    if (free_threaded && PyUnstable_Module_SetGIL(m, NOT) < 0) {
        Py_DECREF(m);
        return NULL;
    }
    return m;
}
PyMODINIT_FUNC PyInit_forms(void) { return make(&single, ARGUMENT); }
#elif FORM == 12 /* a create slot, an exec slot and a slot that only 3.15 knows */
static PyObject *create(PyObject *spec, PyModuleDef *d) { return PyModule_New("forms"); }
static PyModuleDef_Slot slots[] = {{Py_mod_create, create}, {Py_mod_exec, execute}, {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}, {87, NOT}, {0, NULL}};
PyMODINIT_FUNC PyInit_forms(void) { def.m_slots = slots; return PyModuleDef_Init(&def); }
#elif FORM == 13 /* sub-slots of 3.15, nested DEPTH times */
static PyModuleDef_Slot last[] = {{GIL, NOT}, {0, NULL}};
static PyModuleDef_Slot d2[] = {{94, last}, {0, NULL}};
static PyModuleDef_Slot d3[] = {{94, d2}, {0, NULL}};
static PyModuleDef_Slot d4[] = {{94, d3}, {0, NULL}};
static PyModuleDef_Slot d5[] = {{Py_mod_exec, execute}, {94, d4}, {0, NULL}};
static PyModuleDef_Slot d6[] = {{94, d5}, {0, NULL}};
#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
PyMODINIT_FUNC PyInit_forms(void) { (void)d6; def.m_slots = PASTE(d, DEPTH); return PyModuleDef_Init(&def); }
#elif FORM == 14 /* PyModExport_ of 3.15 */
typedef struct { uint16_t id, flags; uint32_t reserved; uintptr_t value; } Slot;
static const struct { uint8_t major, minor; uint16_t flags; uint32_t build, abi; } info = {1, 0, FLAGS, 0x030f01f0, 0x030f0000};
static PyModuleDef_Slot old[] = {{85, execute}, {87, NOT}, {0, NULL}};
static const Slot inner[] = {{100, 2, 0, (uintptr_t)"forms"}, {94, 0, 0, (uintptr_t)old}, {0xfbad, 1, 0, 0}, {0, 0, 0, 0}};
static const Slot slots[] = {{109, 2, 0, (uintptr_t)&info}, {92, 2, 0, (uintptr_t)inner}, {0, 0, 0, 0}};
__attribute__((visibility("default"))) const Slot *PyModExport_forms(PyObject *spec) { return slots; }
#elif FORM == 15 /* what cffi writes: the module comes from elsewhere */
PyMODINIT_FUNC PyInit_forms(void)
{
    PyObject *result = NULL, *backend = PyImport_ImportModule("_cffi_backend");
    if (backend) {
        result = PyObject_CallMethod(backend, "_init_cffi_1_0_external_module", "O", backend);
        Py_DECREF(backend);
    }
    return result;
}
#elif FORM == 16 /* slots whose number is worked out */
static volatile int number = 4;
static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0, NOT}, {0, NULL}};
PyMODINIT_FUNC PyInit_forms(void)
{
    slots[1].slot = number;
    def.m_slots = slots;
    return PyModuleDef_Init(&def);
}
#elif FORM == 17 /* either of two definitions */
static PyModuleDef_Slot slots[] = {{GIL, NOT}, {0, NULL}};
static struct PyModuleDef quiet = {PyModuleDef_HEAD_INIT, .m_name = "forms"};
PyMODINIT_FUNC PyInit_forms(void)
{
    def.m_slots = slots;
    return PyModuleDef_Init(getenv("FORMS") ? &def : &quiet);
}
#elif FORM == 18 /* the whole definition is copied before it is used */
static PyModuleDef_Slot slots[] = {{GIL, NOT}, {0, NULL}};
static struct PyModuleDef copy;
PyMODINIT_FUNC PyInit_forms(void)
{
    copy = def;
    copy.m_slots = slots;
    return PyModuleDef_Init(&copy);
}
#elif FORM == 19 /* single-phase by way of the functions of multi-phase */
static PyModuleDef_Slot slots[] = {{GIL, NOT}, {0, NULL}};
PyMODINIT_FUNC PyInit_forms(void)
{
    PyObject *spec = PyDict_New();
    def.m_slots = slots;
    return spec ? PyModule_FromDefAndSpec(&def, spec) : NULL;
}
#elif FORM == 20 /* it declares by a pointer to the function */
static int (*volatile declare)(PyObject *, void *) = PyUnstable_Module_SetGIL;
PyMODINIT_FUNC PyInit_forms(void)
{
    PyObject *m = PyModule_Create(&single);
    if (m)
        declare(m, NOT);
    return m;
}
#elif FORM == 21 /* a loop fills the slots */
static PyModuleDef_Slot slots[4];
PyMODINIT_FUNC PyInit_forms(void)
{
    const int ids[] = {Py_mod_exec, Py_mod_multiple_interpreters, GIL};
    void *const values[] = {execute, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED, NOT};
    for (int i = 0; i < 3; i++) {
        slots[i].slot = ids[i];
        slots[i].value = values[i];
    }
    def.m_slots = slots;
    return PyModuleDef_Init(&def);
}
#elif FORM == 22 /* a loop of which nobody knows how often it runs */
static PyModuleDef_Slot slots[8];
static volatile int count = 2;
static PyModuleDef_Slot const all[] = {{Py_mod_exec, execute}, {GIL, NOT}, {0, NULL}, {0, NULL}};
PyMODINIT_FUNC PyInit_forms(void)
{
    for (int i = 0, n = count; i < n && i < 7; i++)
        slots[i] = all[i];
    def.m_slots = slots;
    return PyModuleDef_Init(&def);
}
#elif FORM == 23 /* a slot is changed, nobody knows which */
static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {GIL, NOT}, {0, NULL}};
static volatile int which = 1;
PyMODINIT_FUNC PyInit_forms(void)
{
    slots[which].value = USED;
    def.m_slots = slots;
    return PyModuleDef_Init(&def);
}
#elif FORM == 24 /* someone else writes the slots */
static PyModuleDef_Slot slots[3];
extern void fill(PyModuleDef_Slot *);
PyMODINIT_FUNC PyInit_forms(void)
{
    fill(slots);
    def.m_slots = slots;
    return PyModuleDef_Init(&def);
}
#elif FORM >= 25 /* the init function is too long for all that it calls to be followed */
#define CALL(n) if ((o = PyLong_FromLong(sum + n)) == NULL) { sum += 3; PyErr_Clear(); } else { sum ^= (long)((uintptr_t)o >> n); Py_DECREF(o); }
#define TEN(n) CALL(n) CALL(n + 1) CALL(n + 2) CALL(n + 3) CALL(n + 4) CALL(n + 5) CALL(n + 6) CALL(n + 7) CALL(n + 8) CALL(n + 9)
#define LONG TEN(0) TEN(1) TEN(2) TEN(3) TEN(4) TEN(5) TEN(6) TEN(7) TEN(8) TEN(9)
#define LONGER LONG LONG LONG
static __attribute__((noinline)) long work(long sum) { PyObject *o; LONGER return sum; }
#if FORM == 25 /* it keeps the module for its next call, and notes that it has it */
static PyObject *kept;
static int state = 3;
PyMODINIT_FUNC PyInit_forms(void)
{
    PyObject *m;
    if (state == 0) {
        Py_INCREF(kept);
        return kept;
    }
    work(1);
    m = PyModule_Create(&single);
    if (m == NULL || PyUnstable_Module_SetGIL(m, NOT) < 0)
        return NULL;
    kept = m;
    state = 0;
    Py_INCREF(kept);
    return kept;
}
#elif FORM == 26 || FORM == 27 /* a long function calls another that declares, by an argument or by a table */
typedef int (*step)(PyObject *);
static __attribute__((noinline)) int declare(PyObject *m) { return PyUnstable_Module_SetGIL(m, NOT); }
static __attribute__((noinline)) int idle(PyObject *m) { return 0; }
static const struct { step first, second; } table = {idle, declare};
static __attribute__((noinline)) long apply(PyObject *m, const step *steps, int n)
{
    long sum = 2;
    PyObject *o;
    LONG
    for (int i = 0; i < n; i++)
        sum += steps[i](m);
    LONG
    return sum;
}
PyMODINIT_FUNC PyInit_forms(void)
{
    PyObject *m = PyModule_Create(&single);
    work(2);
    if (m == NULL)
        return NULL;
#if FORM == 26
    step steps[] = {idle, declare};
    apply(m, steps, 2);
#else
    apply(m, &table.first, 2);
#endif
    return m;
}
#elif FORM == 28 /* a long function changes the slots */
static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {GIL, NOT}, {0, NULL}};
static __attribute__((noinline)) long change(long sum) { PyObject *o; LONG slots[1].value = USED; LONG return sum; }
PyMODINIT_FUNC PyInit_forms(void)
{
    work(3);
    change(4);
    def.m_slots = slots;
    return PyModuleDef_Init(&def);
}
#elif FORM == 29 /* nothing that is left out matters */
PyMODINIT_FUNC PyInit_forms(void)
{
    PyObject *m = PyModule_Create(&single);
    work(5);
    if (m)
        PyUnstable_Module_SetGIL(m, NOT);
    work(6);
    return m;
}
#elif FORM == 30 || FORM == 31 || FORM == 32 /* as PyO3 up to 0.27 does: once, by a closure, or waiting for who does */
struct task { void *(*call)(void *); };
struct once { _Atomic(uintptr_t) state; PyObject *module; unsigned char used; };
struct closure { struct once *cell; unsigned char *used; PyThreadState *suspended; };
static struct once once = {0, NULL, 0};
static __attribute__((noinline, noreturn)) void give_up(long n) { work(n); abort(); }
static __attribute__((noinline)) void *initialize(void *data)
{
    struct closure *c = *(struct closure **)data;
    PyObject *m;
    PyEval_RestoreThread(c->suspended);
    m = PyModule_Create(&single);
#if FORM == 31 /* someone may have changed it */
    c->used = &once.used;
#endif
    if (m == NULL || PyUnstable_Module_SetGIL(m, *c->used ? USED : NOT) < 0)
        return NULL;
    work(7);
    c->cell->module = m;
    return m;
}
__attribute__((visibility("default"))) void declare_used(int used) { once.used = used; }
static const struct task task = {initialize};
static __attribute__((noinline)) void wait_for(struct once *cell) { work(8); PyErr_CheckSignals(); }
static __attribute__((noinline)) int run(struct once *cell, void *data, const struct task *task)
{
    uintptr_t state = cell->state;
    for (;;) {
        switch (state & 3) {
        case 0:
            if (!__atomic_compare_exchange_n(&cell->state, &state, state + 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
                continue;
            if (task->call(data) == NULL)
                return -1;
            cell->state = 2;
            return 0;
        case 1:
            wait_for(cell);
            state = cell->state;
            continue;
        case 2:
            return 0;
        default:
            give_up(9);
        }
    }
}
static __attribute__((noinline)) PyObject *make(struct once *cell, unsigned char used)
{
    struct closure c = {cell, &used, NULL}, *data = &c;
    if (cell->state != 2) {
        c.suspended = PyEval_SaveThread();
        if (run(cell, &data, &task) < 0)
            return NULL;
    }
    Py_XINCREF(cell->module);
    return cell->module;
}
PyMODINIT_FUNC PyInit_forms(void)
{
    work(10);
#if FORM == 32
    return make(&once, 1);
#else
    return make(&once, 0);
#endif
}
#elif FORM == 33 || FORM == 34 /* a table of jumps, by a number that is not known: all ways declare the same, or one does not */
static __attribute__((noinline)) int declare(PyObject *m, void *gil) { return PyUnstable_Module_SetGIL(m, gil); }
PyMODINIT_FUNC PyInit_forms(void)
{
    PyObject *m = PyModule_Create(&single);
    if (m == NULL)
        return NULL;
    switch ((unsigned)rand() & 7) {
    case 0: PyModule_AddIntConstant(m, "zero", 0); declare(m, NOT); break;
    case 1: declare(m, NOT); PyModule_AddIntConstant(m, "one", 1); break;
    case 2: PyModule_AddIntConstant(m, "two", 2); declare(m, NOT); break;
    case 3: declare(m, NOT); PyModule_AddIntConstant(m, "three", 3); break;
    case 4: PyModule_AddIntConstant(m, "four", 4); declare(m, NOT); break;
    case 5: declare(m, FORM == 33 ? NOT : USED); PyModule_AddIntConstant(m, "five", 5); break;
    case 6: PyModule_AddIntConstant(m, "six", 6); declare(m, NOT); break;
    case 7: declare(m, NOT); PyModule_AddIntConstant(m, "seven", 7); break;
    }
    return m;
}
#elif FORM == 35 /* what seems to end in a failure goes on in another function, which declares */
static __attribute__((noinline)) PyObject *last(PyObject *m) { work(11); return PyUnstable_Module_SetGIL(m, USED) < 0 ? NULL : m; }
static __attribute__((noinline)) PyObject *fail(PyObject *m)
{
    work(12);
    return last(m);
}
PyMODINIT_FUNC PyInit_forms(void)
{
    PyObject *m = PyModule_Create(&single);
    if (m == NULL || PyUnstable_Module_SetGIL(m, NOT) < 0)
        return NULL;
    work(13);
    return fail(m);
}
#endif
#endif
