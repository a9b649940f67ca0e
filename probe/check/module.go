package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/extmod"
)

// checkModules holds the contents of modules against the tags. Of one module, only
// the first of the rules about its kind is reported: a module of another system
// breaks most of those that follow.
func (w *wheel) checkModules() {
	for _, m := range w.modules {
		m.faulty = w.checkFormat(m) || w.checkLibc(m.path, m.File) || w.checkNone(m) || w.checkSuffix(m) || w.checkLibrary(m) || w.checkLayout(m)
	}
	w.checkServed()
	for _, m := range w.modules {
		if !m.faulty {
			w.checkStable(m)
		}
	}
	w.checkFloors()
	w.checkDeclarations()
}

// formats are the object files of systems.
func formatOf(os string) string {
	return map[string]string{"linux": extmod.FormatELF, "macos": extmod.FormatMachO, "windows": extmod.FormatPE}[os]
}

func formatName(format string) string {
	return map[string]string{extmod.FormatELF: "an ELF file, for Linux", extmod.FormatMachO: "a Mach-O file, for macOS", extmod.FormatPE: "a PE file, for Windows"}[format]
}

// checkFormat judges the system and the processor that a module is for.
func (w *wheel) checkFormat(m *module) bool {
	var formats []string
	for i := range w.tags.platforms {
		p := &w.tags.platforms[i]
		format := formatOf(p.os)
		if format == "" || m.Format == format && hasArch(m.File, p.arch) {
			return false // anything may be there
		}
		formats = append(formats, format)
	}
	tag := w.tags.platforms[0].text
	if !slices.Contains(formats, m.Format) {
		w.found(m.path, ruleFormat, fmt.Sprintf("the tag is %s, the file is %s", tag, formatName(m.Format)))
		return true
	}
	if m.Format == extmod.FormatMachO && w.tags.platforms[0].arch == "universal2" {
		w.found(m.path, ruleArch, fmt.Sprintf("the tag is %s, the file is for %s alone", tag, archText(m.File)))
		return true
	}
	w.found(m.path, ruleArch, fmt.Sprintf("the tag is %s, the file is for %s", tag, archText(m.File)))
	return true
}

func archText(f *extmod.File) string {
	if f.Slices == nil {
		return f.Arch
	}
	var all []string
	for _, s := range f.Slices {
		all = append(all, s.Arch)
	}
	return strings.Join(all, " and ")
}

// hasArch reports whether a file is for an architecture as tags name it. An
// architecture that is not known is never wrong.
func hasArch(f *extmod.File, arch string) bool {
	switch arch {
	case "":
		return true
	case "universal2":
		return hasArch(f, extmod.ArchX8664) && hasArch(f, extmod.ArchARM64)
	case "intel":
		return hasArch(f, extmod.ArchX8664) || hasArch(f, "i386")
	case "fat", "fat3", "fat64", "universal":
		return true
	}
	for _, s := range f.Slices {
		if s.Arch == arch {
			return true
		}
	}
	return f.Arch == arch || f.Slices == nil && strings.HasPrefix(f.Arch, "machine-") && !knownArch(arch)
}

func knownArch(arch string) bool {
	return slices.Contains([]string{"i686", "i386", "ppc64le", "s390x", "armv7l", extmod.ArchX8664, extmod.ArchARM64, "riscv64", "loongarch64"}, arch)
}

// checkNone finds modules where the ABI is none. A wheel that has a module for each
// of several versions, by suffixes, is no mistake: each Python finds its own.
func (w *wheel) checkNone(m *module) bool {
	if w.tags.hasABI(func(a *abiTag) bool { return a.kind != abiNone }) {
		return false
	}
	if m.suffix.abi.kind == abiVersion {
		for _, o := range w.modules {
			if o.name == m.name && o.suffix.abi.kind == abiVersion && o.suffix.abi.text != m.suffix.abi.text {
				return false
			}
		}
	}
	if m.suffix.abi.kind == abiVersion {
		w.found(m.path, ruleNone, fmt.Sprintf("the ABI tag none promises that any Python can use it, but only %s looks for files named %s; others install the wheel and go without", m.suffix.abi.text, m.suffix.text))
		return true
	}
	w.found(m.path, ruleNone, "the ABI tag none promises that any Python can use it, but it is an extension module"+layoutText(m.ABI))
	return true
}

func layoutText(abi vocab.ABI) string {
	switch abi {
	case vocab.ABIGIL:
		return " for builds with the GIL: free-threaded ones install it and crash"
	case vocab.ABIFreeThreaded:
		return " for free-threaded builds: others install it and crash"
	default:
		return ""
	}
}

// checkSuffix judges what a module's name says: which interpreters look for it.
func (w *wheel) checkSuffix(m *module) bool {
	s := &m.suffix
	if s.abi.kind == abiOther {
		w.found(m.path, ruleSuffix, fmt.Sprintf("its suffix %s is none of CPython's", s.text))
		return true
	}
	if !slices.ContainsFunc(w.tags.platforms, func(p platformTag) bool { return s.fitsPlatform(&p) }) {
		w.found(m.path, ruleSuffix, fmt.Sprintf("on the platform of the tag %s, no interpreter looks for files named %s", w.tags.platforms[0].text, s.text))
		return true
	}
	if slices.ContainsFunc(w.tags.abis, func(a abiTag) bool { return a.kind == abiNone || w.looksFor(&a, s) }) {
		return false
	}
	a := &w.tags.abis[0]
	switch {
	case a.isStable() && s.abi.kind == abiVersion:
		w.found(m.path, ruleSpecific, fmt.Sprintf("the tag %s promises every Python from 3.%d on, but only %s looks for files named %s", a.text, w.tags.oldest(), s.abi.text, s.text))
	case a.kind == abiVersion && s.abi.kind == abi3:
		return w.checkStableFile(m, a)
	case a.kind == abi3T:
		w.found(m.path, ruleSuffix, "the tag is abi3t, but no free-threaded build looks for files named "+s.text)
	case a.isStable():
		w.found(m.path, ruleSuffix, fmt.Sprintf("the tag is cp3%d-%s, but before 3.15 no build looks for files named %s", w.tags.oldest(), a.text, s.text))
	default:
		w.found(m.path, ruleSuffix, fmt.Sprintf("no interpreter of the tag %s looks for files named %s", a.text, s.text))
	}
	return true
}

// checkStableFile judges a module named .abi3.so in a wheel for one version: free-
// threaded builds cannot load it, others could have shared it.
func (w *wheel) checkStableFile(m *module, a *abiTag) bool {
	if slices.ContainsFunc(w.modules, func(o *module) bool { return o != m && o.name == m.name && w.looksFor(a, &o.suffix) }) {
		return false // it is never looked at
	}
	if a.free {
		w.found(m.path, ruleStableFile, fmt.Sprintf("the tag is %s, but abi3 is the stable ABI of builds with the GIL: 3.13t and 3.14t may crash on it, later ones don't look for it", a.text))
		return true
	}
	w.less(m.path, ruleStableFile, vocab.SeverityWarning, fmt.Sprintf("the tag %s lets one Python alone install what is built for many; the tag abi3 would reach them", a.text))
	return false
}

// looksFor reports whether the interpreters of an ABI tag look for files of a suffix.
func (w *wheel) looksFor(a *abiTag, s *suffix) bool {
	if s.abi.kind == abiNone {
		return true
	}
	switch a.kind {
	case abiVersion:
		return s.abi.kind == abiVersion && s.abi.minor == a.minor && s.abi.free == a.free || s.abi.kind == abi3T && a.minor >= 15
	case abi3:
		return s.abi.kind == abi3 || s.abi.kind == abi3T && w.tags.oldest() >= 15
	case abi3T:
		return s.abi.kind == abi3T
	default:
		return false
	}
}

// checkLibrary judges which Python DLL a module for Windows is linked with.
func (w *wheel) checkLibrary(m *module) bool {
	for _, lib := range m.Needed {
		version, debug, ok := pythonDLL(lib)
		if !ok || m.Format != extmod.FormatPE {
			continue
		}
		want := wantedDLLs(&w.tags)
		if want == nil || slices.Contains(want, version) && !debug {
			continue
		}
		w.found(m.path, ruleLibrary, fmt.Sprintf("it is linked with %s, the tags ask for python%s.dll", lib, strings.Join(want, ".dll or python")))
		return true
	}
	return false
}

// wantedDLLs are the versions in the names of the DLLs that modules may be linked
// with, nil for any. One bare .pyd serves all ABIs of a wheel, so that the strictest
// decides.
func wantedDLLs(t *tags) []string {
	var want []string
	for i := range t.abis {
		switch a := &t.abis[i]; {
		case a.kind == abi3T:
			return []string{"3t"}
		case a.kind == abi3:
			want = append(want, "3")
			if t.oldest() >= 15 {
				want = append(want, "3t")
			}
		case a.kind == abiVersion && a.free:
			want = append(want, fmt.Sprintf("3%dt", a.minor))
			if a.minor >= 15 {
				want = append(want, "3t")
			}
		case a.kind == abiVersion:
			want = append(want, fmt.Sprintf("3%d", a.minor), "3")
			if a.minor >= 15 {
				want = append(want, "3t")
			}
		default:
			return nil
		}
	}
	return want
}

// pythonDLL reads the name of a Python DLL: python314t_d.dll, libpython3.14.dll.
func pythonDLL(name string) (version string, debug, ok bool) {
	stem, ok := strings.CutSuffix(strings.ToLower(name), ".dll")
	if !ok {
		return "", false, false
	}
	stem, debug = strings.CutSuffix(stem, "_d")
	version, ok = strings.CutPrefix(strings.TrimPrefix(stem, "lib"), "python")
	version = strings.ReplaceAll(version, ".", "")
	if !ok || !strings.HasPrefix(version, "3") || strings.Trim(version, "0123456789t") != "" {
		return "", false, false
	}
	return version, debug, true
}

// checkLayout judges for which ABI a module was compiled, whatever it is called.
func (w *wheel) checkLayout(m *module) bool {
	files := m.Slices
	if files == nil {
		files = []*extmod.File{m.File}
	}
	for _, f := range files {
		if why := w.wrongLayout(m, f.ABI); why != "" {
			reason := f.ABIReason
			if f != m.File {
				reason = f.Arch + ": " + reason
			}
			w.found(m.path, ruleLayout, fmt.Sprintf("%s (%s)", why, reason))
			return true
		}
	}
	return false
}

func (w *wheel) wrongLayout(m *module, abi vocab.ABI) string {
	free := w.tags.hasABI((*abiTag).forFree)
	gil := w.tags.hasABI((*abiTag).forGIL)
	// A file that only the interpreters with the GIL look for need not serve others.
	if free && gil && !slices.ContainsFunc(w.tags.abis, func(a abiTag) bool { return a.forFree() && w.looksFor(&a, &m.suffix) }) {
		free = false
	}
	switch {
	case free && (abi == vocab.ABIGIL || abi == vocab.ABI3):
		return "the tag is for free-threaded builds, but the file was compiled for builds with the GIL: loading it crashes or fails"
	case gil && !free && abi == vocab.ABIFreeThreaded:
		return "the tag is for builds with the GIL, but the file was compiled for a free-threaded one: loading it crashes or fails"
	case gil && abi == vocab.ABIFreeThreaded && w.tags.hasABI((*abiTag).isStable):
		return "the tag is for builds of both kinds, but the file was compiled for a free-threaded one: loading it elsewhere crashes or fails"
	}
	return ""
}

// checkServed finds ABIs of the tags that some module has no file for.
func (w *wheel) checkServed() {
	if len(w.tags.abis) < 2 {
		return
	}
	reported := map[string]bool{}
	for _, m := range w.modules {
		for i := range w.tags.abis {
			a := &w.tags.abis[i]
			key := m.name + " " + a.text
			if m.faulty || reported[key] || a.kind == abiNone ||
				slices.ContainsFunc(w.modules, func(o *module) bool { return o.name == m.name && (o.faulty || w.looksFor(a, &o.suffix)) }) {
				continue
			}
			reported[key] = true
			w.found(m.path, ruleUnserved, fmt.Sprintf("the tags name %s too, but no file of %s has a suffix that it looks for", a.text, m.name))
		}
	}
}
