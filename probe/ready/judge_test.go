package ready_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const linux = "3.14t linux-x86_64"

func TestJudge(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		universe, modules string
		targets           []string
		want              string
	}{
		"a dependency of a pure package turns the GIL on": {
			universe: `
root bs4
package bs4
  version 4.13
    requires lxml
package lxml
  version 6.1.3
    wheel cp314-cp314t-manylinux_2_28_x86_64 cp314-cp314-manylinux_2_28_x86_64
`,
			modules: "lxml-6.1.3-cp314-cp314t: lxml.etree used\nlxml-6.1.3-cp314-cp314t: lxml._sax not-used",
			targets: []string{linux, "3.14 linux-x86_64"},
			want: `
turns-gil-on
cell 3.14t linux-x86_64: turns-gil-on
cell 3.14 linux-x86_64: ready
bs4 4.13 in 3.14t linux-x86_64: ready, pure, unless lxml
bs4 4.13 in 3.14 linux-x86_64: ready
lxml 6.1.3 in 3.14t linux-x86_64: turns-gil-on, turns-on, 1 of 2
lxml 6.1.3 in 3.14 linux-x86_64: ready
! turns-gil-on: lxml 6.1.3, in 3.14t linux-x86_64, via bs4 > lxml: loading 1 of its 2 modules turns the GIL on
!   lxml.etree used 
`,
		},
		"only tests turn the GIL on": {
			universe: "root a\npackage a\n  version 1\n    wheel cp314-cp314t-manylinux_2_28_x86_64\n",
			modules:  "a-: a._core not-used\na-: a.tests._x silent test",
			targets:  []string{linux},
			want: `
ready
cell 3.14t linux-x86_64: ready
a 1 in 3.14t linux-x86_64: ready, declares, 0 of 1
`,
		},
		"built, blocked, unknown and for another ABI": {
			universe: `
root a
root b
root c
root d
package a
  version 1
    wheel cp314-cp314-manylinux_2_28_x86_64
    sdist
package b
  version 1
    wheel cp314-cp314-manylinux_2_28_x86_64
package c
  version 1
    wheel cp314-cp314t-manylinux_2_28_x86_64
package d
  version 1
    wheel cp314-none-manylinux_2_28_x86_64
`,
			modules: "c-: !the server is down\nd-: d._d not-used abi=gil fit=wrong-abi",
			targets: []string{linux},
			want: `
blocked
cell 3.14t linux-x86_64: blocked
a 1 in 3.14t linux-x86_64: ready-when-built
b 1 in 3.14t linux-x86_64: blocked
c 1 in 3.14t linux-x86_64: unknown, undecided
d 1 in 3.14t linux-x86_64: blocked, wrong-abi, 0 of 1
! blocked: b 1, in 3.14t linux-x86_64, via b: b 1 has wheels here only for the GIL build (cp314-cp314)
! blocked: d 1, in 3.14t linux-x86_64, via d: its only module is for another ABI: 
!   d._d not-used 
! ready-when-built: a 1, in 3.14t linux-x86_64, via a: a 1 has wheels here only for the GIL build (cp314-cp314); an installer would build a-1.tar.gz
! unknown: c 1, in 3.14t linux-x86_64, via c: the server is down
`,
		},
		"the same in several cells is one finding": {
			universe: "root a\npackage a\n  version 1\n    wheel cp314-cp314t-manylinux_2_28_x86_64 cp314-cp314t-win_amd64 cp314-cp314t-macosx_11_0_arm64\n",
			modules:  "a-1-cp314-cp314t-m: a._a silent\na-1-cp314-cp314t-win: a._a not-used",
			targets:  []string{linux, "3.14t windows-x86_64", "3.14t macos-arm64"},
			want: `
turns-gil-on
cell 3.14t linux-x86_64: turns-gil-on
cell 3.14t windows-x86_64: ready
cell 3.14t macos-arm64: turns-gil-on
a 1 in 3.14t linux-x86_64: turns-gil-on, turns-on, 1 of 1
a 1 in 3.14t windows-x86_64: ready, declares, 0 of 1
a 1 in 3.14t macos-arm64: turns-gil-on, turns-on, 1 of 1
! turns-gil-on: a 1, in 3.14t linux-x86_64 + 3.14t macos-arm64, via a: loading its only module turns the GIL on
!   a._a silent 
`,
		},
		"left to a module that another package has": {
			universe: `
root a
root b
package a
  version 1
    wheel cp314-cp314t-manylinux_2_28_x86_64
    requires cffi
package b
  version 1
    wheel cp314-cp314t-manylinux_2_28_x86_64
package cffi
  version 2
    wheel cp314-cp314t-manylinux_2_28_x86_64
`,
			modules: "a-: a._a delegated delegate=_cffi_backend\nb-: b._b delegated delegate=libboost.so\ncffi-: _cffi_backend not-used",
			targets: []string{linux},
			want: `
unknown
cell 3.14t linux-x86_64: unknown
a 1 in 3.14t linux-x86_64: ready, delegates, 0 of 1
b 1 in 3.14t linux-x86_64: unknown, undecided, 0 of 1
cffi 2 in 3.14t linux-x86_64: ready, declares, 0 of 1
! unknown: b 1, in 3.14t linux-x86_64, via b: its only module is undecided: it leaves the declaration to libboost.so, which no package here brings
!   b._b delegated it leaves the declaration to libboost.so, which no package here brings
`,
		},
		"files for other interpreters and systems are passed over": {
			universe: "root a\npackage a\n  version 1\n    wheel py3-none-manylinux_2_28_x86_64\n",
			modules: `a-: a._a silent path=a/_a.cpython-314-x86_64-linux-gnu.so abi=gil
a-: a._a not-used path=a/_a.cpython-314t-x86_64-linux-gnu.so
a-: a._a silent path=a/_a.so
a-: a._b silent platform=linux-aarch64`,
			targets: []string{linux},
			want: `
ready
cell 3.14t linux-x86_64: ready
a 1 in 3.14t linux-x86_64: ready, declares, 0 of 1
`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := resolve(t, test.universe, test.modules, test.targets...).judge(t)
			if diff := cmp.Diff(strings.TrimPrefix(test.want, "\n"), tell(a)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A wheel that several cells get is read once, and no wheel of a cell with the GIL.
func TestReadsOnce(t *testing.T) {
	t.Parallel()
	w := resolve(t, "root a\nroot b\npackage a\n  version 1\npackage b\n  version 1\n    wheel cp314-cp314-win_amd64 cp314-cp314t-win_amd64\n", "",
		"3.14t windows-x86_64", "3.14 windows-x86_64", "3.13t windows-x86_64")
	w.judge(t)
	if diff := cmp.Diff(map[string]int{"a-1-py3-none-any.whl": 1, "b-1-cp314-cp314t-win_amd64.whl": 1}, w.shelf.read); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
