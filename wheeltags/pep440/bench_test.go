package pep440_test

import (
	"testing"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

func BenchmarkParse(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"release", "2.31.0"},
		{"calendar", "2.32.4.20250913"},
		{"candidate", "10.0.0rc12"},
		{"respelled", "v1.0.0-RC.1"},
		{"local", "2.9.0+cu128"},
		{"double", "1.0rc1.post2.dev3"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := pep440.Parse(c.text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	for _, c := range []struct{ name, v, w string }{
		{"packed", "2.31.0", "2.31.1"},
		{"equal", "2.31", "2.31.0"},
		{"local", "2.9.0+cu128", "2.9.0+cu126"},
	} {
		b.Run(c.name, func(b *testing.B) {
			v, w := pep440.MustParse(c.v), pep440.MustParse(c.w)
			b.ReportAllocs()
			for b.Loop() {
				v.Compare(w)
			}
		})
	}
}

func BenchmarkContains(b *testing.B) {
	for _, c := range []struct{ name, set, version string }{
		{"range", ">=1.21.2,<3", "2.3.5"},
		{"exact", "==2.3.5", "2.3.5"},
		{"wildcard", "!=3.0.*,!=3.1.*,!=3.2.*,>=2.7", "3.4.1"},
		{"compatible", "~=2.3", "2.31.0"},
		{"arbitrary", "===2.3.5", "2.3.5"},
		{"local", ">=2.3,==2.9.0", "2.9.0+cu128"},
	} {
		b.Run(c.name, func(b *testing.B) {
			set, v := pep440.MustParseSpecifiers(c.set), pep440.MustParse(c.version)
			b.ReportAllocs()
			for b.Loop() {
				if !set.Contains(v) {
					b.Fatal("not contained")
				}
			}
		})
	}
}

func BenchmarkParseSpecifiers(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pep440.ParseSpecifiers(">=1.21.2,<3,!=2.0.*"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkString(b *testing.B) {
	v := pep440.MustParse("2.31.0rc1")
	b.ReportAllocs()
	for b.Loop() {
		_ = v.String()
	}
}
