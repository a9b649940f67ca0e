package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A member is a file of an archive.
type member struct {
	name string // with slashes
	text []byte
	exec bool
}

// modules are the files of the package ftpkg that Python imports.
func modules() []string { return []string{"__init__.py", "__main__.py"} }

// pack makes the wheel of a platform. The program stands among the scripts, from where
// installers put it beside python as it is: no interpreter starts before it.
func pack(p *project, r *release, to platform, program, notices []byte) (name string, text []byte, err error) {
	tags := "py3-none-" + strings.Join(to.tags, ".")
	base, info := r.folder(""), r.folder(".dist-info/")
	var files []member
	for _, m := range modules() {
		source, err := os.ReadFile(filepath.Join(r.root, "packaging", p.Name, m))
		if err != nil {
			return "", nil, err
		}
		files = append(files, member{name: p.Name + "/" + m, text: unix(source)})
	}
	files = append(files, member{name: base + ".data/scripts/" + to.program(), text: program, exec: true})
	for _, f := range p.LicenseFiles {
		licence, err := licenceFile(r.root, f, notices)
		if err != nil {
			return "", nil, err
		}
		files = append(files, member{name: info + "licenses/" + f, text: licence})
	}
	files = append(files, member{name: info + "METADATA", text: p.metadata(r)}, member{name: info + "WHEEL", text: wheelFile(to)})
	files = append(files, member{name: info + "RECORD", text: record(files, info+"RECORD")})
	when, err := r.epoch()
	if err != nil {
		return "", nil, err
	}
	text, err = archive(files, when)
	return base + "-" + tags + ".whl", text, err
}

// thirdPartyFile holds the licences of what is built in. It is made anew each time.
const thirdPartyFile = "THIRD_PARTY_LICENSES"

// licenceFile returns the text of one of the files with licences.
func licenceFile(root, name string, notices []byte) ([]byte, error) {
	if name == thirdPartyFile {
		return notices, nil
	}
	text, err := os.ReadFile(filepath.Join(root, name))
	return unix(text), err
}

// unix is a text with the ends of lines that it has in the repository.
func unix(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) }

// wheelFile is WHEEL. What is installed depends on the platform, so the wheel is not
// one for purelib, although its modules are Python.
func wheelFile(to platform) []byte {
	text := "Wheel-Version: 1.0\nGenerator: ftpkg scripts/wheels\nRoot-Is-Purelib: false\n"
	for _, tag := range to.tags {
		text += "Tag: py3-none-" + tag + "\n"
	}
	return []byte(text)
}

// record is RECORD: all files with digest and size, and itself with neither.
func record(files []member, self string) []byte {
	var b bytes.Buffer
	for _, f := range files {
		digest := sha256.Sum256(f.text)
		fmt.Fprintf(&b, "%s,sha256=%s,%d\n", f.name, base64.RawURLEncoding.EncodeToString(digest[:]), len(f.text))
	}
	fmt.Fprintf(&b, "%s,,\n", self)
	return b.Bytes()
}

// archive is a zip in which nothing depends on where or when it is written. Sizes stand
// before the contents, not behind: there are readers that take a wheel as it arrives.
func archive(files []member, when time.Time) ([]byte, error) {
	if when.Year() < 1980 {
		return nil, fmt.Errorf("%s: a zip has no time before 1980", when.Format(time.DateOnly))
	}
	day := uint16(when.Day() | int(when.Month())<<5 | (when.Year()-1980)<<9)
	second := uint16(when.Second()/2 | when.Minute()<<5 | when.Hour()<<11)
	const unixMade, v20 = 3 << 8, 20
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		var packed bytes.Buffer
		c, err := flate.NewWriter(&packed, flate.BestCompression)
		if err != nil {
			return nil, err
		}
		if _, err := c.Write(f.text); err != nil {
			return nil, err
		}
		if err := c.Close(); err != nil {
			return nil, err
		}
		mode := uint32(0o100644)
		if f.exec {
			mode = 0o100755
		}
		w, err := z.CreateRaw(&zip.FileHeader{
			Name: f.name, Method: zip.Deflate, CreatorVersion: unixMade | v20, ReaderVersion: v20, ExternalAttrs: mode << 16,
			ModifiedDate: day, ModifiedTime: second, //nolint:staticcheck // Modified would add a field that says the same again
			CRC32: crc32.ChecksumIEEE(f.text), CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(len(f.text)),
		})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(packed.Bytes()); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}
