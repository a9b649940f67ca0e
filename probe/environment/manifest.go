package environment

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// manifestName is the file that says what a folder of the store holds. It is
// text: a line for each thing, the files sorted by path, and a checksum at the
// end, so that thousands of files are read at once and none has to be looked for.
const manifestName = "manifest"

const (
	manifestHead = "ftpkg store 1\n"
	maxManifest  = 256 << 20
)

// A manifest is what a folder of the store holds.
type manifest struct {
	info  string // the dist-info folder; "" in a folder of .pyc files
	notes []string
	files []storedFile
}

// A storedFile is one file of the store.
type storedFile struct {
	path   string // with slashes
	digest string // as in RECORD, always SHA-256
	size   int64
	stamp  stamp
	module bool // of machine code, and it defines a module of its name
}

// A stamp is what a file looks like to a glance. One that was written to has
// another time.
type stamp struct {
	mtime int64 // nanoseconds since 1970
	mode  uint32
}

func stampOf(info fs.FileInfo) stamp {
	return stamp{info.ModTime().UnixNano(), uint32(info.Mode().Perm())}
}

// looksAs reports whether a file still is what it was, as far as a glance tells.
func (f *storedFile) looksAs(size int64, s stamp) bool { return f.size == size && f.stamp == s }

// encode returns the manifest's text.
func (m *manifest) encode() []byte {
	b := make([]byte, 0, 128*len(m.files)+256)
	b = append(b, manifestHead...)
	if m.info != "" {
		b = append(append(append(b, "info "...), m.info...), '\n')
	}
	for _, n := range m.notes {
		b = append(append(append(b, "note "...), n...), '\n')
	}
	for i := range m.files {
		f := &m.files[i]
		kind := "file "
		if f.module {
			kind = "module "
		}
		b = append(b, kind...)
		b = append(strconv.AppendInt(b, f.size, 10), ' ')
		b = append(strconv.AppendInt(b, f.stamp.mtime, 10), ' ')
		b = append(strconv.AppendUint(b, uint64(f.stamp.mode), 8), ' ')
		b = append(append(b, f.digest...), ' ')
		b = append(append(b, f.path...), '\n')
	}
	return fmt.Appendf(b, "end %08x\n", crc32.ChecksumIEEE(b))
}

var errManifest = errors.New("damaged manifest")

// parseManifest reads what encode wrote.
func parseManifest(text string) (*manifest, error) {
	end := strings.LastIndex(text, "end ")
	body, ok := strings.CutPrefix(text, manifestHead)
	if !ok || end < len(manifestHead) || text[end:] != fmt.Sprintf("end %08x\n", crc32.ChecksumIEEE([]byte(text[:end]))) {
		return nil, errManifest
	}
	body = body[:end-len(manifestHead)]
	m := &manifest{files: make([]storedFile, 0, strings.Count(body, "\n"))}
	for line := range strings.Lines(body) {
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch word {
		case "info":
			m.info = rest
		case "note":
			m.notes = append(m.notes, rest)
		case "file", "module":
			f, ok := parseStoredFile(rest)
			if !ok {
				return nil, errManifest
			}
			f.module = word == "module"
			m.files = append(m.files, f)
		default:
			return nil, errManifest
		}
	}
	return m, nil
}

func parseStoredFile(line string) (f storedFile, ok bool) {
	size, rest, _ := strings.Cut(line, " ")
	mtime, rest, _ := strings.Cut(rest, " ")
	mode, rest, _ := strings.Cut(rest, " ")
	f.digest, f.path, ok = strings.Cut(rest, " ")
	if !ok || f.path == "" {
		return f, false
	}
	var errs [3]error
	var perm uint64
	f.size, errs[0] = strconv.ParseInt(size, 10, 64)
	f.stamp.mtime, errs[1] = strconv.ParseInt(mtime, 10, 64)
	perm, errs[2] = strconv.ParseUint(mode, 8, 32)
	f.stamp.mode = uint32(perm)
	return f, errors.Join(errs[:]...) == nil
}

// write puts the manifest into a folder.
func (m *manifest) write(dir string) error {
	return os.WriteFile(filepath.Join(dir, manifestName), m.encode(), 0o444)
}

// readManifest reads a folder's manifest.
func readManifest(dir string) (*manifest, error) {
	path := filepath.Join(dir, manifestName)
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxManifest || !info.Mode().IsRegular() {
		return nil, errManifest
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseManifest(string(b))
}
