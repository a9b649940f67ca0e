package ready_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMend(t *testing.T) {
	t.Parallel()
	const three = "    wheel cp314-cp314t-manylinux_2_28_x86_64 cp314-cp314-manylinux_2_28_x86_64\n"
	for name, test := range map[string]struct {
		universe, modules string
		targets           []string
		want              string
	}{
		"a newer version than the requirer wants, with a newer requirer": {
			universe: `
root bs4<5
package bs4
  version 4.14
    requires lxml<7
  version 4.13
    requires lxml<6.2
constraint bs4==4.13
package lxml
  version 6.2
` + three + `  version 6.1
` + three,
			modules: "lxml-6.1-cp314-cp314t: lxml.etree used\nlxml-6.2-cp314-cp314t: lxml.etree not-used",
			want: `! turns-gil-on: lxml 6.1, in 3.14t linux-x86_64, via bs4 > lxml: loading its only module turns the GIL on
!   lxml.etree used 
!   no fix: the one other version with wheels for every cell that needs it cannot be had together with the other requirements
`,
		},
		"an older version": {
			universe: "root lxml\npackage lxml\n  version 3\n" + three + "  version 2\n" + three + "  version 1\n" + three,
			modules:  "lxml-3-cp314-cp314t: lxml.etree used\nlxml-2-cp314-cp314t: lxml.etree used\nlxml-1-cp314-cp314t: lxml.etree not-used",
			want: `! turns-gil-on: lxml 3, in 3.14t linux-x86_64, via lxml: loading its only module turns the GIL on
!   lxml.etree used 
!   fix: pin lxml==1 (older-version); lxml "3" to "1"
`,
		},
		"a version that the user excludes": {
			universe: "root lxml<3\npackage lxml\n  version 3\n" + three + "  version 2\n" + three,
			modules:  "lxml-2-cp314-cp314t: lxml.etree used\nlxml-3-cp314-cp314t: lxml.etree not-used",
			want: `! turns-gil-on: lxml 2, in 3.14t linux-x86_64, via lxml: loading its only module turns the GIL on
!   lxml.etree used 
!   fix: change your requirement on lxml to ==3 (newer-version); lxml "2" to "3"
`,
		},
		"none exists": {
			universe: "root lxml\npackage lxml\n  version 3\n" + three + "  version 2\n" + three,
			modules:  "lxml: lxml.etree used",
			want: `! turns-gil-on: lxml 3, in 3.14t linux-x86_64, via lxml: loading its only module turns the GIL on
!   lxml.etree used 
!   no fix: the one other version with wheels for every cell that needs it turns the GIL on too
`,
		},
		"one that must be built has a wheel in an older version that declares": {
			universe: "root a\npackage a\n  version 3\n    sdist\n  version 2\n" + three + "  version 1\n" + three,
			modules:  "a-2-cp314-cp314t: a._a silent\na-1-cp314-cp314t: a._a not-used",
			want: `! ready-when-built: a 3, in 3.14t linux-x86_64 + 3.14 linux-x86_64, via a: a 3 publishes no wheels, only a source distribution; 2 has a wheel here
!   fix: pin a==1 (older-version); a "3" to "1"
`,
		},
		"the requirer has to move too": {
			universe: `
root app==1
package app
  version 1
    requires mid
    requires lxml
package mid
  version 2
    requires lxml>=2
  version 1
    requires lxml<2
package lxml
  version 2
` + three + "  version 1\n" + three,
			modules: "lxml-2-cp314-cp314t: lxml.etree used\nlxml-1-cp314-cp314t: lxml.etree not-used",
			want: `! turns-gil-on: lxml 2, in 3.14t linux-x86_64, via app > lxml: loading its only module turns the GIL on
!   lxml.etree used 
!   fix: pin lxml==1 together with mid==1 (older-version); lxml "2" to "1"; mid "2" to "1"
`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := resolve(t, test.universe, test.modules, linux, "3.14 linux-x86_64")
			a := w.judge(t)
			if err := w.ready.Mend(t.Context(), a, w.Question); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(test.want, "\n"), findings(a)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
