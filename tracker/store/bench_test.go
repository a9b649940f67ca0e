package store_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/tracker/store"
	"github.com/ftpkg/ftpkg/tracker/store/storetest"
)

// page is a look at a project with so many files.
func page(name string, files int) *evidence.Batch {
	b := &evidence.Batch{Observation: evidence.Observation{
		Project: name, At: storetest.Begin(), Source: "https://index.example.invalid/simple/", Tool: "ftpkg bench",
		Outcome: vocab.ObservedChanged, BodySHA256: storetest.Digest(name),
	}}
	for i := range files {
		version := fmt.Sprintf("%d.%d", i/800, i/40%20)
		file := fmt.Sprintf("%s-%s-cp314-cp314t-manylinux_2_27_x86_64.manylinux_2_28_x86_64.%d.whl", name, version, i%40)
		digest := storetest.Digest(name, i)
		b.Listing = append(b.Listing, evidence.Listed{File: evidence.File{
			Project: name, Version: version, Name: file, SHA256: digest, Size: 1 << 20, Uploaded: storetest.Begin().Add(-time.Duration(files-i) * time.Hour),
			RequiresPython: ">=3.11", URL: "https://files.example.invalid/packages/" + digest[:2] + "/" + digest[2:4] + "/" + digest[4:] + "/" + file,
		}})
	}
	return b
}

func benchStore(b *testing.B) *store.Store {
	b.Helper()
	s, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "track.db"), frozen())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// BenchmarkRecord records 100,000 files of 250 projects.
func BenchmarkRecord(b *testing.B) {
	var pages []*evidence.Batch
	for p := range 250 {
		pages = append(pages, page(fmt.Sprintf("project-%d", p), 400))
	}
	for b.Loop() {
		b.StopTimer()
		s := benchStore(b)
		b.StartTimer()
		for _, p := range pages {
			if _, err := s.Record(b.Context(), p); err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		stats, err := s.Stats(b.Context())
		if err != nil || stats.Rows["file"] != 100_000 {
			b.Fatal(stats, err)
		}
		b.ReportMetric(float64(stats.Bytes)/100_000, "bytes/file")
		b.StartTimer()
	}
}

// BenchmarkHistory reads a project of 4,000 files, which were seen in 30 looks.
func BenchmarkHistory(b *testing.B) {
	s := benchStore(b)
	for p := range 20 {
		if _, err := s.Record(b.Context(), page(fmt.Sprintf("other-%d", p), 1000)); err != nil {
			b.Fatal(err)
		}
	}
	look := page("numpy", 4000)
	for i := range 30 {
		if i > 0 {
			look.Observation.Outcome, look.Listing = vocab.ObservedUnchanged, nil
		}
		if _, err := s.Record(b.Context(), look); err != nil {
			b.Fatal(err)
		}
		look.Observation.At = look.Observation.At.AddDate(0, 0, 1)
	}
	b.ReportAllocs()
	for b.Loop() {
		h, err := s.History(b.Context(), "numpy")
		if err != nil || len(h.Files) != 4000 || len(h.Observations) != 30 {
			b.Fatal(err)
		}
	}
}

// BenchmarkSmallHistory reads projects of 10 files with two readings each.
func BenchmarkSmallHistory(b *testing.B) {
	s := benchStore(b)
	for p := range 1000 {
		look := page(fmt.Sprintf("project-%d", p), 10)
		for i := range 2 {
			f := look.Listing[i].File
			look.Static = append(look.Static, evidence.Static{SHA256: f.SHA256, Rules: 1, Wheel: storetest.Wheel(&f)})
		}
		if _, err := s.Record(b.Context(), look); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	p := 0
	for b.Loop() {
		h, err := s.History(b.Context(), fmt.Sprintf("project-%d", p%1000))
		if err != nil || len(h.Files) != 10 || len(h.Static) != 2 {
			b.Fatal(err)
		}
		p++
	}
}

// BenchmarkUnchanged is an update of 1,000 projects of which nothing is new.
func BenchmarkUnchanged(b *testing.B) {
	s := benchStore(b)
	for p := range 1000 {
		if _, err := s.Record(b.Context(), page(fmt.Sprintf("project-%d", p), 10)); err != nil {
			b.Fatal(err)
		}
	}
	at := storetest.Begin()
	for b.Loop() {
		at = at.Add(time.Hour)
		for p := range 1000 {
			name := fmt.Sprintf("project-%d", p)
			seen, err := s.Seen(b.Context(), name)
			if err != nil || seen.Answered == nil {
				b.Fatal(err)
			}
			o := *seen.Answered
			o.Outcome, o.At = vocab.ObservedUnchanged, at
			if _, err := s.Record(b.Context(), &evidence.Batch{Observation: o}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkVerify verifies a store of 20,000 files.
func BenchmarkVerify(b *testing.B) {
	s := benchStore(b)
	for p := range 20 {
		if _, err := s.Record(b.Context(), page(fmt.Sprintf("project-%d", p), 1000)); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		r, err := s.Verify(b.Context())
		if err != nil || !r.OK() {
			b.Fatal(r, err)
		}
	}
}

// BenchmarkOpen opens and closes a store that is there.
func BenchmarkOpen(b *testing.B) {
	where := filepath.Join(b.TempDir(), "track.db")
	for b.Loop() {
		s, err := store.Open(b.Context(), where, frozen())
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
