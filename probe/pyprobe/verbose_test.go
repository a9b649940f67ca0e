package pyprobe

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const warned = "<frozen importlib._bootstrap>:488: RuntimeWarning: The global interpreter lock (GIL) has been enabled to load module 'NAME', " +
	"which has not declared that it can run safely without the GIL. To override this behavior and keep the GIL disabled " +
	"(at your own risk), run with PYTHON_GIL=0 or -Xgil=0.\n"

func warning(name string) string { return strings.Replace(warned, "NAME", name, 1) }
func listing(name string) string {
	return "# loading module '" + name + "', which requires the GIL\n"
}

func TestParseVerbose(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		want       []Offender
	}{
		{"nothing", "import 'os' # <class '_frozen_importlib.FrozenImporter'>\n", nil},
		{"3.13", warning("a._b") + listing("a._b") + "import 'a._b' #\n" + listing("c"), []Offender{{"a._b", true, true}, {"c", false, true}}},
		{"3.15 does not list the first", warning("a") + listing("b") + listing("c"), []Offender{{"a", true, false}, {"b", false, true}, {"c", false, true}}},
		{"silenced", listing("a"), []Offender{{"a", false, true}}},
		{"named twice", listing("a") + listing("b") + listing("a"), []Offender{{"a", false, true}, {"b", false, true}}},
		{"after half a line", "half" + listing("a") + "half" + warning("b"), []Offender{{"a", false, true}, {"b", true, false}}},
		{"made an error", "RuntimeWarning: " + warning("x")[len("<frozen importlib._bootstrap>:488: RuntimeWarning: "):], []Offender{{"x", true, false}}},
		{"carriage returns", "# loading module 'a', which requires the GIL\r\n", []Offender{{"a", false, true}}},
		{"no end of the line", strings.TrimSuffix(listing("a"), "\n"), []Offender{{"a", false, true}}},
		{"cut", "# loading module 'a', which requi\n# loading module '', which requires the GIL\n", nil},
		{"names with quotes", listing("it's"), []Offender{{"it's", false, true}}},
		{"too long a name", listing(strings.Repeat("x", maxModuleName+1)), nil},
		{"after a long line", strings.Repeat("x", 3*maxVerboseLine) + "\n" + listing("a"), []Offender{{"a", false, true}}},
		{"no text", listing("a\xff"), []Offender{{"a�", false, true}}},
	} {
		v, err := ParseVerbose(strings.NewReader(test.text))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if diff := cmp.Diff(test.want, v.Offenders); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func FuzzParseVerbose(f *testing.F) {
	f.Add(warning("a") + listing("b"))
	f.Add("x" + listing("a'b") + warning("# loading module 'q', which requires the GIL"))
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseVerbose(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, o := range v.Offenders {
			if seen[o.Module] || o.Module == "" || !o.Warned && !o.Listed || len(o.Module) > 3*maxModuleName {
				t.Errorf("%+v", o)
			}
			seen[o.Module] = true
		}
		// What is appended on lines of its own is found as well.
		more, err := ParseVerbose(strings.NewReader(text + "\n" + listing("appended")))
		if err != nil || !slices.ContainsFunc(more.Offenders, func(o Offender) bool { return o.Module == "appended" && o.Listed }) {
			t.Errorf("%v, %+v", err, more)
		}
	})
}
