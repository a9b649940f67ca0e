package simple

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const metadataText = "Metadata-Version: 2.4\nName: foo-bar\nVersion: 1.0\nRequires-Dist: dep\n"

// A member is one file of an archive made for a test.
type member struct{ path, text string }

func zipOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.Create(m.path)
		if err == nil {
			_, err = f.Write([]byte(m.text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		h := &tar.Header{Name: m.path, Size: int64(len(m.text)), Mode: 0o644, Typeflag: tar.TypeReg}
		if strings.HasSuffix(m.path, "/") {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(m.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipOf(t testing.TB, b []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// checkMetadata checks what one of the two readers returned: the metadata of
// metadataText if want is "", otherwise an error with want in it.
func checkMetadata(t *testing.T, m *Metadata, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Error(err)
		} else if m.Name != "foo-bar" || len(m.RequiresDist) != 1 {
			t.Errorf("got %+v", m)
		}
		return
	}
	if m != nil || !errors.Is(err, ErrNoMetadata) || !strings.Contains(err.Error(), want) {
		t.Errorf("got %+v, %v; want an error with %q", m, err, want)
	}
}

func TestWheelMetadata(t *testing.T) {
	const path = "foo_bar-1.0.dist-info/METADATA"
	whole := zipOf(t, member{"foo_bar/__init__.py", ""}, member{path, metadataText}, member{"foo_bar-1.0.dist-info/RECORD", ""})
	for _, test := range []struct {
		name string
		body []byte
		want string // "" for the metadata
	}{
		{"usual", whole, ""},
		{"spelt in another way", zipOf(t, member{"Foo.Bar-1.0.dist-info/METADATA", metadataText}), ""},
		{"a copy of another's further down", zipOf(t, member{path, metadataText}, member{"foo_bar/_vendor/x-1.dist-info/METADATA", "x"}), ""},
		{"another directory without metadata", zipOf(t, member{path, metadataText}, member{"x-1.dist-info/RECORD", ""}), ""},
		{"two sets", zipOf(t, member{path, metadataText}, member{"x-1.dist-info/METADATA", "x"}), "two sets of metadata"},
		{"of another project", zipOf(t, member{"x-1.0.dist-info/METADATA", metadataText}), "does not belong to project foo_bar"},
		{"none", zipOf(t, member{"foo_bar/__init__.py", ""}), "no .dist-info/METADATA"},
		{"not at the top", zipOf(t, member{"x/" + path, metadataText}), "no .dist-info/METADATA"},
		{"no metadata in it", zipOf(t, member{path, "<html>"}), "no Name"},
		{"empty", nil, "zip: not a valid zip file"},
		{"not a zip", []byte(strings.Repeat("<html>", 100)), "zip: not a valid zip file"},
		{"cut off", whole[:len(whole)-30], "zip: not a valid zip file"},
		{"damaged", bytes.Replace(whole, whole[60:80], make([]byte, 20), 1), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := WheelMetadata(bytes.NewReader(test.body), int64(len(test.body)), "foo_bar-1.0-py3-none-any.whl")
			if test.name == "damaged" {
				return // it only must not panic
			}
			checkMetadata(t, m, err, test.want)
			if err != nil && !strings.HasPrefix(err.Error(), "foo_bar-1.0-py3-none-any.whl: ") {
				t.Errorf("%v does not name the file", err)
			}
		})
	}
}

// TestWheelDamaged changes each byte of a wheel; none may be believed in silence
// to have other requirements, or make the reader panic.
func TestWheelDamaged(t *testing.T) {
	whole := zipOf(t, member{"foo_bar-1.0.dist-info/METADATA", metadataText})
	for i := range whole {
		b := bytes.Clone(whole)
		b[i] ^= 0x55
		m, err := WheelMetadata(bytes.NewReader(b), int64(len(b)), "foo_bar-1.0-py3-none-any.whl")
		if err == nil && (m.Name != "foo-bar" || len(m.RequiresDist) != 1) {
			t.Errorf("byte %d changed: %+v", i, m)
		}
		if err != nil && !errors.Is(err, ErrNoMetadata) {
			t.Errorf("byte %d changed: %v is not ErrNoMetadata", i, err)
		}
	}
}

func TestWheelBomb(t *testing.T) {
	body := zipOf(t, member{"foo_bar-1.0.dist-info/METADATA", metadataText + strings.Repeat("\n", maxMetadata)})
	m, err := WheelMetadata(bytes.NewReader(body), int64(len(body)), "foo_bar-1.0-py3-none-any.whl")
	checkMetadata(t, m, err, "is over")

	// And one that states a small size.
	body = bytes.ReplaceAll(body, le32(len(metadataText)+maxMetadata), le32(100))
	m, err = WheelMetadata(bytes.NewReader(body), int64(len(body)), "foo_bar-1.0-py3-none-any.whl")
	checkMetadata(t, m, err, "METADATA")
}

func le32(n int) []byte { return words(nil, n) }

var errNetwork = errors.New("connection reset")

// brokenAt is a reader whose source fails.
type brokenAt struct{}

func (brokenAt) ReadAt([]byte, int64) (int, error) { return 0, errNetwork }

// TestArchiveReadErrors tells a failure to get the bytes from a fault in them:
// the first may go well when tried again.
func TestArchiveReadErrors(t *testing.T) {
	_, err := WheelMetadata(brokenAt{}, 1000, "foo_bar-1.0-py3-none-any.whl")
	if !errors.Is(err, errNetwork) || errors.Is(err, ErrNoMetadata) {
		t.Errorf("wheel: %v", err)
	}
	body := gzipOf(t, tarOf(t, member{"x/y", strings.Repeat("y", 10000)}, member{"x/PKG-INFO", metadataText}))
	for _, filename := range []string{"x.tar.gz", "x.tar", "x.zip", "x.tar.bz2"} {
		broken := io.MultiReader(bytes.NewReader(body[:len(body)/2]), iotest.ErrReader(errNetwork))
		if filename != "x.tar.gz" {
			broken = iotest.ErrReader(errNetwork)
		}
		_, err := SdistMetadata(broken, filename)
		if !errors.Is(err, errNetwork) || errors.Is(err, ErrNoMetadata) || !strings.HasPrefix(err.Error(), filename) {
			t.Errorf("%s: %v", filename, err)
		}
	}
}

func TestSdistMetadata(t *testing.T) {
	members := []member{
		{"foo_bar-1.0/", ""},
		{"foo_bar-1.0/foo_bar.egg-info/PKG-INFO", "Name: wrong\nVersion: 0\n"},
		{"foo_bar-1.0/PKG-INFO", metadataText},
	}
	tarred := tarOf(t, members...)
	zipped := zipOf(t, members[1:]...)
	var many []member
	for i := range 1000 {
		many = append(many, member{fmt.Sprintf("foo_bar-1.0/%d", i), strings.Repeat("x", 1000)})
	}
	for _, test := range []struct {
		name, filename string
		body           []byte
		want           string // "" for the metadata
	}{
		{"tar.gz", "foo_bar-1.0.tar.gz", gzipOf(t, tarred), ""},
		{"tgz", "foo_bar-1.0.tgz", gzipOf(t, tarred), ""},
		{"tar", "foo_bar-1.0.tar", tarred, ""},
		{"zip", "foo_bar-1.0.zip", zipped, ""},
		{"with a dot in front", "foo_bar-1.0.tar", tarOf(t, member{"./foo_bar-1.0/PKG-INFO", metadataText}), ""},
		{"behind much else", "foo_bar-1.0.tar.gz", gzipOf(t, tarOf(t, append(many, members...)...)), ""},
		{"no top directory", "foo_bar-1.0.tar", tarOf(t, member{"PKG-INFO", metadataText}), "no PKG-INFO"},
		{"only in egg-info", "foo_bar-1.0.tar", tarOf(t, member{"foo_bar.egg-info/PKG-INFO", metadataText}), "no PKG-INFO"},
		{"only further down", "foo_bar-1.0.tar.gz", gzipOf(t, tarOf(t, members[1])), "no PKG-INFO"},
		{"none in a zip", "foo_bar-1.0.zip", zipOf(t, members[1]), "no PKG-INFO"},
		{"no metadata in it", "foo_bar-1.0.tar", tarOf(t, member{"x/PKG-INFO", "x"}), "x/PKG-INFO: no readable metadata: metadata has no Name"},
		{"too long", "foo_bar-1.0.tar.gz", gzipOf(t, tarOf(t, member{"x/PKG-INFO", metadataText + strings.Repeat("\n", maxMetadata)})), "is over"},
		{"cut off", "foo_bar-1.0.tar.gz", gzipOf(t, tarred)[:100], "unexpected EOF"},
		{"not gzip", "foo_bar-1.0.tar.gz", tarred, "invalid header"},
		{"not bzip2", "foo_bar-1.0.tar.bz2", tarred, "bzip2"},
		{"not a zip", "foo_bar-1.0.zip", tarred, "not a valid zip file"},
		{"xz", "foo_bar-1.0.tar.xz", nil, "archives of this format cannot be read"},
		{"a wheel", "foo_bar-1.0-py3-none-any.whl", zipped, "archives of this format cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := SdistMetadata(bytes.NewReader(test.body), test.filename)
			checkMetadata(t, m, err, test.want)
			if test.name != "too long" { // Neither seekable nor in one piece.
				m, err = SdistMetadata(iotest.OneByteReader(bytes.NewReader(test.body)), test.filename)
				checkMetadata(t, m, err, test.want)
			}
		})
	}
}

// TestSdistBzip2 reads foo_bar-1.0/PKG-INFO with metadataText in it from a file,
// since the standard library cannot write this format.
func TestSdistBzip2(t *testing.T) {
	body := readTestdata(t, "foo_bar-1.0.tar.bz2")
	m, err := SdistMetadata(bytes.NewReader(body), "foo_bar-1.0.tar.bz2")
	checkMetadata(t, m, err, "")
}

// TestSdistLimit stops unpacking at the limit.
func TestSdistLimit(t *testing.T) {
	body := tarOf(t, member{"x/zeros", strings.Repeat("\x00", 1<<20)}, member{"x/PKG-INFO", metadataText})
	if _, err := tarMetadata(bytes.NewReader(body), 1<<19); err == nil || !strings.Contains(err.Error(), "in the first 524288 bytes") {
		t.Errorf("half the archive: %v", err)
	}
	m, err := tarMetadata(bytes.NewReader(body), 1<<21)
	if err != nil || m.Name != "foo-bar" {
		t.Errorf("all of the archive: %v, %v", m, err)
	}
}

func FuzzWheelMetadata(f *testing.F) {
	f.Add(zipOf(f, member{"foo_bar-1.0.dist-info/METADATA", metadataText}, member{"foo_bar/x.py", "x"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := WheelMetadata(bytes.NewReader(b), int64(len(b)), "foo_bar-1.0-py3-none-any.whl")
		if (m == nil) == (err == nil) || err != nil && !errors.Is(err, ErrNoMetadata) {
			t.Errorf("got %v, %v", m, err)
		}
	})
}

func FuzzSdistMetadata(f *testing.F) {
	f.Add(tarOf(f, member{"foo_bar-1.0/PKG-INFO", metadataText}, member{"foo_bar-1.0/x.py", "x"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, filename := range []string{"a-1.tar", "a-1.tar.gz", "a-1.zip"} {
			m, err := SdistMetadata(bytes.NewReader(b), filename)
			if (m == nil) == (err == nil) || err != nil && !errors.Is(err, ErrNoMetadata) {
				t.Errorf("%s: got %v, %v", filename, m, err)
			}
		}
	})
}
