package vocab

// Toolchain is what made an extension module.
type Toolchain string

// The toolchains.
const (
	ToolchainC        Toolchain = "c"
	ToolchainCython   Toolchain = "cython"
	ToolchainPybind11 Toolchain = "pybind11"
	ToolchainNanobind Toolchain = "nanobind"
	ToolchainPyO3     Toolchain = "pyo3"
	ToolchainF2py     Toolchain = "f2py"
	ToolchainPythran  Toolchain = "pythran"
	ToolchainSWIG     Toolchain = "swig"
	ToolchainMypyc    Toolchain = "mypyc"
	ToolchainCFFI     Toolchain = "cffi"
)

// Fix is the line that declares a module of this toolchain free of the GIL.
func (c Toolchain) Fix() string {
	e, _ := Toolchains().Lookup(string(c))
	return e.Next
}

// Toolchains is the set of toolchains. The next step of each is the line that
// makes its modules declare that they run without the GIL, once they do.
func Toolchains() Set {
	return Set{"toolchain", "toolchain", "What made the module, and which line declares it?", []Entry{
		{string(ToolchainC), "written against the C API by hand, or by a tool that leaves no trace", "add {Py_mod_gil, Py_MOD_GIL_NOT_USED} to the module's slots; with single-phase initialisation call PyUnstable_Module_SetGIL(m, Py_MOD_GIL_NOT_USED), both under #ifdef Py_GIL_DISABLED"},
		{string(ToolchainCython), "Cython, which declares that the GIL is used unless it is told otherwise", "# cython: freethreading_compatible=True (Cython 3.1 or newer)"},
		{string(ToolchainPybind11), "pybind11", "PYBIND11_MODULE(name, m, py::mod_gil_not_used()) (pybind11 2.13 or newer)"},
		{string(ToolchainNanobind), "nanobind", "nanobind_add_module(name FREE_THREADED ...) (nanobind 2.2 or newer)"},
		{string(ToolchainPyO3), "PyO3", "#[pymodule(gil_used = false)] (PyO3 0.23 or newer; the default from 0.28)"},
		{string(ToolchainF2py), "f2py of NumPy", "f2py --freethreading-compatible (NumPy 2.1 or newer)"},
		{string(ToolchainPythran), "Pythran", "compile it with a Pythran whose generated code declares it"},
		{string(ToolchainSWIG), "SWIG", "%init %{ PyUnstable_Module_SetGIL(m, Py_MOD_GIL_NOT_USED); %} under #ifdef Py_GIL_DISABLED"},
		{string(ToolchainMypyc), "mypyc", "compile it with a newer mypyc, which declares it by default"},
		{string(ToolchainCFFI), "cffi in API mode: the declaration is that of the installed _cffi_backend", "build and run with cffi 2.0 or newer, on 3.14t or newer"},
	}}
}
