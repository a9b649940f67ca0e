package corpus

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// underscored is a distribution's name as file names and modules have it.
func underscored(name string) string { return strings.ReplaceAll(name, "-", "_") }

func lastDot(name string) int { return strings.LastIndexByte(name, '.') }

// pack writes a wheel into a directory and returns its path. Equal contents make
// equal bytes. compiled are the paths of the wheel's modules, in their order.
func (w *wheel) pack(dir string, p *python, compiled []string) (string, error) {
	files := map[string][]byte{}
	for path, text := range w.files {
		files[path] = []byte(text)
	}
	for i := range w.modules {
		binary, err := os.ReadFile(compiled[i])
		if err != nil {
			return "", err
		}
		files[w.modules[i].file(p)] = binary
	}
	tag := w.tag
	switch {
	case tag != "":
	case len(w.modules) > 0:
		tag = p.tag()
	default:
		tag = "py3-none-any"
	}
	w.describe(files, tag, p)

	path := filepath.Join(dir, underscored(w.name)+"-"+version+"-"+tag+".whl")
	out, err := os.Create(path)
	if err != nil {
		return "", err
	}
	if err := write(out, files); err != nil {
		_ = out.Close()
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return path, out.Close()
}

// describe adds the .dist-info directory to a wheel's files.
func (w *wheel) describe(files map[string][]byte, tag string, p *python) {
	info := underscored(w.name) + "-" + version + ".dist-info/"

	metadata := fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\nRequires-Python: >=%d.%d\n", w.name, version, p.Major, p.Minor)
	if len(w.modules) == 0 {
		metadata = fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\n", w.name, version)
	}
	for _, r := range w.requires {
		metadata += "Requires-Dist: " + r + "\n"
	}
	files[info+"METADATA"] = []byte(metadata)
	files[info+"WHEEL"] = fmt.Appendf(nil, "Wheel-Version: 1.0\nGenerator: ftpkg corpus\nRoot-Is-Purelib: %t\nTag: %s\n", len(w.modules) == 0, tag)

	var record strings.Builder
	for _, path := range slices.Sorted(maps.Keys(files)) {
		sum := sha256.Sum256(files[path])
		fmt.Fprintf(&record, "%s,sha256=%s,%d\n", path, base64.RawURLEncoding.EncodeToString(sum[:]), len(files[path]))
	}
	files[info+"RECORD"] = []byte(record.String() + info + "RECORD,,\n")
}

// write makes an archive of the files: the .dist-info last, as the specification of
// wheels advises, and no time in it.
func write(out io.Writer, files map[string][]byte) error {
	z := zip.NewWriter(out)
	for _, path := range slices.SortedFunc(maps.Keys(files), func(a, b string) int {
		aInfo, bInfo := strings.Contains(a, ".dist-info/"), strings.Contains(b, ".dist-info/")
		if aInfo != bInfo {
			if aInfo {
				return 1
			}
			return -1
		}
		return strings.Compare(a, b)
	}) {
		h := &zip.FileHeader{Name: path, Method: zip.Deflate}
		h.SetMode(0o644)
		f, err := z.CreateHeader(h)
		if err != nil {
			return err
		}
		if _, err := f.Write(files[path]); err != nil {
			return err
		}
	}
	return z.Close()
}
