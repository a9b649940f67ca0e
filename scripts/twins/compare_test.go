package main

import (
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// TestCompare holds a made-up installer's answers against the resolver's.
func TestCompare(t *testing.T) {
	c, err := universe.Parse("compare", `shows comparing
root a
package a
  version 2.0
    requires b
  version 1.0
    requires b
package b
  version 1.0
`)
	if err != nil {
		t.Fatal(err)
	}
	target, err := wheeltags.ParseTarget("3.13t linux-x86_64")
	if err != nil {
		t.Fatal(err)
	}
	a1, a2, b := *universe.NewPick("a", "1.0", "a-1.0-py3-none-any.whl"), *universe.NewPick("a", "2.0", "a-2.0-py3-none-any.whl"), *universe.NewPick("b", "1.0", "b-1.0-py3-none-any.whl")
	for want, theirs := range map[outcome]universe.Answer{
		same:          {Picks: []universe.Pick{a2, b}},
		otherChoice:   {Picks: []universe.Pick{a1, b}},
		theirsInvalid: {Picks: []universe.Pick{a2}},
		onlyTheyFail:  {Fails: true, Said: "no"},
	} {
		v, err := compare(t.Context(), c, vocab.LikeUV, target, &theirs)
		if err != nil {
			t.Fatal(err)
		}
		if v.outcome != want || (v.detail == "") != (want == same) {
			t.Errorf("%s: %q, want %s", v.outcome, v.detail, want)
		}
	}
	none, err := universe.Parse("none", "shows nothing\nroot nowhere\n")
	if err != nil {
		t.Fatal(err)
	}
	for want, theirs := range map[outcome]universe.Answer{bothFail: {Fails: true}, onlyWeFail: {}} {
		v, err := compare(t.Context(), none, vocab.LikeUV, target, &theirs)
		if err != nil {
			t.Fatal(err)
		}
		if want == onlyWeFail { // an empty answer leaves the root unmet
			want = theirsInvalid
		}
		if v.outcome != want {
			t.Errorf("%s, want %s", v.outcome, want)
		}
	}
}
