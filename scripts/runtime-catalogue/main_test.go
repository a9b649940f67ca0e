package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// The fixture is made up in the form of the published index; want.json is what
// belongs in the catalogue.
func TestRun(t *testing.T) {
	t.Parallel()
	const fixture = "testdata/index.ndjson"
	want, err := os.ReadFile("testdata/want.json")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.FileServer(http.Dir("testdata")))
	defer server.Close()
	for _, index := range []string{fixture, server.URL + "/index.ndjson"} {
		out := filepath.Join(t.TempDir(), "builds.json")
		if err := run(t.Context(), index, out); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(out); err != nil || string(got) != string(want) {
			t.Errorf("%s: %v\n%s", index, err, got)
		}
	}
}

func TestRunLeavesFile(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.FileServer(http.Dir("testdata")))
	defer server.Close()
	torn := filepath.Join(t.TempDir(), "torn")
	text, err := os.ReadFile("testdata/index.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(torn, text[:len(text)-100], 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "builds.json")
	if err := os.WriteFile(out, []byte("as it was"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, index := range []string{torn, "nothing", server.URL + "/nothing", "http://127.0.0.1:1/"} {
		if err := run(t.Context(), index, out); err == nil {
			t.Errorf("%s: no error", index)
		}
		if got, err := os.ReadFile(out); err != nil || string(got) != "as it was" {
			t.Errorf("%s: %v %q", index, err, got)
		}
	}
}
