package wheeltags

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzParseFilename(f *testing.F) {
	for _, s := range []string{
		"numpy-2.5.5-cp314-cp314t-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
		"foo-1.0-1a-py2.py3-none-any.whl", "foo-1!1.0+cu129-cp315-abi3.abi3t-win_amd64.whl",
		"numpy-2.3.2-1-cp313-cp313t-musllinux_1_2_x86_64-x86_64_v3.whl", "foo-1.0-cp315t-abi3t-win_amd64.whl",
		"f\u00f6o_bar-1.0-py3-none-any.whl", "foo-1.0-a1-py3-none-any.whl", "-----.whl", "foo-1.0-py3..-none-any.whl",
	} {
		f.Add(s)
	}
	m := NewMatcher(Target{Python{Major: 3, Minor: 14, Micro: -1, FreeThreaded: true}, MainPlatforms()[0]}, PackagingOrder)
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseFilename(s)
		if err != nil {
			var e *FilenameError
			if !errors.As(err, &e) || e.Reason == 0 || e.Msg == "" || e.Filename != s {
				t.Fatalf("%q: error %#v", s, err)
			}
			return
		}
		if !utf8.ValidString(s) || strings.ContainsAny(s, "/\\\n\x00") {
			t.Fatalf("%q is accepted", s)
		}
		// The name can be put together again from its parts, but for their spelling.
		again := w.Project + "-" + w.Version.String() + "-"
		if w.Build != (Build{}) {
			again += w.Build.String() + "-"
		}
		again += w.Tags.String()
		if w.Variant != "" {
			again += "-" + w.Variant
		}
		w2, err := ParseFilename(again + ".whl")
		if err != nil {
			t.Fatalf("%q: rebuilt as %q: %v", s, again, err)
		}
		if w2.Name != w.Name || !w2.Version.Equal(w.Version) || w2.Build != w.Build || w2.Tags.String() != w.Tags.String() || w2.Variant != w.Variant {
			t.Fatalf("%q: rebuilt as %q: %+v, want %+v", s, again, w2, w)
		}
		if v := m.Judge(&w); v.Accepted != (v.Reason == "") || v.String() == "" {
			t.Fatalf("%q: %+v", s, v)
		}
	})
}

func FuzzTagSet(f *testing.F) {
	for _, s := range benchmarkSets {
		f.Add(s, uint8(0))
	}
	for i, platform := range platformTags {
		f.Add("cp314.cp313-cp314t.abi3t-"+platform, uint8(i))
	}
	f.Add("cp315t-abi3t-win_amd64", uint8(3))
	f.Add("PY3.py2.cp314-NONE-ANY", uint8(7))
	var targets []Target
	for _, python := range []string{"3.14t", "3.14", "3.15td"} {
		for _, platform := range append(AllPlatforms(), defaultPlatform(famAndroid, archAArch64), defaultPlatform(famIOS, archARM64), defaultPlatform(famGlibc, archRISCV64)) {
			p, err := ParsePython(python)
			if err != nil {
				f.Fatal(err)
			}
			targets = append(targets, Target{p, platform})
		}
	}
	f.Fuzz(func(t *testing.T, s string, n uint8) {
		set, err := ParseTagSet(s)
		if err != nil {
			if set.Len() != 0 {
				t.Fatalf("%q: %v, but %d tags", s, err, set.Len())
			}
			return
		}
		if set.Len() != len(set.Tags()) || set.Len() > maxTags {
			t.Fatalf("%q: %d tags, listed %d", s, set.Len(), len(set.Tags()))
		}
		set.Mislabelled()
		checkRank(t, targets[int(n)%len(targets)], Order(n>>7), s)
	})
}

func FuzzParsePython(f *testing.F) {
	for _, s := range []string{"3.14t", "cp314t", "3.14+freethreaded+debug", "cpython@3.14.2+gil", "3.15.0rc1t", "3.15t-dev", "python 3.13-nogil"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePython(s)
		if err != nil {
			if p != (Python{}) {
				t.Fatalf("%q: %+v beside %v", s, p, err)
			}
			return
		}
		if err := p.Check(); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		for _, again := range []string{p.String(), "cpython@" + p.String()} {
			if q, err := ParsePython(again); err != nil || q != p {
				t.Fatalf("%q: %s is read back as %+v, %v; want %+v", s, again, q, err, p)
			}
		}
		if q, err := ParsePython(p.ABI()); err != nil || q.ABI() != p.ABI() {
			t.Fatalf("%q: ABI %s is read back as %s, %v", s, p.ABI(), q, err)
		}
		if parsePythonTag(p.Tag()) == other || parseABITag(p.ABI()) == other {
			t.Fatalf("%q: tags %s and %s are not tags", s, p.Tag(), p.ABI())
		}
	})
}

func FuzzParsePlatform(f *testing.F) {
	for _, s := range []string{"linux-x86_64", "manylinux2014_aarch64", "macosx_14_2_arm64", "x86_64-unknown-linux-musl", "linux/386", "win32", "ios_13_0_arm64_iphonesimulator", "android_24_x86", "macos-14-arm64"} {
		f.Add(s)
	}
	for _, s := range platformTags {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePlatform(s)
		if err != nil {
			if p != (Platform{}) {
				t.Fatalf("%q: %s beside %v", s, p, err)
			}
			return
		}
		for _, again := range []string{p.String(), p.Tag(), strings.ToUpper(p.String())} {
			if q, err := ParsePlatform(again); err != nil || q != p {
				t.Fatalf("%q: %s is read back as %s, %v; want %s", s, again, q, err, p)
			}
		}
		for _, o := range []Order{PackagingOrder, UVOrder} {
			tags := p.Tags(o)
			list, length := newPlatformList(p, o)
			if int(length) != len(tags) {
				t.Fatalf("%q: %d platform tags, counted %d", s, len(tags), length)
			}
			for i, tag := range tags {
				if at := list.position(parsePlatformTag(tag)); int(at) != i {
					t.Fatalf("%q: %s is at %d, counted %d", s, tag, i, at)
				}
			}
		}
		// The floor's tag is accepted, but for glibc below what uv looks for.
		list, _ := newPlatformList(p, PackagingOrder)
		if list.position(parsePlatformTag(p.Tag())) < 0 {
			t.Fatalf("%q: the platform does not accept %s", s, p.Tag())
		}
	})
}
