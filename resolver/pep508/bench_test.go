package pep508_test

import (
	"testing"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

var linux = &pep508.Environment{
	OSName: "posix", SysPlatform: "linux", PlatformMachine: "x86_64", PlatformPythonImplementation: "CPython",
	PlatformSystem: "Linux", PythonVersion: "3.14", PythonFullVersion: "3.14.0",
	ImplementationName: "cpython", ImplementationVersion: "3.14.0",
}

func BenchmarkEval(b *testing.B) {
	for _, c := range []struct{ name, marker, extra string }{
		{"version", `python_version < "3.11"`, ""},
		{"typical", `python_version >= "3.9" and sys_platform == "win32"`, ""},
		{"extra", `extra == "test" and python_full_version >= "3.9.0"`, "test"},
		{"long", `python_version < "3.15" and (platform_machine == "aarch64" or (platform_machine == "ppc64le" or ` +
			`(platform_machine == "amd64" or (platform_machine == "AMD64" or platform_machine == "x86_64"))))`, ""},
		{"reversed", `"3.9" <= python_version`, ""},
		{"in", `sys_platform in "linux darwin"`, ""},
	} {
		b.Run(c.name, func(b *testing.B) {
			m, err := pep508.ParseMarker(c.marker)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				m.Eval(linux, c.extra)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"name", "requests"},
		{"specifier", "numpy>=1.22.4,<3"},
		{"marker", `tomli>=1.1.0; python_version < "3.11"`},
		{"extra", `pytest>=7.3.2; extra == "test"`},
		{"long", `uvicorn[standard]<1,>=0.30 ; (python_version >= "3.9" and sys_platform != "win32") and extra == "all"`},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := pep508.Parse(c.text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNormalizeName(b *testing.B) {
	for _, name := range []string{"python-dateutil", "Jinja2", "zope.interface"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				pep508.NormalizeName(name)
			}
		})
	}
}
