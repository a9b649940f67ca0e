package workflow_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/matrix/workflow"
)

func TestValue(t *testing.T) {
	t.Parallel()
	ctx := new(workflow.Context).With("matrix", map[string]any{
		"os": "Ubuntu-24.04", "py": "3.14t", "n": 3.1, "pair": []any{"cp314", "3.14"}, "o": map[string]any{"k": true}, "none": nil,
	}).With("runner", map[string]any{"os": "Linux"})
	for expr, want := range map[string]any{
		"plain":                "plain",
		"a ${{ matrix.py }} b": "a 3.14t b",
		"${{ matrix.pair[0] }}-${{matrix['pair'][1]}}": "cp314-3.14",
		"${{ matrix.n }}":                                  3.1,
		"v${{ matrix.n }}":                                 "v3.1",
		"${{ matrix.o.k }}":                                true,
		"${{ matrix.missing }}":                            nil,
		"x${{ matrix.missing }}":                           "x",
		"${{ matrix.o.k && 'yes' || 'no' }}":               "yes",
		"${{ matrix.none && 'yes' || 'no' }}":              "no",
		"${{ endsWith(matrix.py, 't') }}":                  true,
		"${{ startsWith(matrix.OS, 'ubuntu') }}":           true,
		"${{ contains(matrix.pair, 'CP314') }}":            true,
		"${{ contains('abc', 'B') }}":                      true,
		"${{ matrix.os == 'ubuntu-24.04' }}":               true,
		"${{ matrix.n == '3.10' }}":                        true,
		"${{ matrix.n >= 3 && matrix.n < 4 }}":             true,
		"${{ 'a' < 'B' }}":                                 true,
		"${{ !matrix.none }}":                              true,
		"${{ format('{0}-{1}{{}}', matrix.py, 1) }}":       "3.14t-1{}",
		"${{ join(matrix.pair, '+') }}":                    "cp314+3.14",
		"${{ fromJSON('[1, 2]')[1] }}":                     2.0,
		"${{ fromJSON('{\"a\": \"}}\"}').a }}":             "}}",
		"${{ 'it''s' }}":                                   "it's",
		"${{ (matrix.none || 'x') == 'x' }}":               true,
		"${{ null == '' }}":                                true,
		"${{ 0xff }}":                                      255.0,
		"${{ -1.5e1 }}":                                    -15.0,
		"${{ runner.os == 'Linux' && !inputs.x || false}}": workflow.Unknown,
		"${{ inputs.x && false }}":                         false,
		"${{ github.ref }}":                                workflow.Unknown,
		"a ${{ github.ref }}":                              workflow.Unknown,
		"${{ matrix.pair }} x":                             workflow.Unknown,
		"${{ matrix.*.os }}":                               workflow.Unknown,
		"${{ hashFiles('x') }}":                            workflow.Unknown,
		"${{ malformed( }}":                                workflow.Unknown,
		"${{ 'open }}":                                     "${{ 'open }}",
		"${{ a b }}":                                       workflow.Unknown,
		"${{ 1 # 2 }}":                                     workflow.Unknown,
		"${{ }}":                                           workflow.Unknown,
	} {
		if got := ctx.Value(expr); !cmp.Equal(got, want) && !(got == workflow.Unknown && want == workflow.Unknown) {
			t.Errorf("%s: %#v, want %#v", expr, got, want)
		}
	}
}

func TestMay(t *testing.T) {
	t.Parallel()
	ctx := new(workflow.Context).With("matrix", map[string]any{"py": "3.14"})
	for condition, want := range map[string]bool{
		"":                                      true,
		"matrix.py == '3.14'":                   true,
		"matrix.py == '3.14t'":                  false,
		"${{ matrix.py == '3.14t' }}":           false,
		"github.ref == 'x'":                     true,
		"github.ref == 'x' && matrix.py == 'x'": false,
		"always()":                              true,
		"!cancelled()":                          true,
		"broken(":                               true,
		"false":                                 false,
	} {
		if got := ctx.May(condition); got != want {
			t.Errorf("%q: %v", condition, got)
		}
	}
}

func TestRefs(t *testing.T) {
	t.Parallel()
	got := workflow.Refs("x ${{ matrix.a == matrix['b-c'].d && env.E }} ${{ Matrix.f[0] }}", false)
	if diff := cmp.Diff([]string{"matrix.a", "matrix.b-c", "env.E", "matrix.f"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"matrix.a"}, workflow.Refs("!matrix.a", true)); diff != "" {
		t.Error(diff)
	}
	if got := workflow.Refs("matrix.a", false); got != nil {
		t.Error(got)
	}
}

func TestFormatNumber(t *testing.T) {
	t.Parallel()
	for f, want := range map[float64]string{3.10: "3.1", 3: "3", 0: "0", -1.5: "-1.5", 1e20: "1E+20", 123456789012345: "123456789012345", 1e-7: "1E-07"} {
		if got := workflow.FormatNumber(f); got != want {
			t.Errorf("%v: %s, want %s", f, got, want)
		}
	}
}
