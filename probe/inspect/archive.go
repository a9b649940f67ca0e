package inspect

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/ftpkg/ftpkg/probe/environment"
)

// What one archive may claim. The largest wheels there are hold some ten thousand
// members, and modules of some hundred megabytes.
const (
	maxMembers  = 200_000
	maxModules  = 20_000
	maxMember   = 2 << 30 // of one module, unpacked, in bytes
	maxUnpacked = 4 << 30 // of all of them
	maxMetadata = 16 << 20
	maxFindings = 50
	// maxRatio is the most that DEFLATE packs a byte into, with room for its frame.
	maxRatio = 1100
)

// libraryFrom is the size from which on a file of a library's name is taken for
// one without being read, in bytes: libtorch_cpu.so has hundreds of megabytes, and
// no init function.
const libraryFrom = 32 << 20

// An archive is what a wheel's directory says.
type archive struct {
	members  []member // that are extension modules by their names
	metadata *zip.File
	findings []Finding
	more     int // findings that are not listed
	skipped  []Skipped
}

// A member is one file to read.
type member struct {
	reading

	zip *zip.File
	// bad says why it is not to be read, "" if it is.
	bad string
}

// openArchive reads the directory of a wheel. The error is one of the archive, or
// of r.
func openArchive(r io.ReaderAt, size int64) (*archive, []*zip.File, error) {
	// A damaged archive may send the reader beyond the end of the file.
	z, err := zip.NewReader(io.NewSectionReader(r, 0, size), size)
	if err != nil {
		return nil, nil, err
	}
	if len(z.File) > maxMembers {
		return nil, nil, fmt.Errorf("%d members; more than %d are not read", len(z.File), maxMembers)
	}
	a := new(archive)
	seen := make(map[string]int, len(z.File)) // index in members, -1 for others
	for _, f := range z.File {
		if fault := nameFault(f.Name); fault != "" {
			a.find(f.Name, fault)
			continue
		}
		name := path.Clean(f.Name)
		if f.FileInfo().IsDir() {
			continue
		}
		if i, twice := seen[name]; twice {
			a.find(f.Name, "it is there twice")
			if i >= 0 {
				a.members[i].bad = "the archive holds two files of this name"
			}
			continue
		}
		seen[name] = -1
		if isMetadata(name) {
			a.metadata = f
		}
		x, ok := moduleAt(name)
		if !ok {
			continue
		}
		if isPlainLibrary(&x) && f.UncompressedSize64 >= libraryFrom {
			a.skipped = append(a.skipped, Skipped{name, clamp(f.UncompressedSize64), "a library by its name and size"})
			continue
		}
		if len(a.members) == maxModules {
			return nil, nil, fmt.Errorf("more than %d extension modules are not read", maxModules)
		}
		seen[name] = len(a.members)
		a.members = append(a.members, member{reading: reading{path: name, ext: x}, zip: f})
	}
	a.check()
	return a, z.File, nil
}

// find notes a finding, and counts those over the limit.
func (a *archive) find(name, message string) {
	if len(a.findings) == maxFindings {
		a.more++
		return
	}
	a.findings = append(a.findings, Finding{shortName(name), message})
}

// shortName is a member's name as it is shown: valid text of bounded length.
func shortName(name string) string {
	const most = 200
	name = strings.ToValidUTF8(name, "\ufffd")
	if len(name) > most {
		name = strings.ToValidUTF8(name[:most], "") + "…"
	}
	return name
}

// clamp is a size that a directory claims, as one that adds up.
func clamp(n uint64) int64 { return int64(min(n, 1<<50)) }

// nameFault says why an installer would not unpack a member below its folder, ""
// if it would.
func nameFault(name string) string {
	switch {
	case name == "":
		return "a member without a name"
	case !utf8.ValidString(name):
		return "its name is not UTF-8"
	case strings.ContainsAny(name, "\\\x00"):
		return "its name has a backslash or a NUL"
	case strings.HasPrefix(name, "/"), len(name) > 1 && name[1] == ':':
		return "its name is an absolute path"
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(name, "/"), "/") {
		if part == ".." {
			return "its name leads out of the folder it is unpacked in"
		}
	}
	return ""
}

// isMetadata reports whether a member is the wheel's METADATA.
func isMetadata(name string) bool {
	dir, file, ok := strings.Cut(name, "/")
	return ok && file == "METADATA" && strings.HasSuffix(dir, ".dist-info")
}

// moduleAt returns what a member is as an extension module, by its name.
func moduleAt(name string) (environment.Extension, bool) {
	first, rest, ok := strings.Cut(name, "/")
	if ok && strings.HasSuffix(first, ".data") { // scripts, headers and data are no modules
		scheme, file, _ := strings.Cut(rest, "/")
		if scheme != "purelib" && scheme != "platlib" {
			return environment.Extension{}, false
		}
		name = file
	}
	// Where auditwheel, delocate and delvewheel put libraries.
	for dir := range strings.SplitSeq(path.Dir(name), "/") {
		if strings.HasSuffix(dir, ".libs") || strings.HasSuffix(dir, ".dylibs") {
			return environment.Extension{}, false
		}
	}
	return environment.NewExtension(name)
}

// isPlainLibrary reports whether a file's name is that of a library as much as
// that of a module: libfoo.so.
func isPlainLibrary(x *environment.Extension) bool {
	return x.Suffix == ".so" && strings.HasPrefix(path.Base(x.Path), "lib")
}

// encrypted is the flag of an encrypted member.
const encrypted = 0x1

// check looks for what keeps members from being read.
func (a *archive) check() {
	var total uint64
	for i := range a.members {
		m := &a.members[i]
		if m.bad == "" {
			m.bad = memberFault(m.zip)
			if m.bad == "" && m.zip.UncompressedSize64 > maxUnpacked-total {
				m.bad = fmt.Sprintf("the modules of the archive unpack to more than %d GiB", maxUnpacked>>30)
			}
			if m.bad != "" {
				a.find(m.path, m.bad)
			}
		}
		if m.bad == "" {
			total += m.zip.UncompressedSize64
		}
	}
}

// memberFault says why a member cannot be read, "" if it can.
func memberFault(f *zip.File) string {
	switch {
	case f.Mode().Type() != 0:
		return "it is not a regular file"
	case f.Flags&encrypted != 0:
		return "it is encrypted"
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return fmt.Sprintf("compression method %d is not one of wheels", f.Method)
	case f.UncompressedSize64 > maxMember:
		return fmt.Sprintf("it unpacks to more than %d GiB", maxMember>>30)
	case f.Method == zip.Store && f.UncompressedSize64 != f.CompressedSize64,
		f.UncompressedSize64 > f.CompressedSize64*maxRatio+maxRatio:
		return "its sizes contradict each other"
	}
	return ""
}

// readMetadata reads METADATA, nil if there is none that can be read.
func (a *archive) readMetadata() ([]byte, error) {
	f := a.metadata
	if f == nil {
		return nil, errors.New("there is no METADATA")
	}
	if fault := memberFault(f); fault != "" {
		return nil, errors.New(fault)
	}
	if f.UncompressedSize64 > maxMetadata {
		return nil, fmt.Errorf("over %d bytes", maxMetadata)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(io.LimitReader(r, maxMetadata+1))
}
