package matrix

import (
	"slices"
	"strings"
)

// archsOf are the architectures of a platform, as the option archs names them.
func archsOf(os string) []string {
	switch os {
	case "linux":
		return []string{"x86_64", "i686", "aarch64", "ppc64le", "s390x", "armv7l", "riscv64"}
	case "macos":
		return []string{"x86_64", "arm64", "universal2"}
	case "windows":
		return []string{"x86", "AMD64", "ARM64"}
	}
	return nil
}

// otherArchs are names that the option takes although none of the three platforms
// has them.
func otherArchs() []string {
	return []string{"wasm32", "arm64_v8a", "arm64_iphoneos", "arm64_iphonesimulator", "x86_64_iphonesimulator"}
}

// parseArchs returns the architectures that a value of archs stands for on a
// platform; unknown is the first word that is none. natives are those of the
// machines that the build runs on, which auto and native stand for.
func parseArchs(value, os string, natives []string, line *Line) (archs []string, unknown string, ok bool) {
	add := func(more ...string) {
		for _, a := range more {
			if !slices.Contains(archs, a) {
				archs = append(archs, a)
			}
		}
	}
	for _, word := range splitArchs(value) {
		switch word {
		case "all":
			add(line.archsOf(os)...)
		case "native":
			add(natives...)
		case "auto":
			add(natives...)
			add(autoExtra(os, natives, line)...)
		case "auto64":
			add(ofBits(natives, false)...)
		case "auto32":
			add(ofBits(natives, true)...)
		default:
			i := slices.IndexFunc(line.archsOf(os), func(a string) bool { return strings.EqualFold(a, word) })
			switch {
			case i >= 0:
				add(line.archsOf(os)[i])
			case !line.hasArch(word):
				return nil, word, false
			}
		}
	}
	return archs, "", true
}

// splitArchs splits at white space and commas; what is between two of them, if it
// is nothing, is a word as well.
func splitArchs(value string) []string {
	isSep := func(r rune) bool { return r == ',' || strings.ContainsRune(" \t\r\n\f\v", r) }
	var words []string
	start, inSep := 0, false
	for i, r := range value {
		switch {
		case isSep(r) && !inSep:
			words = append(words, value[start:i])
			inSep = true
		case !isSep(r) && inSep:
			start, inSep = i, false
		}
	}
	if inSep {
		start = len(value)
	}
	return append(words, value[start:])
}

// archsOf are the architectures of a platform that a release line builds for.
func (l *Line) archsOf(os string) []string {
	return slices.DeleteFunc(archsOf(os), func(arch string) bool {
		return !slices.ContainsFunc(l.Identifiers[os], func(id string) bool { return platformOf(id).Arch() == arch })
	})
}

// hasArch reports whether a word is an architecture of some platform.
func (l *Line) hasArch(word string) bool {
	all := otherArchs()
	for _, os := range platforms() {
		all = append(all, l.archsOf(os)...)
	}
	return slices.ContainsFunc(all, func(a string) bool { return strings.EqualFold(a, word) })
}

// autoExtra are what auto adds to the machine's own architecture.
func autoExtra(os string, natives []string, line *Line) []string {
	switch {
	case os == "windows" && slices.Contains(natives, "AMD64"):
		return []string{"x86"}
	case os == "linux" && line.AutoI686 && slices.Contains(natives, "x86_64"):
		return []string{"i686"}
	}
	return nil
}

// ofBits are the machines' architectures of 64 bits, or those of 32 that they run. Of
// ARM it is left out: the machines that vendors have do not run code for 32 bits.
func ofBits(natives []string, narrow bool) []string {
	narrower := map[string]string{"x86_64": "i686", "AMD64": "x86"}
	var archs []string
	for _, a := range natives {
		switch isNarrow := a == "i686" || a == "x86" || a == "armv7l"; {
		case isNarrow == narrow:
			archs = append(archs, a)
		case narrow && narrower[a] != "":
			archs = append(archs, narrower[a])
		}
	}
	return archs
}
