//go:build unix

package sandbox

import (
	"strconv"
	"strings"
)

// profile returns a profile for macOS's sandbox-exec, and the parameters it is
// used with. Paths are parameters, so that none can be taken for a rule; they must
// be free of symbolic links, for that is how the system compares them.
//
// What is allowed by name are what dyld, libSystem and CPython's start need.
func profile(read, write []string) (text string, parameters []string) {
	var b strings.Builder
	b.WriteString(`(version 1)
(deny default)
(deny network*)
(allow process-fork)
(allow process-exec*)
(allow process-info* (target self))
(allow signal (target self) (target pgrp))
(allow sysctl-read)
(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo") (global-name "com.apple.system.logger"))
(allow ipc-posix-sem)
(allow file-read-metadata)
(allow file-read* file-map-executable
  (literal "/")
  (subpath "/System") (subpath "/usr") (subpath "/bin") (subpath "/sbin")
  (subpath "/Library/Apple") (subpath "/Library/Fonts") (subpath "/Library/Preferences/Logging")
  (subpath "/private/var/db/dyld") (subpath "/private/var/db/timezone")
  (literal "/private/etc/localtime") (literal "/private/etc/ssl/openssl.cnf") (literal "/private/etc/ssl/cert.pem"))
(allow file-read* file-write-data
  (literal "/dev/null") (literal "/dev/zero") (literal "/dev/random") (literal "/dev/urandom") (literal "/dev/dtracehelper"))
`)
	rule := func(kinds, name, path string) {
		b.WriteString("(allow " + kinds + " (subpath (param \"" + name + "\")))\n")
		parameters = append(parameters, "-D", name+"="+path)
	}
	for i, path := range read {
		rule("file-read* file-map-executable", "READ"+strconv.Itoa(i), path)
	}
	for i, path := range write {
		rule("file-read* file-map-executable file-write*", "WRITE"+strconv.Itoa(i), path)
	}
	return b.String(), parameters
}
