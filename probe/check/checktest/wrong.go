package checktest

import (
	"archive/zip"
	"io/fs"
	"strings"
)

// A Case is a wheel, or a few, with one mistake.
type Case struct {
	// Rule is the code of the rule that finds it, and Name the folder that it is in,
	// below that of the rule.
	Rule, Name string
	// About says what is wrong, in a sentence.
	About string
	// Also are rules of warnings that are met besides.
	Also   []string
	Wheels []*Wheel
	// Against are the wheels of an earlier release, if it takes one.
	Against []*Wheel
	// Expect are the wheels that were to be built, if it takes those.
	Expect []string
}

// Elf is a module for Linux on Intel, of one flavour, that leaves the GIL off.
func Elf(free bool) *Object {
	return &Object{Format: ELF, Arch: "x86_64", Name: "_ext", Free: free, Says: NotUsed, Glibc: 2}
}

// Mach is one for macOS on ARM.
func Mach(free bool) *Object {
	return &Object{Format: MachO, Arch: "arm64", Name: "_ext", Free: free, Says: NotUsed, MacOS: [2]int{11, 0}}
}

// Win is one for Windows on Intel, linked with a DLL.
func Win(free bool, dll string) *Object {
	return &Object{Format: PE, Arch: "x86_64", Name: "_ext", Free: free, Says: NotUsed, DLL: dll}
}

// With returns a changed copy.
func (o *Object) With(change func(*Object)) *Object {
	c := *o
	change(&c)
	return &c
}

// one is a wheel with one module, named by its suffix.
func one(file, suffix string, o *Object) *Wheel {
	w := &Wheel{File: file}
	w.Add("pkg/_ext"+suffix, o.Bytes())
	return w
}

// changed changes a wheel.
func changed(w *Wheel, change func(*Wheel)) *Wheel {
	change(w)
	return w
}

// The names of what is used again and again.
const (
	freeELF  = ".cpython-314t-x86_64-linux-gnu.so"
	gilELF   = ".cpython-314-x86_64-linux-gnu.so"
	freeMac  = ".cpython-314t-darwin.so"
	gilMac   = ".cpython-314-darwin.so"
	freeWin  = ".cp314t-win_amd64.pyd"
	modern   = ".abi3t-x86_64-linux-gnu.so"
	stable   = "Programming Language :: Python :: Free Threading :: 3 - Stable"
	freeName = "wrong-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl"
	gilName  = "wrong-1.0-cp314-cp314-manylinux_2_28_x86_64.whl"
)

// modernELF is a module for abi3t.
func modernELF() *Object { return Elf(true).With(func(o *Object) { o.Export = true }) }

// Wrong returns all cases.
func Wrong() []Case {
	var all []Case
	for _, list := range [][]Case{wrongNames(), wrongContents(), wrongStable(), wrongSystems(), wrongArchives(), wrongSets(), wrongReleases()} {
		all = append(all, list...)
	}
	return all
}

func single(rule, name, about string, w *Wheel, also ...string) Case {
	return Case{Rule: rule, Name: name, About: about, Wheels: []*Wheel{w}, Also: also}
}

func wrongNames() []Case {
	return []Case{
		single("FT101", "gil-suffix", "A free-threaded wheel whose module has the suffix of the build with the GIL.", one(freeName, gilELF, Elf(true))),
		single("FT101", "free-threaded-suffix", "A wheel for the build with the GIL that holds the free-threaded module.", one(gilName, freeELF, Elf(true))),
		single("FT101", "gnu-under-musl", "A musllinux wheel whose module has the suffix of glibc builds.",
			one("wrong-1.0-cp314-cp314t-musllinux_1_2_x86_64.whl", freeELF, Elf(true).With(func(o *Object) { o.Musl, o.Glibc = true, 0 }))),
		single("FT101", "abi3-file-for-abi3t", "An abi3t wheel whose module is named .abi3.so, which no free-threaded build looks for.",
			one("wrong-1.0-cp315-abi3t-manylinux_2_28_x86_64.whl", ".abi3.so", modernELF())),
		single("FT106", "abi3", "An abi3 wheel that was built on a free-threaded Python.",
			one("wrong-1.0-cp310-abi3-manylinux_2_28_x86_64.whl", freeELF, Elf(true))),
		single("FT107", "free-threaded", "A free-threaded wheel that holds a module for the stable ABI of the other builds.", one(freeName, ".abi3.so", Elf(false))),
		single("FT107", "gil", "A wheel for one version that holds what all versions could use.", one(gilName, ".abi3.so", Elf(false))),
		single("FT108", "version", "An extension module under the ABI none, in a wheel for one version.",
			one("wrong-1.0-cp314-none-manylinux_2_28_x86_64.whl", ".so", Elf(false))),
		single("FT108", "any", "An extension module in a wheel that claims to be pure.", one("wrong-1.0-py3-none-any.whl", ".so", Elf(true))),
		single("FT108", "suffix", "A compiled wheel that was tagged as a pure one.", one("wrong-1.0-py3-none-any.whl", freeELF, Elf(true))),
		single("FT109", "abi3t", "A wheel tagged abi3t for 3.12, as a backend writes that does not raise the tag.",
			one("wrong-1.0-cp312-abi3.abi3t-manylinux_2_28_x86_64.whl", modern, modernELF())),
		single("FT110", "python-tag", "A python tag with the t of free threading.", one("wrong-1.0-cp315t-abi3t-manylinux_2_28_x86_64.whl", modern, modernELF())),
		single("FT111", "versions", "Python and ABI tag of two versions.", one("wrong-1.0-cp314-cp313t-manylinux_2_28_x86_64.whl", freeELF, Elf(true))),
		single("FT111", "macos", "A macOS tag with a minor version, which installers do not ask for.", one("wrong-1.0-cp314-cp314t-macosx_14_2_arm64.whl", freeMac, Mach(true))),
		single("FT112", "abi3-alone", "A wheel for both stable ABIs whose only module is named .abi3.so.",
			one("wrong-1.0-cp315-abi3.abi3t-manylinux_2_28_x86_64.whl", ".abi3.so", modernELF())),
	}
}

func wrongContents() []Case {
	intel := Mach(true).With(func(o *Object) { o.Arch, o.MacOS = "x86_64", [2]int{10, 15} })
	return []Case{
		single("FT102", "elf-on-macos", "A macOS wheel that holds a module for Linux.", one("wrong-1.0-cp314-cp314t-macosx_11_0_arm64.whl", freeMac, Elf(true))),
		single("FT102", "elf-on-windows", "A Windows wheel that holds a module for Linux.", one("wrong-1.0-cp314-cp314t-win_amd64.whl", freeWin, Elf(true))),
		single("FT103", "intel-on-arm", "A wheel for ARM that a cross build compiled for the host.",
			one("wrong-1.0-cp314-cp314t-manylinux_2_28_aarch64.whl", ".cpython-314t-aarch64-linux-gnu.so", Elf(true))),
		single("FT103", "thin-universal2", "A universal2 wheel whose module is for Intel alone.", one("wrong-1.0-cp314-cp314t-macosx_10_15_universal2.whl", freeMac, intel)),
		single("FT104", "gil-dll", "A free-threaded Windows wheel that is linked with the DLL of the build with the GIL.",
			one("wrong-1.0-cp314-cp314t-win_amd64.whl", freeWin, Win(false, "python314.dll"))),
		single("FT104", "version-dll-in-abi3", "An abi3 wheel for Windows that is linked with the DLL of one version.",
			one("wrong-1.0-cp310-abi3-win_amd64.whl", ".pyd", Win(false, "python312.dll"))),
		single("FT104", "abi3-dll-in-abi3t", "A Windows wheel for both stable ABIs that is linked with the DLL of the one with the GIL.",
			one("wrong-1.0-cp315-abi3.abi3t-win_amd64.whl", ".pyd", Win(true, "python3.dll").With(func(o *Object) { o.Export = true }))),
		single("FT105", "gil-layout", "A free-threaded wheel whose module was compiled for the GIL and renamed.", one(freeName, freeELF, Elf(false))),
		single("FT105", "free-threaded-layout", "A wheel for the build with the GIL whose module was compiled for the free-threaded one.",
			one("wrong-1.0-cp314-cp314-macosx_11_0_arm64.whl", gilMac, Mach(true))),
		single("FT401", "silent", "A free-threaded wheel whose module declares nothing.", one(freeName, freeELF, Elf(true).With(func(o *Object) { o.Says = Silent }))),
		single("FT401", "used", "A free-threaded wheel whose module says that it needs the GIL.", one(freeName, freeELF, Elf(true).With(func(o *Object) { o.Says = Used }))),
		single("FT402", "free-threaded", "The classifier says Stable, the module turns the GIL on.",
			changed(one(freeName, freeELF, Elf(true).With(func(o *Object) { o.Says = Silent })), func(w *Wheel) { w.Classifiers = []string{stable} }), "FT401"),
		single("FT402", "gil", "The classifier says Stable, the module of the wheel with the GIL says that it needs it.",
			changed(one(gilName, gilELF, Elf(false).With(func(o *Object) { o.Says = Used })), func(w *Wheel) { w.Classifiers = []string{stable} })),
		single("FT403", "riscv64", "Nothing is wrong with it, but what it declares cannot be read.",
			one("wrong-1.0-cp314-cp314t-manylinux_2_39_riscv64.whl", ".cpython-314t-riscv64-linux-gnu.so", Elf(true).With(func(o *Object) { o.Arch, o.Glibc = "riscv64", 27 }))),
	}
}

func wrongStable() []Case {
	needs := func(o *Object, names ...string) *Object {
		return o.With(func(o *Object) { o.Imports = names })
	}
	return []Case{
		single("FT201", "abi3", "An abi3 wheel that calls a private function.",
			one("wrong-1.0-cp310-abi3-manylinux_2_28_x86_64.whl", ".abi3.so", needs(Elf(false), "_PyObject_GetDictPtr"))),
		single("FT201", "abi3t", "A wheel for both stable ABIs that calls a function of the full API.",
			one("wrong-1.0-cp315-abi3.abi3t-manylinux_2_28_x86_64.whl", modern, needs(modernELF(), "PyUnicode_New"))),
		single("FT202", "abi3", "An abi3 wheel for 3.10 that calls a function of 3.12.",
			one("wrong-1.0-cp310-abi3-win_amd64.whl", ".pyd", needs(Win(false, "python3.dll"), "PyObject_Vectorcall"))),
		single("FT203", "newer", "A wheel for 3.13 that calls a function of 3.14.",
			one("wrong-1.0-cp313-cp313-manylinux_2_28_x86_64.whl", ".cpython-313-x86_64-linux-gnu.so", needs(Elf(false), "PyLong_IsPositive"))),
		single("FT204", "definition", "An abi3t wheel whose module is made from a definition, which has no layout there.",
			one("wrong-1.0-cp315-abi3t-manylinux_2_28_x86_64.whl", modern, Elf(true))),
	}
}

func wrongSystems() []Case {
	intel := Mach(true).With(func(o *Object) { o.Arch, o.MacOS = "x86_64", [2]int{12, 0} })
	return []Case{
		single("FT301", "dlsym", "A manylinux_2_17 wheel that needs a symbol of glibc 2.34.",
			one("wrong-1.0-cp314-cp314t-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", freeELF, Elf(true).With(func(o *Object) { o.Glibc = 34 }))),
		single("FT302", "minimum", "A wheel for macOS 11 that was built for macOS 14.",
			one("wrong-1.0-cp314-cp314t-macosx_11_0_arm64.whl", freeMac, Mach(true).With(func(o *Object) { o.MacOS = [2]int{14, 0} }))),
		single("FT302", "slice", "A universal2 wheel whose code for Intel needs a newer macOS than its tag.",
			changed(&Wheel{File: "wrong-1.0-cp314-cp314t-macosx_10_15_universal2.whl"}, func(w *Wheel) { w.Add("pkg/_ext"+freeMac, Universal(intel.Bytes(), Mach(true).Bytes())) })),
		single("FT303", "glibc-in-musl", "A musllinux wheel that is linked with glibc.",
			one("wrong-1.0-cp314-cp314t-musllinux_1_2_x86_64.whl", ".cpython-314t-x86_64-linux-musl.so", Elf(true))),
		single("FT303", "musl-in-glibc", "A manylinux wheel that is linked with musl.",
			one(freeName, freeELF, Elf(true).With(func(o *Object) { o.Musl, o.Glibc = true, 0 }))),
	}
}

func wrongArchives() []Case {
	raw := func(name, about string, add func(*zip.Writer) error) Case {
		w := one(freeName, freeELF, Elf(true))
		w.Raw = add
		return single("FT501", name, about, w)
	}
	text := func(path, text string, mode fs.FileMode) func(*zip.Writer) error {
		return func(z *zip.Writer) error { return AddText(z, path, text, mode) }
	}
	record := func(name, about string, change func(string) string) Case {
		return single("FT503", name, about, changed(one(freeName, freeELF, Elf(true)), func(w *Wheel) { w.Record = change }))
	}
	return []Case{
		raw("traversal", "A member that would be written outside of the folder.", text("../evil.py", "", 0o644)),
		raw("absolute", "A member with an absolute path.", text("/tmp/evil.py", "", 0o644)),
		raw("link", "A symbolic link.", text("pkg/link", "/etc/passwd", fs.ModeSymlink|0o777)),
		raw("twice", "Two members of one name.", text("pkg/_ext"+freeELF, "", 0o644)),
		raw("bomb", "A member that claims to unpack to a terabyte.", func(z *zip.Writer) error { return AddLying(z, "pkg/data.bin", "small", 1<<40, 0) }),
		raw("size", "A member that is longer than the archive says.", func(z *zip.Writer) error { return AddLying(z, "pkg/data.bin", "longer than that", 4, 0) }),
		raw("checksum", "A member that does not match its checksum.", func(z *zip.Writer) error { return AddLying(z, "pkg/data.bin", "text", 4, 1) }),
		single("FT502", "renamed", "A wheel whose file was renamed.",
			changed(one(freeName, freeELF, Elf(true)), func(w *Wheel) { w.TagLines = []string{"cp314-cp314t-linux_x86_64"} })),
		record("digest", "A file that was changed after RECORD was written.", func(s string) string {
			i := strings.Index(s, "sha256=") + len("sha256=")
			return s[:i] + "AAAA" + s[i+4:]
		}),
		record("unlisted", "A file that RECORD does not list.", func(s string) string { return s[strings.Index(s, "\n")+1:] }),
		record("gone", "A file that RECORD lists and the wheel does not have.", func(s string) string { return "pkg/gone.py,,\n" + s }),
		single("FT504", "version", "METADATA of another version than the file's name.",
			changed(one(freeName, freeELF, Elf(true)), func(w *Wheel) { w.Version = "1.1" })),
	}
}

func wrongSets() []Case {
	set := func(rule, name, about string, files ...string) Case {
		c := Case{Rule: rule, Name: name, About: about}
		for _, f := range files {
			c.Wheels = append(c.Wheels, GoodWheel(f))
		}
		return c
	}
	expect := func(c Case, tags ...string) Case {
		c.Expect = tags
		return c
	}
	const mac, macFree = "wrong-1.0-cp314-cp314-macosx_11_0_arm64.whl", "wrong-1.0-cp314-cp314t-macosx_11_0_arm64.whl"
	return []Case{
		set("FT601", "macos", "The free-threaded wheel for macOS took the place of the other one.", gilName, freeName, macFree),
		set("FT602", "macos", "There is no free-threaded wheel for macOS.", gilName, freeName, mac),
		set("FT603", "intel-macs", "The free-threaded wheel needs a much newer macOS than its twin.",
			"wrong-1.0-cp314-cp314-macosx_10_15_x86_64.whl", "wrong-1.0-cp314-cp314t-macosx_14_0_x86_64.whl"),
		set("FT604", "left-over", "A wheel of an earlier build is still there.", gilName, freeName, "wrong-0.9-cp314-cp314-macosx_11_0_arm64.whl", "wrong-0.9-cp314-cp314t-macosx_11_0_arm64.whl"),
		expect(set("FT801", "missing", "A wheel that was to be built is not there.", gilName, freeName),
			"cp314-cp314-manylinux_2_28_x86_64", "cp314-cp314t-manylinux_2_28_x86_64", "cp314-cp314-win_amd64"),
		expect(set("FT802", "unexpected", "A wheel was built that nobody asked for.", gilName, freeName), "cp314-cp314-manylinux_2_28_x86_64"),
		expect(set("FT803", "newer-glibc", "Two wheels were built in a newer image than was meant.",
			"wrong-1.0-cp314-cp314-manylinux_2_34_x86_64.whl", "wrong-1.0-cp314-cp314t-manylinux_2_34_x86_64.whl"),
			"cp314-cp314-manylinux_2_28_x86_64", "cp314-cp314t-manylinux_2_28_x86_64"),
	}
}

func wrongReleases() []Case {
	release := func(rule, name, about string, now, before []string) Case {
		c := Case{Rule: rule, Name: name, About: about}
		for _, f := range now {
			c.Wheels = append(c.Wheels, GoodWheel(f))
		}
		for _, f := range before {
			c.Against = append(c.Against, GoodWheel(f))
		}
		return c
	}
	const oldGIL, oldFree = "wrong-0.9-cp314-cp314-manylinux_2_28_x86_64.whl", "wrong-0.9-cp314-cp314t-manylinux_2_28_x86_64.whl"
	lost := release("FT704", "rewritten", "A module declared that it runs without the GIL, and does not any more.", nil, []string{oldGIL, oldFree})
	lost.Wheels = []*Wheel{GoodWheel(gilName), one(freeName, freeELF, Elf(true).With(func(o *Object) { o.Says = Silent }))}
	lost.Also = []string{"FT401"}
	return []Case{
		release("FT701", "macos", "There are no wheels for macOS any more.", []string{gilName, freeName},
			[]string{oldGIL, oldFree, "wrong-0.9-cp314-cp314-macosx_11_0_arm64.whl"}),
		release("FT702", "free-threaded", "The free-threaded wheel is gone, the one with the GIL is still there.", []string{gilName}, []string{oldGIL, oldFree}),
		release("FT703", "glibc", "The wheels need a newer glibc than those before.", []string{gilName, freeName},
			[]string{"wrong-0.9-cp314-cp314-manylinux_2_17_x86_64.whl", "wrong-0.9-cp314-cp314t-manylinux_2_17_x86_64.whl"}),
		lost,
	}
}
