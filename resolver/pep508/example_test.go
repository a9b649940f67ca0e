package pep508_test

import (
	"errors"
	"fmt"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

func ExampleParse() {
	r, err := pep508.Parse(`Uvicorn [Standard] >= 0.30 ; sys.platform != 'win32'`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Name, r.Extras, r.Specifiers)
	fmt.Println(r.Marker)
	fmt.Println(r)
	// Output:
	// uvicorn [standard] >=0.30
	// sys_platform != "win32"
	// uvicorn[standard]>=0.30; sys_platform != "win32"
}

func ExampleParse_error() {
	_, err := pep508.Parse("numpy 2.0")
	fmt.Println(err)

	if syntax, ok := errors.AsType[*pep508.SyntaxError](err); ok {
		fmt.Println(syntax.Offset)
	}
	// Output:
	// expected a version operator at 6 in "numpy 2.0"
	// 6
}

func ExampleMarker_Eval() {
	m, err := pep508.ParseMarker(`python_version < "3.15" and (sys_platform == "darwin" or extra == "mac")`)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"macos-arm64", "linux-x86_64"} {
		platform, err := wheeltags.ParsePlatform(name)
		if err != nil {
			fmt.Println(err)
			return
		}
		env := pep508.EnvironmentFor(wheeltags.Target{
			Python:   wheeltags.Python{Major: 3, Minor: 14, Micro: -1, FreeThreaded: true},
			Platform: platform,
		})
		fmt.Println(name, m.Eval(env, ""), m.Eval(env, "mac"))
	}
	// Output:
	// macos-arm64 true true
	// linux-x86_64 false true
}

func ExampleMarker_Check() {
	m, err := pep508.ParseMarker(`"free-threading" in sys_abi_features`)
	if err != nil {
		fmt.Println(err)
		return
	}
	env := &pep508.Environment{ABIFeatures: []string{"free-threading", "64-bit"}}
	fmt.Println(m.Check(env))

	env.AllowABIFeatures = true
	fmt.Println(m.Check(env), m.Eval(env, ""))
	// Output:
	// the marker "free-threading" in sys_abi_features can't be judged: sys_abi_features is a draft (PEP 780) that installers don't know yet
	// <nil> true
}
