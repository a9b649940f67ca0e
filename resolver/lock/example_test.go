package lock_test

import (
	"fmt"
	"log"
	"os"

	"github.com/ftpkg/ftpkg/resolver/lock"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/simple"
	"github.com/ftpkg/ftpkg/wheeltags"
)

func target(s string) wheeltags.Target {
	t, err := wheeltags.ParseTarget(s)
	if err != nil {
		log.Fatal(err)
	}
	return t
}

// Which packages of a lock apply to a target, and who requires them.
func ExampleLock_Select() {
	const text = `lock-version = "1.0"
created-by = "example"

[[packages]]
name = "click"
version = "8.5.1"
dependencies = [{ name = "colorama" }]
wheels = [{ url = "https://files.example.invalid/click-8.5.1-py3-none-any.whl", hashes = { sha256 = "aa" } }]

[[packages]]
name = "colorama"
version = "0.4.6"
marker = "sys_platform == 'win32'"
wheels = [{ url = "https://files.example.invalid/colorama-0.4.6-py2.py3-none-any.whl", hashes = { sha256 = "bb" } }]
`
	l, err := lock.Read("pylock.toml", []byte(text))
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"3.14t linux-x86_64", "3.14t windows-x86_64"} {
		selected, err := l.Select(pep508.EnvironmentFor(target(name)), nil, nil)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(name)
		for _, s := range selected {
			fmt.Printf("  %s %s %q\n", s.Name, s.Version, s.RequiredBy)
		}
	}
	// Output:
	// 3.14t linux-x86_64
	//   click 8.5.1 [""]
	// 3.14t windows-x86_64
	//   click 8.5.1 [""]
	//   colorama 0.4.6 ["click"]
}

// One lock holds the wheels of the GIL and of the free-threaded build.
func ExampleAssemble() {
	wheel := func(name string) simple.RawFile {
		return simple.RawFile{URL: "https://files.example.invalid/" + name, Hashes: []simple.Hash{{Algorithm: "sha256", Hex: "aa"}}}
	}
	var cells []lock.Cell
	for name, file := range map[string]string{
		"3.14 linux-x86_64":  "numpy-2.5.5-cp314-cp314-manylinux_2_28_x86_64.whl",
		"3.14t linux-x86_64": "numpy-2.5.5-cp314-cp314t-manylinux_2_28_x86_64.whl",
	} {
		cells = append(cells, lock.Cell{
			Name: name, Env: pep508.EnvironmentFor(target(name)),
			Packages: []lock.CellPackage{{Name: "numpy", Version: "2.5.5", File: wheel(file)}},
		})
	}
	doc, divergences := lock.Assemble(cells)
	if divergences != nil {
		log.Fatal(divergences)
	}
	if err := lock.WritePylock(os.Stdout, doc); err != nil {
		log.Fatal(err)
	}
	// Output:
	// lock-version = "1.0"
	// environments = [
	//     "sys_platform == 'linux' and platform_machine == 'x86_64'",
	// ]
	// requires-python = "==3.14.*"
	// created-by = "ftpkg"
	//
	// [[packages]]
	// name = "numpy"
	// version = "2.5.5"
	// wheels = [
	//     { url = "https://files.example.invalid/numpy-2.5.5-cp314-cp314-manylinux_2_28_x86_64.whl", hashes = { sha256 = "aa" } },
	//     { url = "https://files.example.invalid/numpy-2.5.5-cp314-cp314t-manylinux_2_28_x86_64.whl", hashes = { sha256 = "aa" } },
	// ]
}
