package wheeltags_test

import (
	"fmt"

	"github.com/ftpkg/ftpkg/wheeltags"
)

func ExampleParseFilename() {
	f, err := wheeltags.ParseFilename("NumPy-2.5.5-1-cp314-cp314t-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Name, f.Version, "build", f.Build)
	for _, tag := range f.Tags.Tags() {
		fmt.Println(tag, tag.Kind())
	}
	// Output:
	// numpy 2.5.5 build 1
	// cp314-cp314t-manylinux_2_27_x86_64 native
	// cp314-cp314t-manylinux_2_28_x86_64 native
}

func ExampleParseFilename_malformed() {
	_, err := wheeltags.ParseFilename("demo-1.0%2Bcu129-py3-none-any.whl")
	fmt.Println(err)

	f, err := wheeltags.ParseFilename("demo-1.0-cp315t-abi3t-win_amd64.whl")
	if err == nil {
		reason, _ := f.Tags.Mislabelled()
		fmt.Println(reason)
	}
	// Output:
	// wheel "demo-1.0%2Bcu129-py3-none-any.whl": "1.0%2Bcu129" is not a version of PEP 440
	// cp315t: a python tag never carries the t of free threading, which belongs to the ABI tag
}

func ExampleTarget_Tags() {
	target, err := wheeltags.ParseTarget("3.14t windows-x86_64")
	if err != nil {
		fmt.Println(err)
		return
	}
	tags := target.Tags(wheeltags.PackagingOrder)
	for _, tag := range tags[:4] {
		fmt.Println(tag)
	}
	fmt.Println("and", len(tags)-4, "more")
	// Output:
	// cp314-cp314t-win_amd64
	// cp314-abi3t-win_amd64
	// cp314-none-win_amd64
	// cp313-abi3t-win_amd64
	// and 44 more
}

func ExampleMatcher() {
	set, err := wheeltags.ParseTagSet("cp315-abi3.abi3t-manylinux_2_28_x86_64")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"3.15 linux-x86_64", "3.15t linux-x86_64", "3.14t linux-x86_64", "3.15t manylinux_2_17_x86_64"} {
		target, err := wheeltags.ParseTarget(name)
		if err != nil {
			fmt.Println(err)
			return
		}
		m := wheeltags.NewMatcher(target, wheeltags.PackagingOrder)
		if tag, rank, ok := m.Best(&set); ok {
			fmt.Printf("%s: %s, rank %d\n", target, tag, rank)
		} else {
			word, text := m.Explain(&set)
			fmt.Printf("%s: %s: %s\n", target, word, text)
		}
	}
	// Output:
	// 3.15 linux-x86_64: cp315-abi3-manylinux_2_28_x86_64, rank 29
	// 3.15t linux-x86_64: cp315-abi3t-manylinux_2_28_x86_64, rank 29
	// 3.14t linux-x86_64: python-too-old: cp315-abi3t needs Python 3.15 or newer
	// 3.15t manylinux_2_17_x86_64: floor: manylinux_2_28_x86_64 needs glibc 2.28, the target promises 2.17
}

func ExampleMatcher_Judge() {
	target, err := wheeltags.ParseTarget("3.14t macos-arm64")
	if err != nil {
		fmt.Println(err)
		return
	}
	m := wheeltags.NewMatcher(target, wheeltags.UVOrder)
	for _, name := range []string{
		"one-1.0-cp314-cp314-macosx_10_15_x86_64.macosx_11_0_arm64.macosx_10_15_universal2.whl",
		"two-1.0-cp310-abi3-macosx_11_0_arm64.whl",
		"three-1.0-py3-none-any.whl",
	} {
		f, err := wheeltags.ParseFilename(name)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s: %s\n", f.Name, m.Judge(&f))
	}
	// Output:
	// one: no (gil-abi): cp314 is the ABI of the build with the GIL
	// two: no (abi3-on-freethreaded): abi3 wheels never load on a free-threaded build
	// three: yes, as py3-none-any
}

func ExampleExpand() {
	platforms, err := wheeltags.Expand("main", "manylinux_2_34_x86_64")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range platforms {
		fmt.Printf("%-22s %s\n", p, p.Tag())
	}
	// Output:
	// linux-x86_64           manylinux_2_28_x86_64
	// linux-aarch64          manylinux_2_28_aarch64
	// macos-x86_64           macosx_13_0_x86_64
	// macos-arm64            macosx_13_0_arm64
	// windows-x86_64         win_amd64
	// windows-arm64          win_arm64
	// manylinux_2_34_x86_64  manylinux_2_34_x86_64
}

func ExampleParsePython() {
	for _, s := range []string{"3.14t", "cp314t", "3.14.2+freethreaded", "cpython@3.14+gil", "3.12t"} {
		p, err := wheeltags.ParsePython(s)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(p, p.Tag(), p.ABI(), p.FullVersion())
	}
	// Output:
	// 3.14t cp314 cp314t 3.14.0
	// 3.14t cp314 cp314t 3.14.0
	// 3.14.2t cp314 cp314t 3.14.2
	// 3.14 cp314 cp314 3.14.0
	// python "3.12t": 3.12 has no free-threaded build; the first is 3.13t
}
