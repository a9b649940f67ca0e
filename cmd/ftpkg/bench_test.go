package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpkg/ftpkg/docs/schema"
	"github.com/ftpkg/ftpkg/internal/jsonschema"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/bench"
)

// counted is a result of made-up times: threads that count lose updates without
// the GIL, unless they take a lock.
func counted() *bench.Result {
	r := &bench.Result{
		Schema: bench.SchemaName, Program: "counter", Repeat: 3, Processors: 4, Platform: "linux-x86_64",
		Runtimes: []bench.Python{
			{Executable: "/gil/python3", Version: "3.14.7", Build: "3.14.7 (main) [Clang 21.1.4]"},
			{Executable: "/ft/python3", Version: "3.14.7", FreeThreaded: true, Build: "3.14.7 free-threading build (main) [Clang 21.1.4]"},
		},
		Overheads: []bench.Overhead{
			{Variant: "no lock", Run: vocab.BenchGILOn, Percent: 5.2}, {Variant: "no lock", Run: vocab.BenchGILOff, Percent: 8},
			{Variant: "lock", Run: vocab.BenchGILOn, Percent: -1.5}, {Variant: "lock", Run: vocab.BenchGILOff, Percent: 12},
		},
		Notes: []string{"this one was made up"},
	}
	add := func(variant string, run vocab.BenchRun, threads int, ms bench.Seconds, speedUp, against, lost float64) {
		at := ms * 1e6
		r.Figures = append(r.Figures, bench.Figure{
			Variant: variant, Run: run, Threads: threads, Median: at, Min: at - 1e6, Max: at + 2e6, Samples: []bench.Seconds{at, at - 1e6, at + 2e6},
			SpeedUp: speedUp, AgainstGIL: &against, Lost: &lost,
		})
	}
	add("no lock", vocab.BenchGILBuild, 1, 500, 1, 1, 0)
	add("no lock", vocab.BenchGILOn, 1, 526, 1, 0.95, 0)
	add("no lock", vocab.BenchGILOff, 1, 540, 1, 0.93, 0)
	add("no lock", vocab.BenchGILBuild, 4, 510, 0.98, 0.98, 0)
	add("no lock", vocab.BenchGILOn, 4, 530, 0.99, 0.94, 0)
	add("no lock", vocab.BenchGILOff, 4, 150, 3.6, 3.33, 0.4375)
	add("lock", vocab.BenchGILBuild, 1, 1000, 1, 1, 0)
	add("lock", vocab.BenchGILOn, 1, 985, 1, 1.02, 0)
	add("lock", vocab.BenchGILOff, 1, 1120, 1, 0.89, 0)
	add("lock", vocab.BenchGILBuild, 4, 1100, 0.91, 0.91, 0)
	add("lock", vocab.BenchGILOn, 4, 1100, 0.9, 0.91, 0)
	add("lock", vocab.BenchGILOff, 4, 2000, 0.56, 0.5, 0)
	return r
}

func TestBenchViews(t *testing.T) {
	t.Parallel()
	r := counted()
	env := world(t)
	var text, markdown bytes.Buffer
	env.Stdout = &text
	if err := writeBenchText(env, r); err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("testdata", "bench", "counter.txt"), text.String())
	if err := writeBenchMarkdown(&markdown, r); err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("testdata", "bench", "counter.md"), markdown.String())

	doc, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	promise, ok := schema.Get("bench")
	if !ok {
		t.Fatal("there is no schema")
	}
	if err := jsonschema.Validate(promise, doc); err != nil {
		t.Error(err)
	}
}

// Without a GIL build, and for a program that counts nothing, columns are missing.
func TestBenchWithoutGILBuild(t *testing.T) {
	t.Parallel()
	r := counted()
	var kept []bench.Figure
	for _, f := range r.Figures {
		if f.Run != vocab.BenchGILBuild && f.Variant == "lock" {
			f.Variant, f.AgainstGIL, f.Lost = "", nil, nil
			kept = append(kept, f)
		}
	}
	r.Figures, r.Overheads = kept, []bench.Overhead{}
	env := world(t)
	var text bytes.Buffer
	env.Stdout = &text
	if err := writeBenchText(env, r); err != nil {
		t.Fatal(err)
	}
	if s := text.String(); strings.Contains(s, "GIL build") || strings.Contains(s, "lost") || !strings.Contains(s, "4 threads: 0.56 times as fast as one with the GIL off.\n") {
		t.Errorf("got\n%s", s)
	}
}

func TestBlocks(t *testing.T) {
	t.Parallel()
	for columns, want := range map[float64]string{0: "▏", 0.01: "▏", 0.5: "▌", 1: "█", 2.25: "██▎", 2.99: "███"} {
		if got := blocks(columns); got != want {
			t.Errorf("%g columns: %q, want %q", columns, got, want)
		}
	}
}
