package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// systemPlaces are what of the system a program may read: libraries and data that
// every user of the machine can read and that tell nothing about them. What is
// missing is passed over. Not among them: /etc/passwd (user names), /etc/hosts and
// /etc/resolv.conf (there is no network), /var, /opt, /srv, /mnt, /media, /run.
func systemPlaces() []string {
	return []string{
		"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
		"/nix/store", "/gnu/store",
		"/etc/alternatives", // where libblas.so.3 may lead
		"/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld-musl-x86_64.path", "/etc/ld-musl-aarch64.path",
		"/etc/localtime", "/etc/timezone", "/etc/os-release", "/etc/debian_version", "/etc/nsswitch.conf",
		"/etc/mime.types", "/etc/protocols", "/etc/services",
		"/etc/fonts", "/var/cache/fontconfig",
		"/etc/ssl/certs", "/etc/ssl/cert.pem", "/etc/ssl/openssl.cnf",
		"/etc/pki/tls/certs", "/etc/pki/tls/openssl.cnf", "/etc/pki/ca-trust/extracted", "/etc/ca-certificates/extracted", "/etc/crypto-policies",
		"/sys/devices/system/cpu", "/sys/devices/system/node", // how many threads to start
		"/sys/kernel/mm/transparent_hugepage", "/sys/kernel/mm/hugepages",
	}
}

// devices may be read and written.
func devices() []string {
	return []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}
}

// procPlaces are the parts of /proc that say nothing about the processes of
// others, for where /proc is the machine's.
func procPlaces() []string {
	return []string{
		"/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/version", "/proc/filesystems", "/proc/loadavg", "/proc/uptime",
		"/proc/sys/kernel/osrelease", "/proc/sys/kernel/ostype", "/proc/sys/kernel/version", "/proc/sys/kernel/random", "/proc/sys/kernel/pid_max",
		"/proc/sys/kernel/cap_last_cap", "/proc/sys/kernel/ngroups_max", "/proc/sys/kernel/threads-max",
		"/proc/sys/vm/overcommit_memory", "/proc/sys/vm/max_map_count", "/proc/sys/fs/file-max", "/proc/sys/fs/pipe-max-size",
		"/proc/sys/crypto/fips_enabled",
	}
}

// A symlink is one that is passed on the way to a place.
type symlink struct{ path, target string }

// resolve follows a path as the kernel does: it returns where it leads, and the
// links on the way.
func resolve(path string) (string, []symlink, error) {
	var links []symlink
	todo := strings.Split(strings.Trim(path, "/"), "/")
	at := "/"
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		switch name {
		case "", ".":
			continue
		case "..":
			at = filepath.Dir(at)
			continue
		}
		next := filepath.Join(at, name)
		info, err := os.Lstat(next)
		if err != nil {
			return "", nil, err
		}
		if info.Mode()&os.ModeSymlink == 0 {
			at = next
			continue
		}
		if len(links) == 40 {
			return "", nil, fmt.Errorf("%s: too many symbolic links", path)
		}
		target, err := os.Readlink(next)
		if err != nil {
			return "", nil, err
		}
		links = append(links, symlink{next, target})
		if filepath.IsAbs(target) {
			at = "/"
		}
		todo = slices.Concat(strings.Split(target, "/"), todo)
	}
	return at, links, nil
}
