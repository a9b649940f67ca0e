package vocab

// ABI says for which of CPython's ABIs an extension module was compiled, as read
// from the file.
type ABI string

// The ABIs.
const (
	ABIGIL          ABI = "gil"
	ABIFreeThreaded ABI = "free-threaded"
	ABI3            ABI = "abi3"
	ABI3T           ABI = "abi3t"
	ABIUnknown      ABI = "unknown"
)

// ABIs is the set of ABIs.
func ABIs() Set {
	return Set{"ABI", "abi", "For which ABI was the module compiled?", []Entry{
		{string(ABIGIL), "for one version of CPython with the GIL: its objects are laid out as there", "nothing to do in a wheel for that build; a free-threaded one that loads it crashes"},
		{string(ABIFreeThreaded), "for one version of free-threaded CPython", "nothing to do"},
		{string(ABI3), "for the stable ABI of the builds with the GIL", "nothing to do in a wheel tagged abi3; no free-threaded build can load it"},
		{string(ABI3T), "for the stable ABI that free-threaded builds have from 3.15 on (PEP 803); builds with the GIL may load it too", "nothing to do"},
		{string(ABIUnknown), "the file does not tell", "probe it, or look at how it was built"},
	}}
}

// Declaration is what an extension module says about the GIL, as read from the
// file.
type Declaration string

// The declarations.
const (
	DeclarationNotUsed    Declaration = "not-used"
	DeclarationUsed       Declaration = "used"
	DeclarationSilent     Declaration = "silent"
	DeclarationDelegated  Declaration = "delegated"
	DeclarationUndecided  Declaration = "undecided"
	DeclarationNotAModule Declaration = "not-a-module"
)

// TurnsOn reports whether loading a module of this declaration turns the GIL on.
func (d Declaration) TurnsOn() bool { return d == DeclarationUsed || d == DeclarationSilent }

// Declarations is the set of declarations.
func Declarations() Set {
	return Set{"declaration in a file", "declaration", "What does the file of the module say about the GIL?", []Entry{
		{string(DeclarationNotUsed), "it declares that it does not use the GIL (Py_MOD_GIL_NOT_USED): loading it leaves the GIL off", "nothing to do; a declaration is a claim, not a proof of thread safety"},
		{string(DeclarationUsed), "it declares that it uses the GIL (Py_MOD_GIL_USED): loading it turns the GIL on", "see whether its toolchain wrote that unasked, and the fix for that toolchain; else its authors said no"},
		{string(DeclarationSilent), "it declares nothing, which the runtime takes as using the GIL: loading it turns the GIL on", "see the fix for its toolchain"},
		{string(DeclarationDelegated), "another module or library creates it, and that one decides", "see what the other one declares"},
		{string(DeclarationUndecided), "the file does not tell for certain, for the reason given", "ftpkg probe loads it and sees"},
		{string(DeclarationNotAModule), "no extension module, for all its name: it has no init function", "nothing to do; it is a library that something else loads"},
	}}
}

// Evidence says what in the file a [Declaration] was read from.
type Evidence string

// The kinds of evidence.
const (
	EvidenceStaticSlots  Evidence = "static-slots"
	EvidenceRunTimeSlots Evidence = "run-time-slots"
	EvidenceCallSite     Evidence = "call-site"
	EvidenceImports      Evidence = "imports"
	EvidenceNone         Evidence = "none"
)

// Evidences is the set of kinds of evidence.
func Evidences() Set {
	return Set{"evidence", "evidence", "What in the file was the declaration read from?", []Entry{
		{string(EvidenceStaticSlots), "the module's slots, which are data of the file", "nothing to do"},
		{string(EvidenceRunTimeSlots), "the instructions of the init function that write the slots", "nothing to do"},
		{string(EvidenceCallSite), "the instructions of the init function that call PyUnstable_Module_SetGIL, or do not", "nothing to do"},
		{string(EvidenceImports), "the functions of the C API that the file takes from the interpreter: without some it cannot declare", "nothing to do"},
		{string(EvidenceNone), "nothing; the declaration is not decided", "see the reason"},
	}}
}

// Fit is whether an interpreter can load an extension module, as predicted from
// the file.
type Fit string

// The fits.
const (
	FitLoads    Fit = "loads"
	FitWrongABI Fit = "wrong-abi"
	FitForeign  Fit = "foreign"
	FitIgnored  Fit = "ignored"
	FitUnknown  Fit = "unknown"
)

// Fits is the set of fits.
func Fits() Set {
	return Set{"fit", "fit", "Can the interpreter load the module?", []Entry{
		{string(FitLoads), "it was compiled for the interpreter's ABI", "nothing to do"},
		{string(FitWrongABI), "the interpreter takes it for one of its modules, but it was compiled for another ABI: loading it fails or crashes", "report it upstream: the wheel's tags promise what its files do not hold"},
		{string(FitForeign), "it is of another system or processor, or lacks an init function of its name: loading it raises ImportError", "install the wheel for this platform"},
		{string(FitIgnored), "its name has none of the interpreter's suffixes, so it is never looked at", "nothing to do; it is for another Python"},
		{string(FitUnknown), "the file does not tell for which ABI it was compiled", "probe it"},
	}}
}
