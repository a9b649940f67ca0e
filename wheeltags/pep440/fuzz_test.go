package pep440_test

import (
	"errors"
	"testing"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"1.2.3", "v1!1.0-RC.1.post2_dev3+Ubuntu-01", " 1.0\n", "1.0-1", "1.0a-", "2.32.4.20250913", "", "1..0",
		"99999999999999999999.1", "1.0+a.b", "0.0.0.0.0.0.0.0.0", "1.0é", "\xff",
	} {
		f.Add(s, "1.0")
	}
	f.Fuzz(func(t *testing.T, s, other string) {
		v, err := pep440.Parse(s)
		if err != nil {
			e, ok := errors.AsType[*pep440.SyntaxError](err)
			if !ok || e.Offset < 0 || e.Offset > len(s) || e.Input != s {
				t.Fatalf("%q: %#v isn't a SyntaxError about it", s, err)
			}
			return
		}
		text := v.String()
		again, err := pep440.Parse(text)
		if err != nil || again.String() != text || !again.Equal(v) {
			t.Fatalf("%q prints as %q, which reads as %v, %v", s, text, again, err)
		}
		if !v.IsValid() || v.Public().Compare(v) > 0 || v.Public().HasLocal() {
			t.Fatalf("%q: Public is %v", s, v.Public())
		}
		if base := v.Base(); base.IsPrerelease() || base.IsPostrelease() || base.HasLocal() {
			t.Fatalf("%q: Base is %v", s, base)
		}
		if w, err := pep440.Parse(other); err == nil && v.Compare(w) != -w.Compare(v) {
			t.Fatalf("%v and %v compare one way but not the other", v, w)
		}
	})
}

func FuzzParseSpecifiers(f *testing.F) {
	for _, s := range []string{
		">=1.2,<2", "~=1.0a1", "==1.*", "!= 1!2.0.*", "===anything at all", "=== ", ">1.0.post1", "<1.0rc1.dev2", ",", "",
		"==1.0+a,!=1.0+b", "~=1", ">=1.*", "==1.0 .*",
	} {
		f.Add(s, "1.0+a")
	}
	f.Fuzz(func(t *testing.T, s, version string) {
		set, err := pep440.ParseSpecifiers(s)
		if err != nil {
			e, ok := errors.AsType[*pep440.SyntaxError](err)
			if !ok || e.Offset < 0 || e.Offset > len(s) || e.Input != s {
				t.Fatalf("%q: %#v isn't a SyntaxError about it", s, err)
			}
			return
		}
		text := set.String()
		again, err := pep440.ParseSpecifiers(text)
		if err != nil || again.String() != text {
			t.Fatalf("%q prints as %q, which reads as %v, %v", s, text, again, err)
		}
		low := set.WithoutUpperBounds()
		if len(low.Clauses()) > 1 {
			t.Fatalf("%q without upper bounds is %q", s, low)
		}
		v, err := pep440.Parse(version)
		if err != nil {
			return
		}
		in := set.Contains(v)
		if again.Contains(v) != in {
			t.Fatalf("%q and %q disagree on %v", s, text, v)
		}
		all := true
		for _, c := range set.Clauses() {
			all = all && c.Contains(v)
		}
		if in != all {
			t.Fatalf("%q contains %v: %t, its clauses: %t", s, v, in, all)
		}
	})
}
