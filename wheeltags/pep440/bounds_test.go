package pep440_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

func TestWithoutUpperBounds(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"", ""},
		{">=3.8,<3.13", ">=3.8"},
		{"<4", ""},
		{"<=3.13", ""},
		{"==3.9.*", ">=3.9"},
		{"==3.9", ">=3.9"},
		{"===3.9", ">=3.9"},
		{"===nightly", ""},
		{"~=3.9", ">=3.9"},
		{"~=3.9.1", ">=3.9.1"},
		{">3.9,>=3.9", ">3.9"},
		{">=3.9,>3.8", ">=3.9"},
		{">=3.14.0rc1", ">=3.14.0"},
		{">=1!3.9", ">=3.9"},
		{"!=3.9.*", ""},
		{">=3.8,!=3.9.*", ">=3.8"},
		{">=3.8,!=3.8.*", ">=3.9"},
		{">3.8,!=3.8.*", ">=3.9"},
		{">=3.8,!=3.8", ">3.8"},
		{">3.8,!=3.8", ">3.8"},
		{">=3.0,!=3.2.*,!=3.1.*,!=3.0.*", ">=3.3"},
		{">=3.0,!=3.*,!=3.0.*,!=4.0", ">4"},
		{">=3.0,!=3.0.*,!=3.1", ">3.1"},
		{">=3.9,<3.8", ""},
		{">3.9,<=3.9", ""},
		{">=3.9,<3.9", ""},
		{"==3.9,==3.10", ""},
		{">=3.9,<=3.9", ">=3.9"},
		{">=3.8,<3.9,!=3.8.*", ""},
		{">=3.18446744073709551615,!=3.18446744073709551615.*", ">=3.18446744073709551616"},
	} {
		got := pep440.MustParseSpecifiers(c.set).WithoutUpperBounds()
		if got.String() != c.want {
			t.Errorf("%q without upper bounds = %q, want %q", c.set, got, c.want)
		}
		if again := got.WithoutUpperBounds(); again.String() != c.want {
			t.Errorf("%q without upper bounds = %q", got, again)
		}
	}
}

// TestRequiresPythonLikeUV asks for the recorded answers of uv; see
// testdata/README.md.
func TestRequiresPythonLikeUV(t *testing.T) {
	data, err := os.ReadFile("testdata/requires_python_uv.json")
	if err != nil {
		t.Fatal(err)
	}
	var record struct {
		Pythons []string `json:"pythons"`
		Answers [][]any  `json:"answers"`
	}
	if err := json.Unmarshal(data, &record); err != nil {
		t.Fatal(err)
	}
	if len(record.Answers) < 50 {
		t.Fatalf("want at least 50 recorded answers, got %d", len(record.Answers))
	}
	for _, row := range record.Answers {
		text := row[0].(string)
		set := pep440.MustParseSpecifiers(text).WithoutUpperBounds()
		for i, python := range record.Pythons {
			want := row[i+1].(bool)
			if got := set.Contains(pep440.MustParse(python)); got != want {
				t.Errorf("Requires-Python %q, read as %q: lets %s through: %t, want %t", text, set, python, got, want)
			}
		}
	}
}
