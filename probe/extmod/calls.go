package extmod

import "strings"

// zeroed is the bit in the addresses of allocated memory that was zero at first.
const zeroed = 1 << 46

// enter calls something that is not of the image, or not to be entered, and goes
// on with then once for each way in which it may return.
func (w *walker) enter(s *state, to value, then func(*state)) {
	conv := w.cpu.convention()
	name, ok := "", false
	if to.known() {
		name, ok = w.imported(to.v)
	}
	if name == tlsDescriptor || name == "_tlv_bootstrap" { // no other register is changed
		s.regs[conv.result], s.flags, s.equal = value{}, flags{}, equality{}
		if conv.pushes {
			s.regs[rDI] = value{}
		}
		then(s)
		return
	}
	w.overwrite(s, name)
	if !ok {
		s.lost = true
		w.scratch(s, maxArity)
		then(s)
		return
	}
	if neverReturns(name) {
		return
	}
	a0, a1, a2 := w.arg(s, 0), w.arg(s, 1), w.arg(s, 2)
	switch name {
	case "memcpy", "memmove", "__memcpy_chk", "__memmove_chk", "memset", "__memset_chk":
		w.moveMemory(s, name, a0, a1, a2)
		w.settle(s, conv)
		s.regs[conv.result] = a0
		then(s)
		return
	case "PyModuleDef_Init", "PyModule_Create2", "PyModule_FromDefAndSpec2", "PyUnstable_Module_SetGIL", "__cxa_guard_acquire", "__cxa_guard_release", "__cxa_atexit":
		w.settle(s, conv)
	default:
		if n := lockSize(name); n > 0 {
			if a0.known() {
				s.forget(a0.v, n)
			}
			w.settle(s, conv)
			break
		}
		w.scratch(s, arity(name))
	}
	for _, r := range conv.scratch {
		if r != conv.result {
			s.dead |= 1 << r
		}
	}
	result := &s.regs[conv.result]
	switch name {
	case "PyModuleDef_Init":
		s.trace.define(a0)
		*result = a0
	case "PyModule_Create2", "PyModule_Create2TraceRefs", "PyModule_New", "PyModule_NewObject":
		*result = s.trace.create(gilSilent)
	case "PyModule_FromDefAndSpec2", "PyModule_FromDefAndSpec2TraceRefs":
		d := w.definitionAt(s, a0)
		*result = s.trace.create(d.declared())
	case "PyModule_FromSlotsAndSpec":
		slots := w.slotsAt(s, a0, true)
		*result = s.trace.create(slots.declared())
	case setGIL:
		s.trace.declare(a0, a1)
		*result = lit(0)
	case "PyState_FindModule": // there is none yet
		*result = lit(0)
	case "__cxa_guard_acquire":
		if a0.known() && !onStack(a0.v) {
			w.guards[a0.v&^7] = true
		}
		*result = lit(1)
	case "__cxa_guard_release":
		if a0.known() {
			s.store(a0.v, lit(1), 1)
		}
	case "calloc", "PyMem_Calloc", "PyMem_RawCalloc", "PyObject_Calloc":
		*result = s.allocate(zeroed)
	case "malloc", "PyMem_Malloc", "PyMem_RawMalloc", "PyObject_Malloc", "_Znwm", "_Znam":
		*result = s.allocate(0)
	case "PyErr_Occurred":
		if s.trace.failed {
			*result = lit(someObject)
			break
		}
		other := w.pool.clone(s)
		other.trace.failed = true
		other.regs[conv.result] = lit(someObject)
		*result = lit(0)
		then(other)
	default:
		switch {
		case raises(name):
			s.trace.failed = true
		case clears(name):
			s.trace.failed = false
		case givesObject(name):
			if from := w.text(a0); from != "" && !w.image.creates() && strings.HasPrefix(name, "PyImport_ImportModule") {
				s.trace.from = w.from(from)
			}
			if s.trace.failed {
				break
			}
			other := w.pool.clone(s)
			other.trace.failed = true
			other.regs[conv.result] = lit(0)
			*result = s.object()
			then(other)
		}
	}
	then(s)
}

// object returns an address for the object that a call returns, which is the same
// whatever led there.
func (s *state) object() value {
	return lit(someObject + mix(s.pc^frameHash(s.frame))%(1<<40)*64)
}

// givesObject reports whether a function of the C API returns an object, and NULL
// only with an exception pending.
func givesObject(name string) bool {
	for _, prefix := range []string{
		"PyImport_Import", "PyObject_GetAttr", "PyObject_Call", "PyObject_Vectorcall", "PyCapsule_New", "PyCapsule_GetPointer", "PyCapsule_Import",
		"PyErr_NewException", "PyType_From", "PyUnicode_From", "PyUnicode_Intern", "PyLong_From", "PyDict_New", "PyList_New", "PyTuple_New", "PyTuple_Pack",
	} {
		if strings.HasPrefix(name, prefix) && name != "PyUnicode_InternInPlace" {
			return true
		}
	}
	return false
}

// settle forgets what a call changes that is known not to touch memory.
func (w *walker) settle(s *state, conv *convention) {
	for _, r := range conv.scratch {
		s.regs[r] = value{}
	}
	for _, r := range conv.vecs {
		s.vecs[r] = [2]value{}
	}
	s.flags, s.equal, s.dead, s.paged = flags{}, equality{}, 0, 0
}

// arity returns how many of its first arguments a function may write to, as far as
// that is known: what registers have beyond its arguments is left from before.
func arity(name string) int {
	switch name {
	case "__tls_get_addr", "__errno_location", "__error", "_errno", "GetLastError", "SetLastError", "GetCurrentThreadId", "GetProcessHeap", "GetCurrentProcess",
		"TlsGetValue", "TlsSetValue", "HeapAlloc", "HeapReAlloc", "HeapFree", "WaitOnAddress", "WakeByAddressSingle", "WakeByAddressAll", "SwitchToThread", "CloseHandle",
		"dispatch_semaphore_create", "dispatch_semaphore_wait", "dispatch_semaphore_signal", "dispatch_release",
		"pthread_self", "pthread_getspecific", "pthread_setspecific", "pthread_key_delete", "sched_yield",
		"PyEval_SaveThread", "PyEval_RestoreThread", "PyInterpreterState_Get", "PyInterpreterState_GetID", "PyThreadState_Get", "PyThreadState_GetUnchecked",
		"PyGILState_Ensure", "PyGILState_Release", "PyGILState_GetThisThreadState", "Py_IsInitialized", "Py_GetVersion",
		"PyErr_Occurred", "PyErr_Clear", "PyErr_GetRaisedException", "PyErr_SetRaisedException", "PyErr_SetString", "PyErr_SetObject", "PyErr_SetNone",
		"PyUnicode_FromString", "PyUnicode_FromStringAndSize", "PyUnicode_InternFromString", "PyImport_ImportModule", "PyImport_Import",
		"PyModule_GetDict", "PyModule_GetName", "PyModule_GetNameObject",
		"strlen", "strcmp", "strncmp", "memcmp", "bcmp", "memchr", "getenv", "malloc", "calloc", "realloc", "_Znwm", "_Znam",
		"PyMem_Malloc", "PyMem_RawMalloc", "PyObject_Malloc", "PyMem_Calloc", "PyMem_RawCalloc", "PyObject_Calloc",
		"write", "writev", "close", "munmap", "abort":
		return 0
	case "_Py_IncRef", "_Py_DecRef", "Py_IncRef", "Py_DecRef", "_Py_Dealloc", "_Py_DecRefShared", "_Py_MergeZeroLocalRefcount",
		"free", "PyMem_Free", "PyObject_Free", "PyMem_RawFree", "_ZdlPv", "_ZdlPvm",
		"pthread_mutexattr_init", "pthread_mutexattr_settype", "pthread_mutexattr_destroy", "pthread_mutex_init", "pthread_mutex_destroy", "pthread_key_create",
		"pthread_cond_init", "pthread_cond_signal", "pthread_cond_broadcast", "pthread_cond_destroy", "posix_memalign",
		"_ZNSs6appendEPKcm", "_ZNSs6assignEPKcm", "_ZNSs6insertEmPKcm":
		return 1
	}
	return maxArity
}

// maxArity is the most arguments that are passed in registers.
const maxArity = 8

// lockSize returns how much a function writes that locks, unlocks or waits, 0 for
// all others.
func lockSize(name string) uint64 {
	switch name {
	case "EnterCriticalSection", "LeaveCriticalSection", "WakeAllConditionVariable", "WakeConditionVariable",
		"AcquireSRWLockExclusive", "ReleaseSRWLockExclusive", "AcquireSRWLockShared", "ReleaseSRWLockShared",
		"pthread_mutex_lock", "pthread_mutex_unlock", "PyMutex_Lock", "PyMutex_Unlock":
		return 64
	}
	return 0
}

// neverReturns reports whether a function ends the process or unwinds the stack. A
// path through an exception ends in a failure of the init function.
func neverReturns(name string) bool {
	switch name {
	case "abort", "exit", "_exit", "__stack_chk_fail", "_Unwind_Resume", "__cxa_throw", "__cxa_rethrow", "_CxxThrowException",
		"__cxa_bad_cast", "__cxa_throw_bad_array_new_length", "__assert_fail", "__assert_rtn", "_Py_FatalErrorFunc", "Py_FatalError",
		"TerminateProcess", "ExitProcess", "RaiseException", "RaiseFailFastException", "_invalid_parameter_noinfo_noreturn", "_invoke_watson",
		"_ZSt9terminatev", "__terminate", "terminate", "_Unwind_RaiseException", "longjmp", "__cxa_call_unexpected", "__cxa_pure_virtual":
		return true
	}
	return strings.HasPrefix(name, "_ZSt") && strings.Contains(name, "__throw_")
}

// raises reports whether a function of the C API leaves an exception pending.
func raises(name string) bool {
	rest, ok := strings.CutPrefix(name, "PyErr_")
	return ok && (strings.HasPrefix(rest, "Set") && rest != "SetInterrupt" && rest != "SetInterruptEx" ||
		rest == "Format" || rest == "FormatV" || rest == "NoMemory" || rest == "BadInternalCall" || rest == "BadArgument")
}

// clears reports whether it takes a pending exception away.
func clears(name string) bool {
	switch name {
	case "PyErr_Clear", "PyErr_Fetch", "PyErr_GetRaisedException", "PyErr_Print", "PyErr_PrintEx", "PyErr_WriteUnraisable", "PyErr_Restore", "PyErr_SetRaisedException":
		return true
	}
	return false
}

// moveMemory copies or fills memory.
func (w *walker) moveMemory(s *state, name string, to, from, n value) {
	if !to.known() {
		return
	}
	if !n.known() || n.v > 512 {
		s.forget(to.v, 1<<12)
		return
	}
	fill := strings.Contains(name, "memset")
	var bytes []value
	for i := range n.v {
		if fill {
			bytes = append(bytes, from)
		} else {
			bytes = append(bytes, w.load(s, from.add(lit(i)), 1))
		}
	}
	for i, b := range bytes {
		s.store(to.v+uint64(i), b, 1)
	}
}

// allocate returns fresh memory.
func (s *state) allocate(kind uint64) value {
	s.heap++
	return lit(heapBase + kind + s.heap%(1<<16)*heapStep)
}

// define notes a call of PyModuleDef_Init.
func (t *trace) define(def value) {
	switch {
	case !def.known() || t.defs == 1 && t.def != def.v:
		t.defs, t.def = 2, 0
	case t.defs == 0:
		t.defs, t.def = 1, def.v
	}
}

// create notes that a module object was made.
func (t *trace) create(g gil) value {
	if t.count == maxModules {
		t.many = true
		return value{}
	}
	token := uint64(moduleBase) + uint64(t.count)*moduleStep
	t.modules[t.count] = madeModule{token, g}
	t.count++
	return lit(token)
}

// declare notes a call of PyUnstable_Module_SetGIL.
func (t *trace) declare(module, value value) {
	g := gilUnknown
	if value.known() {
		switch value.v {
		case 0:
			g = gilUsed
		case 1:
			g = gilNotUsed
		}
	}
	if !module.known() && t.count == 1 {
		t.modules[0].gil = g
		return
	}
	found := false
	for i := range t.count {
		m := &t.modules[i]
		switch {
		case module.known() && module.v == m.token:
			m.gil, found = g, true
		case !module.known():
			m.gil = gilUnknown // it may have been this one
		}
	}
	if module.known() && !found {
		t.many = true // of a module that came from elsewhere
	}
}
