package pep508

// Environment is what markers are evaluated against: the facts of one Python
// on one platform. It may be shared by any number of evaluations as long as
// nobody changes it.
type Environment struct {
	OSName                       string // os.name: "posix", "nt"
	SysPlatform                  string // sys.platform: "linux", "darwin", "win32"
	PlatformMachine              string // platform.machine(): "x86_64", "arm64"
	PlatformPythonImplementation string // platform.python_implementation(): "CPython"
	PlatformRelease              string // platform.release(), "" if unknown
	PlatformSystem               string // platform.system(): "Linux", "Darwin", "Windows"
	PlatformVersion              string // platform.version(), "" if unknown
	PythonVersion                string // "3.14"
	PythonFullVersion            string // "3.14.0", "3.15.0rc1", "3.15.0+"
	ImplementationName           string // sys.implementation.name: "cpython"
	ImplementationVersion        string // "3.14.0"

	// Extras and Groups are the sets of PEP 751, which exist only for the
	// markers of a lock file: what is to be installed from it. They are nil
	// elsewhere.
	Extras, Groups []string

	// ABIFeatures is the set of PEP 780, a draft: "free-threading" or
	// "gil-enabled", "debug", "64-bit" or "32-bit". Markers see it only if
	// AllowABIFeatures is set.
	ABIFeatures      []string
	AllowABIFeatures bool
}

// variable is a name that markers can ask for.
type variable uint8

const (
	noVariable variable = iota
	osName
	sysPlatform
	platformMachine
	platformPythonImplementation
	platformRelease
	platformSystem
	platformVersion
	pythonVersion
	pythonFullVersion
	implementationName
	implementationVersion
	extraName
	extrasSet
	groupsSet
	abiFeatures
)

var variableText = [...]string{
	osName:                       "os_name",
	sysPlatform:                  "sys_platform",
	platformMachine:              "platform_machine",
	platformPythonImplementation: "platform_python_implementation",
	platformRelease:              "platform_release",
	platformSystem:               "platform_system",
	platformVersion:              "platform_version",
	pythonVersion:                "python_version",
	pythonFullVersion:            "python_full_version",
	implementationName:           "implementation_name",
	implementationVersion:        "implementation_version",
	extraName:                    "extra",
	extrasSet:                    "extras",
	groupsSet:                    "dependency_groups",
	abiFeatures:                  "sys_abi_features",
}

func (v variable) String() string { return variableText[v] }

// isVersion reports whether comparisons with v are comparisons of versions,
// if both sides are versions.
func (v variable) isVersion() bool {
	switch v {
	case pythonVersion, pythonFullVersion, implementationVersion, platformRelease:
		return true
	default:
		return false
	}
}

// isSet reports whether v is a set, of which one can ask only what is in it.
func (v variable) isSet() bool { return v >= extrasSet }

// variableNamed returns the variable of that exact name.
func variableNamed(name string) variable {
	for v, text := range variableText {
		if text == name && text != "" {
			return variable(v)
		}
	}
	return noVariable
}

// variableSpelled returns the variable that name spells in a marker; some have
// old spellings with a dot, and one an old name.
func variableSpelled(name string) variable {
	switch name {
	case "os.name":
		return osName
	case "sys.platform":
		return sysPlatform
	case "platform.version":
		return platformVersion
	case "platform.machine":
		return platformMachine
	case "platform.python_implementation", "python_implementation":
		return platformPythonImplementation
	}
	return variableNamed(name)
}

// value returns the text of v, which is neither the extra nor a set.
func (e *Environment) value(v variable) string {
	switch v {
	case osName:
		return e.OSName
	case sysPlatform:
		return e.SysPlatform
	case platformMachine:
		return e.PlatformMachine
	case platformPythonImplementation:
		return e.PlatformPythonImplementation
	case platformRelease:
		return e.PlatformRelease
	case platformSystem:
		return e.PlatformSystem
	case platformVersion:
		return e.PlatformVersion
	case pythonVersion:
		return e.PythonVersion
	case pythonFullVersion:
		// A build of CPython between two releases says 3.15.0+, which
		// is no version; packaging makes a local version of it.
		if n := len(e.PythonFullVersion); n > 0 && e.PythonFullVersion[n-1] == '+' {
			return e.PythonFullVersion + "local"
		}
		return e.PythonFullVersion
	case implementationName:
		return e.ImplementationName
	case implementationVersion:
		return e.ImplementationVersion
	default:
		return ""
	}
}

// has reports whether the set v has a member. Names of extras and groups are
// compared normalised; name is so already.
func (e *Environment) has(v variable, name string) bool {
	var set []string
	switch v {
	case extrasSet:
		set = e.Extras
	case groupsSet:
		set = e.Groups
	default:
		set = e.ABIFeatures
	}
	for _, member := range set {
		if v != abiFeatures {
			member = NormalizeExtra(member)
		}
		if member == name {
			return true
		}
	}
	return false
}

// knows reports whether the set v exists in e.
func (e *Environment) knows(v variable) bool {
	switch v {
	case extrasSet:
		return e.Extras != nil
	case groupsSet:
		return e.Groups != nil
	default:
		return e.AllowABIFeatures
	}
}
