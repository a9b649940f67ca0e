package checktest

import "strings"

// GoodWheel is the wheel of a name that promises what it holds: it has one module, of
// the format, architecture, suffix, layout and libraries that the name asks for, which
// leaves the GIL off. The name must have one python, ABI and platform tag each, or the
// ABIs abi3.abi3t, for Intel or ARM.
func GoodWheel(file string) *Wheel {
	parts := strings.Split(strings.TrimSuffix(file, ".whl"), "-")
	python, abi, platform := parts[len(parts)-3], parts[len(parts)-2], parts[len(parts)-1]
	version := strings.TrimPrefix(python, "cp")
	o := &Object{Name: "_ext", Says: NotUsed, Arch: "x86_64"}
	if strings.HasSuffix(platform, "aarch64") || strings.HasSuffix(platform, "arm64") {
		o.Arch = "arm64"
	}
	switch abi {
	case "abi3":
		o.DLL = "python3.dll"
	case "abi3t", "abi3.abi3t":
		o.Free, o.Export, o.DLL = true, true, "python3t.dll"
	default:
		o.Free = strings.HasSuffix(abi, "t")
		version = strings.TrimPrefix(abi, "cp")
		o.DLL = "python" + version + ".dll"
	}
	word := map[string]string{"abi3": "abi3", "abi3t": "abi3t", "abi3.abi3t": "abi3t"}[abi]
	var suffix string
	named := func(tail, ending string) string {
		switch word {
		case "abi3":
			return ".abi3" + ending
		case "abi3t":
			return ".abi3t" + tail + ending
		}
		return ".cpython-" + version + tail + ending
	}
	cpu := map[string]string{"x86_64": "x86_64", "arm64": "aarch64"}[o.Arch]
	switch {
	case strings.HasPrefix(platform, "win"):
		o.Format, suffix = PE, ".pyd"
		if word == "" {
			suffix = ".cp" + version + "-" + platform + ".pyd"
		}
	case strings.HasPrefix(platform, "macosx"):
		o.Format, suffix = MachO, named("-darwin", ".so")
		o.MacOS = [2]int{11, 0}
		if o.Arch == "x86_64" {
			o.MacOS = [2]int{10, 13}
		}
	case strings.HasPrefix(platform, "musllinux"):
		o.Format, o.Musl, suffix = ELF, true, named("-"+cpu+"-linux-musl", ".so")
	default:
		o.Format, o.Glibc, suffix = ELF, 17, named("-"+cpu+"-linux-gnu", ".so")
	}
	w := &Wheel{File: file}
	w.Add("pkg/_ext"+suffix, o.Bytes())
	if strings.HasSuffix(platform, "universal2") {
		intel, arm := *o, *o
		intel.Arch, arm.Arch, arm.MacOS = "x86_64", "arm64", [2]int{11, 0}
		w.Modules[w.Paths[0]] = Universal(intel.Bytes(), arm.Bytes())
	}
	return w
}
