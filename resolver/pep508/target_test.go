package pep508_test

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/wheeltags"
)

func target(t *testing.T, python, platform string) wheeltags.Target {
	t.Helper()
	var target wheeltags.Target
	var err error
	if target.Python, err = wheeltags.ParsePython(python); err != nil {
		t.Fatal(err)
	}
	if target.Platform, err = wheeltags.ParsePlatform(platform); err != nil {
		t.Fatal(err)
	}
	return target
}

// TestEnvironmentForLikeUV asks for the recorded answers of uv; see
// testdata/README.md.
func TestEnvironmentForLikeUV(t *testing.T) {
	data, err := os.ReadFile("testdata/environments_uv.json")
	if err != nil {
		t.Fatal(err)
	}
	var record struct {
		Markers []string    `json:"markers"`
		Answers [][3]string `json:"answers"`
	}
	if err := json.Unmarshal(data, &record); err != nil {
		t.Fatal(err)
	}
	if len(record.Answers) < 40 || len(record.Markers) < 30 {
		t.Fatalf("only %d answers for %d markers", len(record.Answers), len(record.Markers))
	}
	for _, row := range record.Answers {
		env := pep508.EnvironmentFor(target(t, row[1], row[0]))
		for i, text := range record.Markers {
			m, err := pep508.ParseMarker(text)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := m.Eval(env, ""), row[2][i] == 't'; got != want {
				t.Errorf("Python %s on %s: %s is %t, want %t", row[1], row[0], text, got, want)
			}
		}
	}
}

func TestEnvironmentFor(t *testing.T) {
	for _, c := range []struct {
		python, platform string
		machine, full    string
		features         []string
	}{
		{"3.14", "linux-x86_64", "x86_64", "3.14.0", []string{"gil-enabled", "64-bit"}},
		{"3.14t", "linux-x86_64", "x86_64", "3.14.0", []string{"free-threading", "64-bit"}},
		{"3.14td", "macos-arm64", "arm64", "3.14.0", []string{"free-threading", "64-bit", "debug"}},
		{"3.15.0rc1t", "windows-x86", "x86", "3.15.0rc1", []string{"free-threading", "32-bit"}},
		{"3.13.2", "manylinux_2_17_i686", "i686", "3.13.2", []string{"gil-enabled", "32-bit"}},
		{"3.14", "linux-armv7l", "armv7l", "3.14.0", []string{"gil-enabled", "32-bit"}},
		{"3.14", "linux-s390x", "s390x", "3.14.0", []string{"gil-enabled", "64-bit"}},
		{"3.14", "android_24_armeabi_v7a", "armv7l", "3.14.0", []string{"gil-enabled", "32-bit"}},
		{"3.14", "android_24_x86", "i686", "3.14.0", []string{"gil-enabled", "32-bit"}},
	} {
		env := pep508.EnvironmentFor(target(t, c.python, c.platform))
		if env.PlatformMachine != c.machine || env.PythonFullVersion != c.full || env.ImplementationVersion != c.full ||
			!slices.Equal(env.ABIFeatures, c.features) || env.AllowABIFeatures || env.Extras != nil || env.Groups != nil {
			t.Errorf("%s on %s: got %+v", c.python, c.platform, *env)
		}
	}
}

// No marker of PEP 508 can tell a free-threaded Python from its twin.
func TestEnvironmentOfTwins(t *testing.T) {
	free, gil := pep508.EnvironmentFor(target(t, "3.14t", "linux-x86_64")), pep508.EnvironmentFor(target(t, "3.14", "linux-x86_64"))
	free.ABIFeatures, gil.ABIFeatures = nil, nil
	if !reflect.DeepEqual(free, gil) {
		t.Errorf("the twins differ beyond their ABI features:\n%+v\n%+v", *free, *gil)
	}
}
