package environment

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/ftpkg/ftpkg/resolver/pep508"
)

// Limits bound what one wheel may unpack to.
type Limits struct {
	// Bytes is the size of all members together, Files their number.
	Bytes int64
	Files int
}

// defaultLimits let the largest wheels there are pass: machine learning with its
// libraries for graphics cards is some five gigabytes.
func defaultLimits() Limits { return Limits{Bytes: 16 << 30, Files: 200_000} }

// maxControl bounds the files of a wheel that are read into memory: METADATA,
// WHEEL, RECORD, entry_points.txt.
const maxControl = 64 << 20

// An archive is a wheel whose list of members has been checked: each has a path
// of its own that stays below the folder it is unpacked in.
type archive struct {
	members []member // without folders
	index   map[string]int
	info    string // the dist-info folder
}

// A member is one file of an archive.
type member struct {
	path string // clean
	size int64  // as promised; reading fails if it isn't so
	exec bool
	zip  *zip.File
}

// openArchive reads and checks an archive's list of members.
func openArchive(r io.ReaderAt, size int64, limits Limits) (*archive, error) {
	// A damaged archive may send the reader beyond the end of the file.
	z, err := zip.NewReader(io.NewSectionReader(r, 0, size), size)
	if err != nil {
		return nil, err
	}
	if len(z.File) > limits.Files {
		return nil, fmt.Errorf("%d members; more than %d are refused", len(z.File), limits.Files)
	}
	a := &archive{index: make(map[string]int, len(z.File))}
	room := limits.Bytes
	folded := map[string]string{} // by what a file system that ignores case sees
	for _, f := range z.File {
		m, err := checkMember(f)
		if err != nil {
			return nil, fmt.Errorf("member %.200q: %w", f.Name, err)
		}
		if m.zip == nil {
			continue // a folder
		}
		if _, twice := a.index[m.path]; twice {
			return nil, fmt.Errorf("member %q is there twice", m.path)
		}
		if ignoresCase() {
			if other, ok := folded[strings.ToLower(m.path)]; ok {
				return nil, fmt.Errorf("members %q and %q are one file on this system", other, m.path)
			}
			folded[strings.ToLower(m.path)] = m.path
		}
		if m.size < 0 || m.size > room {
			return nil, fmt.Errorf("it unpacks to more than %d bytes", limits.Bytes)
		}
		room -= m.size
		a.index[m.path] = len(a.members)
		a.members = append(a.members, m)
	}
	if err := a.checkFolders(); err != nil {
		return nil, err
	}
	a.info, err = a.infoFolder()
	return a, err
}

// encrypted is the flag of an encrypted member.
const encrypted = 0x1

// checkMember checks one member by itself. A folder has no zip.
func checkMember(f *zip.File) (member, error) {
	folder := strings.HasSuffix(f.Name, "/")
	name, err := cleanPath(f.Name)
	if err != nil {
		return member{}, err
	}
	mode := f.Mode()
	switch {
	case folder && (mode.Type() == 0 || mode.IsDir()):
		if f.UncompressedSize64 != 0 {
			return member{}, errors.New("a folder with contents")
		}
		return member{}, nil
	case mode.Type() != 0:
		return member{}, fmt.Errorf("%s, not a regular file", typeName(mode))
	case f.Flags&encrypted != 0:
		return member{}, errors.New("it is encrypted")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return member{}, fmt.Errorf("compression method %d is not one of wheels", f.Method)
	case !filepath.IsLocal(filepath.FromSlash(name)) || runtime.GOOS == "windows" && strings.ContainsRune(name, ':'):
		return member{}, errors.New("a name that this system has other uses for")
	}
	return member{path: name, size: int64(min(f.UncompressedSize64, 1<<62)), exec: mode&0o111 != 0, zip: f}, nil
}

func typeName(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode.IsDir():
		return "a folder without a slash"
	}
	return "a special file"
}

// ignoresCase reports whether file systems here usually ignore case.
func ignoresCase() bool { return runtime.GOOS == "windows" || runtime.GOOS == "darwin" }

// checkFolders makes sure that no member is at once a file and the folder of
// another one.
func (a *archive) checkFolders() error {
	for _, m := range a.members {
		for p := m.path; ; {
			i := strings.LastIndexByte(p, '/')
			if i < 0 {
				break
			}
			p = p[:i]
			if _, ok := a.index[p]; ok {
				return fmt.Errorf("member %q is a file and the folder of %q", p, m.path)
			}
		}
	}
	return nil
}

// infoFolder returns the name of the one dist-info folder.
func (a *archive) infoFolder() (string, error) {
	found := ""
	for _, m := range a.members {
		dir, _, ok := strings.Cut(m.path, "/")
		if !ok || !strings.HasSuffix(dir, ".dist-info") || dir == found {
			continue
		}
		if found != "" {
			return "", fmt.Errorf("two dist-info folders: %s and %s", found, dir)
		}
		found = dir
	}
	if found == "" {
		return "", errors.New("no dist-info folder")
	}
	return found, nil
}

// owns checks that the dist-info folder belongs to a project, as pip does: its
// name begins with the project's.
func (a *archive) owns(project string) error {
	if !strings.HasPrefix(pep508.NormalizeName(a.info), project) {
		return fmt.Errorf("%s does not belong to project %s", a.info, project)
	}
	return nil
}

// read returns the contents of a member of the dist-info folder, nil if there is
// none.
func (a *archive) read(name string) ([]byte, error) {
	i, ok := a.index[a.info+"/"+name]
	if !ok {
		return nil, nil
	}
	m := &a.members[i]
	if m.size > maxControl {
		return nil, fmt.Errorf("%s is over %d bytes", m.path, maxControl)
	}
	r, err := m.zip.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.path, err)
	}
	defer func() { _ = r.Close() }()
	b, err := io.ReadAll(io.LimitReader(r, m.size+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.path, err)
	}
	if int64(len(b)) != m.size {
		return nil, fmt.Errorf("%s: not of the size that the archive promises", m.path)
	}
	return b, nil
}
