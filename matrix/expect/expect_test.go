package expect_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
	"github.com/ftpkg/ftpkg/matrix/expect"
	"github.com/ftpkg/ftpkg/wheeltags"
)

func cell(t *testing.T, identifier, python string, abi vocab.ABI, floor string, purpose vocab.Purpose) matrix.Cell {
	t.Helper()
	p, err := wheeltags.ParsePython(python)
	if err != nil {
		t.Fatal(err)
	}
	_, word, _ := strings.Cut(identifier, "-")
	return matrix.Cell{Identifier: identifier, Python: p, ABI: abi, Platform: matrix.Platform{Word: word, Floor: floor}, Purpose: purpose}
}

func TestNew(t *testing.T) {
	t.Parallel()
	plan := &matrix.Plan{Cells: []matrix.Cell{
		cell(t, "cp314-manylinux_x86_64", "3.14", vocab.ABIGIL, "2.28", vocab.PurposeBuild),
		cell(t, "cp314-manylinux_x86_64", "3.14", vocab.ABIGIL, "2.28", vocab.PurposeTest),
		cell(t, "cp314t-musllinux_aarch64", "3.14t", vocab.ABIFreeThreaded, "1.2", vocab.PurposeBuild),
		cell(t, "cp312-macosx_universal2", "3.12", vocab.ABI3, "10.13", vocab.PurposeBuild),
		cell(t, "cp315t-win32", "3.15t", vocab.ABI3T, "", vocab.PurposeBuild),
	}}
	want := &expect.Document{Schema: "ftpkg.expect/1", Project: "my-project", Sdist: true, Wheels: []expect.Wheel{
		{Tags: "cp314-cp314-manylinux_2_28_x86_64", Identifier: "cp314-manylinux_x86_64"},
		{Tags: "cp314-cp314t-musllinux_1_2_aarch64", Identifier: "cp314t-musllinux_aarch64"},
		{Tags: "cp312-abi3-macosx_10_13_universal2", Identifier: "cp312-macosx_universal2"},
		{Tags: "cp315-abi3t-win32", Identifier: "cp315t-win32"},
	}}
	got := expect.New(plan, "My_Project", true)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	back, err := expect.Read(bytes.NewReader(text))
	if diff := cmp.Diff(got, back); err != nil || diff != "" {
		t.Errorf("read again: %v (-want +got):\n%s", err, diff)
	}
}

// Without a cell there is nothing to expect, unless it is because there is no
// compiled code.
func TestNewPure(t *testing.T) {
	t.Parallel()
	none := expect.New(&matrix.Plan{Dropped: []matrix.Dropped{{Cause: vocab.DropSelector}}}, "", false)
	if len(none.Wheels) != 0 || none.Wheels == nil {
		t.Errorf("%+v", none)
	}
	pure := expect.New(&matrix.Plan{Dropped: []matrix.Dropped{{Cause: vocab.DropPure}}}, "", true)
	if diff := cmp.Diff([]expect.Wheel{{Tags: "py3-none-any"}}, pure.Wheels); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"", "1:1: EOF"},
		{"{\n  \"schema\" 1}", `2:12: invalid character '1' after object key`},
		{"[]", "1:1: the document cannot be of the type array"},
		{"{\"schema\": \"ftpkg.expect/1\",\n \"wheels\": \"cp314\"}", "2:18: wheels cannot be of the type string"},
		{"{}", "it has no schema; ftpkg.expect/1 was expected"},
		{`{"schema": "ftpkg.expect/2"}`, `its schema is "ftpkg.expect/2"; ftpkg.expect/1 was expected`},
		{`{"schema": "ftpkg.expect/1"}`, "it has no list of wheels"},
		{`{"schema": "ftpkg.expect/1", "wheels": []} {`, "1:45: there is more behind the document"},
		{"{\"schema\": \"ftpkg.expect/1\", \"wheels\": [\n{\"tags\": \"win\"}]}", `2:10: wheels[0]: `},
		{`{"schema": "ftpkg.expect/1", "wheels": [], "project": "a b"}`, "project: "},
		{strings.Repeat(" ", 3<<20), "it has more than 2 MiB"},
	} {
		d, err := expect.Read(strings.NewReader(tt.text))
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%.60q: %+v, %v; want %s", tt.text, d, err, tt.want)
		}
	}
	_, err := expect.Read(strings.NewReader("{\n\n!"))
	if e, ok := errors.AsType[*expect.PositionError](err); !ok || e.Line != 3 || e.Unwrap() == nil {
		t.Errorf("%v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"schema": "ftpkg.expect/1", "wheels": [{"tags": "cp314-cp314t-win_amd64"}], "project": "a", "sdist": true}`)
	f.Add("{\n\"schema\": 1}")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := expect.Read(strings.NewReader(text))
		if err != nil {
			if d != nil {
				t.Errorf("%+v beside %v", d, err)
			}
			return
		}
		out, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := expect.Read(bytes.NewReader(out)); err != nil || !cmp.Equal(d, again) {
			t.Errorf("%s: %v", out, err)
		}
	})
}
