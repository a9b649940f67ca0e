package check_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/check"
	"github.com/ftpkg/ftpkg/probe/check/checktest"
)

// packed are sources of good wheels of one project: version, python, ABI and platform
// tags, as "1.0 cp314-cp314t-win_amd64".
func packed(t *testing.T, names ...string) []check.Source {
	t.Helper()
	var sources []check.Source
	for _, n := range names {
		file := fileName(n)
		if strings.HasSuffix(file, ".tar.gz") {
			sources = append(sources, check.Source{Name: file})
			continue
		}
		b, err := checktest.GoodWheel(file).Pack()
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, check.Source{Name: file, Open: func(context.Context) (check.File, error) { return closer{bytes.NewReader(b)}, nil }})
	}
	return sources
}

func fileName(n string) string {
	version, tags, ok := strings.Cut(n, " ")
	if !ok {
		return "pkg-" + version + ".tar.gz"
	}
	return "pkg-" + version + "-" + tags + ".whl"
}

// told are findings as "FT601 file".
func told(r *check.Report) []string {
	all := []string{}
	for _, f := range r.Findings {
		all = append(all, f.Rule+" "+strings.TrimSuffix(strings.TrimPrefix(f.File, "pkg-1.0-"), ".whl"))
	}
	return all
}

func TestSet(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		wheels []string
		want   []string
	}{
		{"one wheel is no set", []string{"1.0 cp314-cp314t-win_amd64"}, []string{}},
		{"a pair", []string{"1.0 cp314-cp314t-win_amd64", "1.0 cp314-cp314-win_amd64"}, []string{}},
		{"no free-threaded wheels at all", []string{"1.0 cp314-cp314-win_amd64", "1.0 cp313-cp313-win_amd64"}, []string{}},
		{"abi3 is a twin", []string{"1.0 cp314-cp314t-win_amd64", "1.0 cp310-abi3-win_amd64"}, []string{}},
		{"a newer abi3 is none", []string{"1.0 cp314-cp314t-win_amd64", "1.0 cp315-abi3-win_amd64"}, []string{"FT601 cp314-cp314t-win_amd64"}},
		{"abi3 without a free-threaded wheel of its platform", []string{"1.0 cp314-cp314t-win_amd64", "1.0 cp310-abi3-win_amd64", "1.0 cp310-abi3-macosx_11_0_arm64"}, []string{"FT602 cp310-abi3-macosx_11_0_arm64"}},
		{"both stable ABIs are their own twins", []string{"1.0 cp315-abi3.abi3t-win_amd64", "1.0 cp315-abi3.abi3t-win_arm64"}, []string{}},
		{"3.13t is not missed", []string{"1.0 cp313-cp313-win_amd64", "1.0 cp314-cp314-win_amd64", "1.0 cp314-cp314t-win_amd64"}, []string{}},
		{"3.15t is", []string{"1.0 cp315-cp315-win_amd64", "1.0 cp314-cp314-win_amd64", "1.0 cp314-cp314t-win_amd64"}, []string{"FT602 cp315-cp315-win_amd64"}},
		{"universal2 serves both", []string{"1.0 cp314-cp314t-macosx_10_15_universal2", "1.0 cp314-cp314-macosx_11_0_arm64"}, []string{"FT601 cp314-cp314t-macosx_10_15_universal2"}},
		{"glibc and musl are two", []string{"1.0 cp314-cp314t-musllinux_1_2_x86_64", "1.0 cp314-cp314-manylinux_2_28_x86_64"}, []string{"FT601 cp314-cp314t-musllinux_1_2_x86_64", "FT602 cp314-cp314-manylinux_2_28_x86_64"}},
		{"floors that differ", []string{"1.0 cp314-cp314t-manylinux_2_34_x86_64", "1.0 cp314-cp314-manylinux_2_28_x86_64"}, []string{"FT603 cp314-cp314t-manylinux_2_34_x86_64"}},
		{"the other way around", []string{"1.0 cp314-cp314t-manylinux_2_28_x86_64", "1.0 cp314-cp314-manylinux_2_34_x86_64"}, []string{"FT603 cp314-cp314-manylinux_2_34_x86_64"}},
		{"no older macOS than CPython's own", []string{"1.0 cp314-cp314t-macosx_10_15_x86_64", "1.0 cp314-cp314-macosx_10_13_x86_64"}, []string{}},
		{"a second wheel has the lower floor", []string{"1.0 cp314-cp314t-macosx_14_0_x86_64", "1.0 cp314-cp314t-macosx_10_15_x86_64", "1.0 cp314-cp314-macosx_10_15_x86_64"}, []string{}},
		{"versions", []string{"1.0 cp314-cp314-win_amd64", "1.1"}, []string{"FT604 cp314-cp314-win_amd64"}},
		{"equal versions", []string{"1.0 cp314-cp314-win_amd64", "1.0.0"}, []string{}},
	} {
		r, err := check.Set(t.Context(), packed(t, tt.wheels...), check.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, told(r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestAgainst(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		now, was []string
		want     []string
	}{
		{"the same", []string{"cp314-cp314-win_amd64"}, []string{"cp314-cp314-win_amd64"}, []string{}},
		{"a platform", []string{"cp314-cp314-win_amd64"}, []string{"cp314-cp314-win_amd64", "cp314-cp314-win_arm64", "cp313-cp313-win_arm64"}, []string{"FT701 cp314-cp314-win_arm64"}},
		{"an old version, given up for good", []string{"cp314-cp314-win_amd64"}, []string{"cp314-cp314-win_amd64", "cp310-cp310-win_amd64"}, []string{}},
		{"on one platform only", []string{"cp314-cp314-win_amd64", "cp313-cp313-win_amd64", "cp314-cp314-win_arm64"}, []string{"cp314-cp314-win_arm64", "cp313-cp313-win_arm64"}, []string{"FT702 cp313-cp313-win_arm64"}},
		{"one of a pair", []string{"cp314-cp314t-win_amd64"}, []string{"cp314-cp314t-win_amd64", "cp314-cp314-win_amd64"}, []string{"FT702 cp314-cp314-win_amd64"}},
		{"all that is free-threaded", []string{"cp315-cp315-win_amd64"}, []string{"cp314-cp314t-win_amd64", "cp314-cp314-win_amd64"}, []string{"FT702 cp314-cp314t-win_amd64"}},
		{"3.13t makes room", []string{"cp314-cp314t-win_amd64", "cp314-cp314-win_amd64", "cp313-cp313-win_amd64"}, []string{"cp313-cp313t-win_amd64", "cp313-cp313-win_amd64"}, []string{}},
		{"abi3 takes over", []string{"cp310-abi3-win_amd64"}, []string{"cp312-cp312-win_amd64", "cp313-cp313-win_amd64"}, []string{}},
		{"a floor", []string{"cp314-cp314-manylinux_2_28_x86_64"}, []string{"cp314-cp314-manylinux_2_17_x86_64.manylinux2014_x86_64"}, []string{"FT703 cp314-cp314-manylinux_2_28_x86_64"}},
		{"a floor that fell", []string{"cp314-cp314-manylinux_2_17_x86_64"}, []string{"cp314-cp314-manylinux_2_28_x86_64"}, []string{}},
		{"a floor below CPython's own", []string{"cp314-cp314-macosx_10_15_x86_64"}, []string{"cp314-cp314-macosx_10_9_x86_64"}, []string{}},
		{"universal2 for both", []string{"cp314-cp314-macosx_10_15_universal2"}, []string{"cp314-cp314-macosx_11_0_arm64", "cp314-cp314-macosx_10_15_x86_64"}, []string{}},
	} {
		var now []string
		for _, n := range tt.now {
			now = append(now, "1.0 "+n)
		}
		release := &check.Release{Project: "pkg", Name: "pkg 0.9", Wheels: []check.Past{{File: "other-1.0-cp314-cp314-win_arm64.whl"}, {File: "no wheel"}}}
		for _, n := range tt.was {
			release.Wheels = append(release.Wheels, check.Past{File: "pkg-0.9-" + n + ".whl"})
		}
		r, err := check.Set(t.Context(), packed(t, now...), check.Options{Against: release, Choice: check.Choose([]string{"FT7"}, nil)})
		if err != nil {
			t.Fatal(err)
		}
		got := told(r)
		for i := range got {
			got[i] = strings.Replace(got[i], "pkg-0.9-", "", 1)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if r.Against != "pkg 0.9" {
			t.Errorf("%s: against %q", tt.name, r.Against)
		}
	}
}

// The earlier release is read only where something turned the GIL on, and a failure to
// read it is an error.
func TestAgainstModules(t *testing.T) {
	t.Parallel()
	asked := 0
	release := &check.Release{Project: "wrong", Name: "wrong 0.9", Wheels: []check.Past{{
		File: "wrong-0.9-cp313-cp313t-manylinux_2_28_x86_64.whl",
		Modules: func(context.Context) ([]check.PastModule, error) {
			asked++
			return nil, errors.New("no network")
		},
	}}}
	good := packed(t, "1.0 cp314-cp314t-manylinux_2_28_x86_64")
	good[0].Name = "wrong-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl"
	if _, err := check.Set(t.Context(), good, check.Options{Against: release}); err != nil || asked != 0 {
		t.Errorf("asked %d times: %v", asked, err)
	}
	c := caseOf(t, "FT401")
	silent := []check.Source{onDisk("testdata/wrong/FT401/"+c.Name, c.Wheels[0].File)}
	if _, err := check.Set(t.Context(), silent, check.Options{Against: release}); err == nil || !strings.Contains(err.Error(), "no network") || asked != 1 {
		t.Errorf("asked %d times: %v", asked, err)
	}
	release.Wheels[0].Modules = func(context.Context) ([]check.PastModule, error) {
		return []check.PastModule{{Module: "pkg._ext", Declaration: vocab.DeclarationSilent}}, nil
	}
	r, err := check.Set(t.Context(), silent, check.Options{Against: release})
	if err != nil || slices.ContainsFunc(r.Findings, func(f check.Finding) bool { return f.Rule == "FT704" }) {
		t.Errorf("what was never declared was not lost: %+v, %v", r, err)
	}
}

type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, errors.New("the disk is gone") }
func (failing) Close() error                      { return nil }
func (failing) Size() int64                       { return 1000 }

// What cannot be read is an error, not a finding; so is a context that ended.
func TestErrors(t *testing.T) {
	t.Parallel()
	const name = "x-1-py3-none-any.whl"
	if _, err := check.Wheel(t.Context(), failing{}, 1000, name); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Errorf("%v", err)
	}
	if _, err := check.Set(t.Context(), []check.Source{{Name: name, Open: func(context.Context) (check.File, error) { return nil, io.ErrClosedPipe }}}, check.Options{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(fmt.Errorf("enough: %w", context.Canceled))
	if _, err := check.Set(ctx, packed(t, "1.0 cp314-cp314-win_amd64"), check.Options{}); err == nil || !strings.Contains(err.Error(), "enough") {
		t.Errorf("%v", err)
	}
}

// A wheel that unpacks to far more than it takes is not read; one that unpacks to
// little is, however well it packs.
func TestBomb(t *testing.T) {
	t.Parallel()
	const name = "pkg-1.0-py3-none-any.whl"
	for _, tt := range []struct {
		size int
		bomb bool
	}{{65 << 20, true}, {63 << 20, false}} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		// As many bytes as so many zeros take; what they are matters to whoever unpacks them.
		packed := make([]byte, tt.size/1000)
		w, err := z.CreateRaw(&zip.FileHeader{Name: "pkg/data.bin", Method: zip.Deflate, CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(tt.size)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(packed); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		list, err := check.Wheel(t.Context(), bytes.NewReader(b.Bytes()), int64(b.Len()), name)
		if err != nil {
			t.Fatal(err)
		}
		bomb := slices.ContainsFunc(list, func(f check.Finding) bool { return f.Rule == "FT501" && strings.Contains(f.Message, "was not read") })
		if bomb != tt.bomb || bomb && len(list) != 1 {
			t.Errorf("%d bytes in %d: %+v", tt.size, b.Len(), list)
		}
	}
}
