package build

import (
	"os"
	"path/filepath"
	"strings"
)

// passed are the variables that reach configure and make. PYTHONHOME, MAKEFLAGS
// and their like would build something else, or fail far from their cause.
func passed() []string {
	return []string{
		"PATH", "HOME", "TMPDIR", "SHELL", "USER", "LOGNAME", "TERM",
		"CC", "CXX", "CPP", "AR", "CFLAGS", "CPPFLAGS", "CXXFLAGS", "LDFLAGS", "LIBS", "LD_LIBRARY_PATH", "LIBRARY_PATH", "CPATH",
		"PKG_CONFIG", "PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR", "PKG_CONFIG_SYSROOT_DIR",
		"CCACHE_DIR", "CCACHE_DISABLE", "SOURCE_DATE_EPOCH",
		"MACOSX_DEPLOYMENT_TARGET", "SDKROOT", "DEVELOPER_DIR",
	}
}

// environ is the environment of what the build starts.
func (o *Options) environ() []string {
	env := []string{"LC_ALL=C"} // messages that the log's readers can look up
	for _, name := range passed() {
		if v := o.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// look returns the path of a program on the caller's PATH, "" if there is none.
func (o *Options) look(program string) string {
	if filepath.IsAbs(program) {
		if isExecutable(program) {
			return program
		}
		return ""
	}
	for _, dir := range filepath.SplitList(o.Getenv("PATH")) {
		if name := filepath.Join(dir, program); filepath.IsAbs(name) && isExecutable(name) {
			return name
		}
	}
	return ""
}

func isExecutable(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// checkTools returns a *ToolError if there is no compiler or no make.
func (o *Options) checkTools() error {
	var missing []string
	found := false
	for _, compiler := range o.compilers() {
		found = found || o.look(compiler) != ""
	}
	if !found {
		missing = append(missing, "a C compiler")
	}
	if o.look("make") == "" {
		missing = append(missing, "make")
	}
	if missing != nil {
		return &ToolError{missing}
	}
	return nil
}

// compilers are the programs of which one must be there.
func (o *Options) compilers() []string {
	// CC may hold arguments, and a wrapper before the compiler's name.
	if words := strings.Fields(o.Getenv("CC")); len(words) > 0 {
		return words[:1]
	}
	return []string{"gcc", "cc", "clang"}
}
