package main

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/docs/schema"
	"github.com/ftpkg/ftpkg/internal/jsonschema"
	ftruntime "github.com/ftpkg/ftpkg/probe/runtime"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// What the survey of an environment brings is shown, and makes the answer a no.
func TestDoctorSurvey(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "venv")
	if out, err := exec.CommandContext(t.Context(), runtimetest.FreeThreaded(t), "-m", "venv", "--without-pip", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, tt := range []struct {
		found doctorEnvironment
		want  string
		no    bool
	}{
		{doctorEnvironment{Packages: 2, Offenders: []doctorOffender{}}, "packages     2, none of which turns the GIL on\n", false},
		{
			doctorEnvironment{Packages: 3, Offenders: []doctorOffender{{"pandas", "pandas._libs.lib", []string{"sklearn", "pandas._libs.lib"}}}},
			"packages     3, one module turns the GIL on\n             pandas._libs.lib (pandas): sklearn → pandas._libs.lib\n", true,
		},
	} {
		for _, format := range []string{"text", "json"} {
			env := world(t)
			env.Dir = filepath.Dir(dir)
			var out strings.Builder
			env.Stdout = &out
			x, err := runtimeOptions{dataDir: t.TempDir(), offline: true}.open(env)
			if err != nil {
				t.Fatal(err)
			}
			err = runDoctor(t.Context(), env, x, doctorOptions{python: dir, format: format, survey: func(_ context.Context, _ Env, r *ftruntime.Runtime) (*doctorEnvironment, error) {
				if r.Prefix != dir {
					t.Errorf("surveyed %s", r.Prefix)
				}
				return &tt.found, nil
			}})
			x.close()
			if errors.Is(err, errNo) != tt.no || err != nil && !errors.Is(err, errNo) {
				t.Errorf("%v", err)
			}
			if format == "text" {
				if !strings.Contains(out.String(), tt.want) {
					t.Errorf("%s\nwant %s", &out, tt.want)
				}
				continue
			}
			text, _ := schema.Get("doctor")
			if err := jsonschema.Validate(text, []byte(out.String())); err != nil {
				t.Error(err)
			}
			var doc doctorDocument
			if err := json.Unmarshal([]byte(out.String()), &doc); err != nil || doc.Healthy == tt.no || doc.Environment.Packages != tt.found.Packages {
				t.Errorf("%v: %s", err, &out)
			}
		}
	}
}
