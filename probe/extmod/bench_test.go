package extmod_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/ftpkg/ftpkg/probe/extmod"
)

var wheelsFlag = flag.String("wheels", "", "folder of wheels whose modules BenchmarkModules reads")

// One module of each platform; they are small.
func BenchmarkRead(b *testing.B) {
	for _, p := range platforms {
		for name, o := range map[string]*object{"slots": build(p, true, [][2]uint64{{2, codeAt}, {4, 1}, {}}, 0), "call": build(p, true, nil, 1)} {
			file := o.bytes(b)
			b.Run(p.name+", "+name, func(b *testing.B) {
				b.SetBytes(int64(len(file)))
				for b.Loop() {
					if _, err := extmod.Read(bytes.NewReader(file), int64(len(file)), "m.so"); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// The modules of real wheels, from the disk, 400 of them if the wheels have as many:
//
//	go test -run '^$' -bench Modules -cpu 1 ./probe/extmod -args -wheels FOLDER
func BenchmarkModules(b *testing.B) {
	if *wheelsFlag == "" {
		b.Skip("-args -wheels FOLDER says which wheels to read")
	}
	const most = 400
	files := unpack(b, *wheelsFlag, most)
	modules := 0
	b.ReportAllocs()
	for b.Loop() {
		modules = 0
		for _, name := range files {
			f, err := readFile(name)
			if err != nil {
				b.Fatal(err)
			}
			if f.Module {
				modules++
			}
		}
	}
	b.ReportMetric(float64(modules), "modules/op")
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N*modules)*most, "ms/400-modules")
}

func readFile(name string) (*extmod.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return extmod.Read(f, st.Size(), filepath.Base(name))
}

// unpack writes modules from the wheels in a folder to the disk, so many at most
// and evenly chosen, and returns their names.
func unpack(b *testing.B, folder string, most int) []string {
	b.Helper()
	wheels, err := filepath.Glob(filepath.Join(folder, "*.whl"))
	if err != nil {
		b.Fatal(err)
	}
	var all []*zip.File
	for _, wheel := range wheels {
		z, err := zip.OpenReader(wheel)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = z.Close() })
		for _, f := range z.File {
			if ext := path.Ext(f.Name); ext == ".so" || ext == ".pyd" {
				all = append(all, f)
			}
		}
	}
	if len(all) == 0 {
		b.Fatalf("no modules in the wheels of %s", folder)
	}
	dir := b.TempDir()
	var names []string
	for i := range min(most, len(all)) {
		f := all[i*len(all)/min(most, len(all))]
		name := filepath.Join(dir, fmt.Sprint(i), path.Base(f.Name))
		if err := write(f, name); err != nil {
			b.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func write(f *zip.File, name string) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	if err := os.Mkdir(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	to, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, r)
	return errors.Join(err, to.Close())
}
