package runtime

import (
	"path/filepath"
	"strings"
)

// A Hive is a part of the Windows registry in which Pythons register.
type Hive string

// The hives, in the order PEP 514 has them looked at. A 32-bit program that
// registers for all users ends up in the last.
const (
	HiveUser      Hive = `HKEY_CURRENT_USER`
	HiveMachine   Hive = `HKEY_LOCAL_MACHINE`
	HiveMachine32 Hive = `HKEY_LOCAL_MACHINE (32-bit)`
)

// A Registry reads the Windows registry. What is not there is no error: it has
// no keys and is "".
type Registry interface {
	// Keys returns the names of the keys below a path.
	Keys(h Hive, path string) []string
	// Value returns a text value of the key at a path; the name "" is its
	// default value.
	Value(h Hive, path, name string) string
}

// registered returns the interpreters that are registered (PEP 514).
func registered(r Registry) []string {
	const root = `Software\Python`
	var found []string
	for _, h := range [...]Hive{HiveUser, HiveMachine, HiveMachine32} {
		for _, company := range r.Keys(h, root) {
			if strings.EqualFold(company, "PyLauncher") {
				continue // the launcher's own settings, as the PEP has it
			}
			for _, tag := range r.Keys(h, root+`\`+company) {
				key := root + `\` + company + `\` + tag + `\InstallPath`
				if program := r.Value(h, key, "ExecutablePath"); program != "" {
					found = append(found, program)
				} else if dir := r.Value(h, key, ""); dir != "" {
					found = append(found, filepath.Join(dir, "python.exe"))
				}
			}
		}
	}
	return found
}
