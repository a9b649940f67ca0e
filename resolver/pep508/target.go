package pep508

import "github.com/ftpkg/ftpkg/wheeltags"

// EnvironmentFor returns the environment of a target: a release of CPython on a
// machine that nothing is known of but its platform. It is what uv assumes for
// --python-version and --python-platform, so that answers can be compared: 3.14
// stands for 3.14.0, and platform_release and platform_version are empty.
//
// The free-threaded and the GIL build of a version differ in ABIFeatures alone,
// which markers see only if the caller sets AllowABIFeatures. The caller may
// change the result.
func EnvironmentFor(t wheeltags.Target) *Environment {
	full := t.Python.FullVersion()
	env := &Environment{
		OSName:                       "posix",
		PlatformMachine:              machine(t.Platform),
		PlatformPythonImplementation: "CPython",
		PythonVersion:                t.Python.Series(),
		PythonFullVersion:            full,
		ImplementationName:           "cpython",
		ImplementationVersion:        full,
		ABIFeatures:                  features(t),
	}
	switch t.Platform.OS() {
	case "linux":
		env.SysPlatform, env.PlatformSystem = "linux", "Linux"
	case "macos":
		env.SysPlatform, env.PlatformSystem = "darwin", "Darwin"
	case "windows":
		env.OSName, env.SysPlatform, env.PlatformSystem = "nt", "win32", "Windows"
	case "android":
		env.SysPlatform, env.PlatformSystem = "android", "Android"
	case "ios":
		env.SysPlatform, env.PlatformSystem = "ios", "iOS"
	}
	return env
}

// machine returns what platform.machine() says on a platform, where that isn't
// the name of the architecture.
func machine(p wheeltags.Platform) string {
	switch os, arch := p.OS(), p.Arch(); os + " " + arch {
	case "windows x86_64":
		return "AMD64"
	case "windows arm64":
		return "ARM64"
	case "android arm64_v8a":
		return "aarch64"
	case "android armeabi_v7a":
		return "armv7l"
	case "android x86":
		return "i686"
	case "ios arm64-simulator":
		return "arm64"
	case "ios x86_64-simulator":
		return "x86_64"
	default:
		return arch
	}
}

// features returns the ABI features of PEP 780.
func features(t wheeltags.Target) []string {
	f := []string{"gil-enabled", "64-bit"}
	if t.Python.FreeThreaded {
		f[0] = "free-threading"
	}
	switch t.Platform.Arch() {
	case "i686", "x86", "armv7l", "armeabi_v7a":
		f[1] = "32-bit"
	}
	if t.Python.Debug {
		f = append(f, "debug")
	}
	return f
}
