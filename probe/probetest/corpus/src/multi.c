/* Multi-phase initialisation. GIL is the value of its Py_mod_gil slot; without
   one the module says nothing, and the runtime takes it as using the GIL. */
#include "fixture.h"

static PyModuleDef_Slot slots[] = {
#ifdef GIL
    {Py_mod_gil, GIL},
#endif
    {0, NULL},
};

MULTI_PHASE(slots)
