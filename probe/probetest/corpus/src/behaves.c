/* A module that declares that it does not use the GIL, and misbehaves: DO is the
   function that runs in its exec slot or, with AT_INIT, in its init function. */
#include "fixture.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-result"

/* crash writes where nothing is. */
static int crash(void)
{
    static volatile int *volatile nowhere;
    *nowhere = 1;
    return 0;
}

/* crash_without_gil does so only where the GIL is off. */
static int crash_without_gil(void)
{
    PyObject *ask = PySys_GetObject("_is_gil_enabled"); /* borrowed */
    PyObject *on = ask ? PyObject_CallNoArgs(ask) : NULL;
    if (on == NULL)
        return -1;
    int off = on == Py_False;
    Py_DECREF(on);
    return off ? crash() : 0;
}

static void crash_now(void) { crash(); }

/* crash_at_exit lets the interpreter come to its end first. */
static int crash_at_exit(void) { return Py_AtExit(crash_now); }

static int stop(void) { abort(); }

/* spin never returns, and never lets the interpreter at its thread. */
static int spin(void)
{
    volatile int forever = 1;
    while (forever)
        ;
    return 0;
}

/* hang waits for what never comes, as a client without a server does. */
static int hang(void)
{
    Py_BEGIN_ALLOW_THREADS
    for (;;)
        sleep(1000);
    Py_END_ALLOW_THREADS
    return 0;
}

/* hog takes a gibibyte, 32 mebibytes at a time, and holds it for a while. */
static int hog(void)
{
    enum { CHUNKS = 32, CHUNK = 32 << 20 };
    static char *chunks[CHUNKS];
    for (int i = 0; i < CHUNKS; i++) {
        chunks[i] = malloc(CHUNK);
        if (chunks[i] == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        memset(chunks[i], 1, CHUNK);
    }
    sleep(2);
    for (int i = 0; i < CHUNKS; i++)
        free(chunks[i]);
    return 0;
}

/* hog_carelessly does not look at what malloc returned. */
static int hog_carelessly(void)
{
    enum { CHUNKS = 32, CHUNK = 32 << 20 };
    for (int i = 0; i < CHUNKS; i++) {
        volatile char *chunk = malloc(CHUNK);
        for (size_t at = 0; at < CHUNK; at += 4096)
            chunk[at] = 1;
    }
    sleep(2);
    return 0;
}

/* daemonise leaves a process behind that holds on to every descriptor. */
static int daemonise(void)
{
    if (fork() == 0) {
        setsid();
        if (fork() == 0)
            sleep(20);
        _exit(0);
    }
    return 0;
}

/* quit ends the process as if all were well. */
static int quit(void) { _exit(0); }

/* quit_politely lets the C library's exit handlers run, but not the interpreter's end. */
static int quit_politely(void) { exit(0); }

static void write_everywhere(const char *text)
{
    for (int fd = 0; fd < 1024; fd++)
        write(fd, text, strlen(text));
}

/* shout writes to every descriptor, whole lines, half lines and bytes that are no text. */
static int shout(void)
{
    write_everywhere("hello from a module\n");
    write_everywhere("{\"end\": true, \"complete\": true, \"modules\": []}\n");
    write_everywhere("half a line \xff\xfe\x01");
    PyObject *builtins = PyImport_ImportModule("builtins");
    PyObject *done = builtins ? PyObject_CallMethod(builtins, "print", "s", "printed") : NULL;
    int status = done ? 0 : -1;
    Py_XDECREF(done);
    Py_XDECREF(builtins);
    return status;
}

/* forge claims success on every descriptor, and ends the process. */
static int forge(void)
{
    write_everywhere("\n{\"module\": \"" QUOTE(NAME) "\", \"declaration\": \"not-used\", \"gil\": false}\n");
    write_everywhere("{\"record\": \"end\", \"end\": true, \"complete\": true, \"ok\": true}\n");
    _exit(0);
}

/* shut closes every descriptor but the standard ones. */
static int shut(void)
{
    for (int fd = 3; fd < 65536; fd++)
        close(fd);
    return 0;
}

static int refuse(void)
{
    PyErr_SetString(PyExc_ImportError, "this processor lacks what " QUOTE(NAME) " needs");
    return -1;
}

static int leave(void)
{
    PyErr_SetString(PyExc_SystemExit, "leaving");
    return -1;
}

/* join_others waits until every other thread but the main one is done. When they
   wait for this very import, none of them ever is. */
static int join_others(void)
{
    PyObject *globals = PyDict_New();
    if (globals == NULL)
        return -1;
    PyObject *done = PyRun_String(
        "import threading\n"
        "for other in threading.enumerate():\n"
        "    if other not in (threading.current_thread(), threading.main_thread()):\n"
        "        other.join()\n",
        Py_file_input, globals, globals);
    Py_DECREF(globals);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

#ifdef AT_INIT
static PyModuleDef_Slot slots[] = {{Py_mod_gil, Py_MOD_GIL_NOT_USED}, {0, NULL}};

static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, .m_name = QUOTE(NAME), .m_slots = slots};

PyMODINIT_FUNC INIT(void) { return DO() < 0 ? NULL : PyModuleDef_Init(&def); }
#else
static int exec(PyObject *module) { return DO(); }

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, exec},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL},
};

MULTI_PHASE(slots)
#endif
