package inspect

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// unpacked are the members of a wheel of the corpus, by path.
func unpacked(t testing.TB, name string) map[string][]byte {
	t.Helper()
	_, data := corpusOf(t).wheelOf(t, name)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = b
	}
	return files
}

// installed is a tree with packages of the corpus below a folder.
func installed(t testing.TB, site string, cases ...string) map[string][]byte {
	t.Helper()
	tree := map[string][]byte{}
	for _, c := range cases {
		for name, data := range unpacked(t, c) {
			tree[path.Join(site, name)] = data
		}
	}
	return tree
}

func writeTree(t testing.TB, dir string, tree map[string][]byte) {
	t.Helper()
	for name, data := range tree {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// told is what wheels say, a line each.
func told(wheels []*Wheel) []string {
	lines := []string{}
	for _, w := range wheels {
		var modules []string
		for _, m := range w.Modules {
			text := m.Module + " " + string(m.Declaration)
			if m.Fit != vocab.FitLoads {
				text += " " + string(m.Fit)
			}
			modules = append(modules, text)
		}
		lines = append(lines, fmt.Sprintf("%s: %s %s (%s): %s", w.File, w.Project, w.Version, strings.Join(w.Pythons, ", "), strings.Join(modules, ", ")))
	}
	return lines
}

const venv = "lib/python3.13t/site-packages"

func TestTree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tree := installed(t, venv, "declares", "silent", "plain", "abi-none")
	stray := corpusOf(t).moduleOf(t, "declares")
	tree["ftc_declares.cpython-312-x86_64-linux-gnu.so"] = stray // of nobody, for another interpreter
	tree[venv+"/__pycache__/x.so"] = stray
	tree[venv+"/stray.libs/ftc_declares.so"] = stray
	tree[venv+"/ftc_declares.cpython-312-x86_64-linux-gnu.so"] = stray
	name, wheel := corpusOf(t).wheelOf(t, "explicit")
	tree["dist/"+name] = wheel
	tree["dist/broken-1-py3-none-any.whl"] = []byte("x")
	writeTree(t, dir, tree)
	if err := os.Symlink("nowhere.so", filepath.Join(dir, "dangling.so")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("lib", filepath.Join(dir, "lib64")); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"broken-1-py3-none-any.whl:   (): ",
		name + ": ftc-explicit 1.0 (3.13t): ftc_explicit used",
		".:   (3.12): ftc_declares not-used wrong-abi",
		venv + ":   (3.13t): ftc_declares not-used ignored",
		venv + "/ftc_abi_none-1.0.dist-info: ftc-abi-none 1.0 (3.13t): ftc_abi_none silent wrong-abi",
		venv + "/ftc_declares-1.0.dist-info: ftc-declares 1.0 (3.13t): ftc_declares not-used",
		venv + "/ftc_plain-1.0.dist-info: ftc-plain 1.0 (3.13t): ftc_plain not-used",
		venv + "/ftc_silent-1.0.dist-info: ftc-silent 1.0 (3.13t): ftc_silent silent",
	}
	r := NewReader(Options{})
	wheels, err := r.Tree(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, told(wheels)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if wheels[0].Error == "" {
		t.Error("a broken wheel is no error")
	}
	// The same from within.
	wheels, err = r.Tree(t.Context(), filepath.Join(dir, filepath.FromSlash(venv)))
	if err != nil {
		t.Fatal(err)
	}
	if got := told(wheels); len(got) != 5 || got[0] != ".:   (3.13t): ftc_declares not-used ignored" || got[1] != "ftc_abi_none-1.0.dist-info: ftc-abi-none 1.0 (3.13t): ftc_abi_none silent wrong-abi" {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	if _, err := r.Tree(cancelled(t), dir); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := r.Tree(t.Context(), filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	module := corpusOf(t).moduleOf(t, "silent")
	tree := map[string][]byte{
		"ftc_silent.cpython-313t-x86_64-linux-gnu.so": module, "ftc_silent.so": module, "ftc_silent.cpython-314-x86_64-linux-gnu.so": module,
		venv + "/pkg/ftc_silent.so": module, "text.so": []byte("x"), "ftc_silent.txt": module,
	}
	writeTree(t, dir, tree)
	for name, want := range map[string]string{
		"ftc_silent.cpython-313t-x86_64-linux-gnu.so": "(3.13t): ftc_silent silent",
		"ftc_silent.so": "(): ftc_silent silent ",
		"ftc_silent.cpython-314-x86_64-linux-gnu.so": "(3.14): ftc_silent silent wrong-abi",
		venv + "/pkg/ftc_silent.so":                  "(3.13t): pkg.ftc_silent silent",
		"text.so":                                    "(): text not-a-module ",
	} {
		w, err := NewReader(Options{}).File(t.Context(), filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := told([]*Wheel{w})[0]; !strings.HasSuffix(got, want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	for _, name := range []string{"none.so", "ftc_silent.txt", venv} {
		if w, err := NewReader(Options{}).File(t.Context(), filepath.Join(dir, name)); err == nil {
			t.Errorf("%s: %+v", name, w)
		}
	}
}

// layerOf makes a layer: a tar archive of files, of links ("name -> target", hard
// ones "name => target"), and of whiteouts.
func layerOf(t testing.TB, tree map[string][]byte, links ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	add := func(h *tar.Header, data []byte) {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	for name := range tree {
		names = append(names, name)
	}
	slices.Sort(names)
	add(&tar.Header{Name: "./", Typeflag: tar.TypeDir, Mode: 0o755}, nil)
	for _, name := range names {
		add(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(tree[name])), Mode: 0o644}, tree[name])
	}
	for _, l := range links {
		if name, to, ok := strings.Cut(l, " => "); ok {
			add(&tar.Header{Name: name, Linkname: to, Typeflag: tar.TypeLink}, nil)
		} else if name, to, ok := strings.Cut(l, " -> "); ok {
			add(&tar.Header{Name: name, Linkname: to, Typeflag: tar.TypeSymlink}, nil)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func text(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func saved(t testing.TB, data []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

const imageSite = "usr/local/lib/python3.13t/site-packages"

// layersOf are a base with packages, and a layer that removes, replaces and adds.
func layersOf(t testing.TB) (base, top []byte) {
	t.Helper()
	first := installed(t, imageSite, "declares", "silent", "explicit")
	first["usr/lib/python3/dist-packages/apt_pkg.cpython-311-x86_64-linux-gnu.so"] = []byte("not an object file")
	second := installed(t, imageSite, "plain")
	second[imageSite+"/.wh.ftc_silent.cpython-313t-x86_64-linux-gnu.so"] = nil
	second["usr/lib/python3/.wh..wh..opq"] = nil
	explicit := imageSite + "/ftc_explicit.cpython-313t-x86_64-linux-gnu.so"
	second[explicit] = corpusOf(t).moduleOf(t, "declares")
	return layerOf(t, first), layerOf(t, second, "opt/venv/lib/python3.13t/site-packages/ftc_plain.so => "+imageSite+"/ftc_plain.so", "opt/x.so -> ../y.so")
}

func imageWant() []string {
	return []string{
		"opt/venv/lib/python3.13t/site-packages:   (3.13t): ftc_plain not-used",
		imageSite + "/ftc_declares-1.0.dist-info: ftc-declares 1.0 (3.13t): ftc_declares not-used",
		// Its file was replaced by another module, whose init function has another name.
		imageSite + "/ftc_explicit-1.0.dist-info: ftc-explicit 1.0 (3.13t): ftc_explicit not-used foreign",
		imageSite + "/ftc_plain-1.0.dist-info: ftc-plain 1.0 (3.13t): ftc_plain not-used",
	}
}

func TestImage(t *testing.T) {
	t.Parallel()
	base, top := layersOf(t)
	docker := map[string][]byte{
		"base/layer.tar": base, "blobs/sha256/top": zipped(t, top),
		"manifest.json": text(t, []map[string]any{
			{"Config": "abc.json", "RepoTags": []string{"app:1"}, "Layers": []string{"base/layer.tar", "blobs/sha256/top"}},
			{"Config": "blobs/sha256/def", "Layers": []string{"linked/layer.tar"}},
		}),
	}
	manifest := text(t, map[string]any{"layers": []map[string]string{{"digest": "sha256:base"}, {"digest": "sha256:top"}}})
	oci := map[string][]byte{
		"blobs/sha256/base": zipped(t, base), "blobs/sha256/top": top, "blobs/sha256/manifest": manifest,
		"blobs/sha256/att": text(t, map[string]any{"layers": []map[string]string{{"digest": "sha256:top", "mediaType": "application/vnd.in-toto+json"}}}),
		"blobs/sha256/index": text(t, map[string]any{"manifests": []map[string]any{
			{"digest": "sha256:manifest", "platform": map[string]string{"os": "linux", "architecture": "amd64"}},
			{"digest": "sha256:absent", "platform": map[string]string{"os": "linux", "architecture": "arm64"}},
			{"digest": "sha256:att"},
		}}),
		"index.json": text(t, map[string]any{"manifests": []map[string]any{{"digest": "sha256:index", "annotations": map[string]string{"org.opencontainers.image.ref.name": "app"}}}}),
		"oci-layout": []byte("{}"),
	}
	r := NewReader(Options{})
	for _, tt := range []struct {
		name   string
		data   []byte
		images []string
	}{
		{"docker", layerOf(t, docker, "linked/layer.tar -> ../base/layer.tar"), []string{"app:1", "def"}},
		{"docker, packed", zipped(t, layerOf(t, docker, "linked/layer.tar -> ../base/layer.tar")), []string{"app:1", "def"}},
		{"oci", layerOf(t, oci), []string{"app linux/amd64"}},
		{"oci, packed", zipped(t, layerOf(t, oci)), []string{"app linux/amd64"}},
	} {
		images, err := r.Image(t.Context(), saved(t, tt.data))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		var names []string
		for _, image := range images {
			names = append(names, image.Name)
		}
		if diff := cmp.Diff(tt.images, names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(imageWant(), told(images[0].Wheels)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if len(images) > 1 && len(images[1].Wheels) != 4 { // the base alone
			t.Errorf("%s: %s", tt.name, strings.Join(told(images[1].Wheels), "\n"))
		}
	}
	// A root file system, packed and not, or with files of the names that matter.
	odd := installed(t, imageSite, "declares", "silent", "explicit", "plain")
	odd["manifest.json"], odd["index.json"] = []byte(`{"name": "a program of the web"}`), []byte("x")
	for _, data := range [][]byte{base, zipped(t, base), layerOf(t, odd), zipped(t, layerOf(t, odd))} {
		images, err := r.Image(t.Context(), saved(t, data))
		if err != nil {
			t.Fatal(err)
		}
		if len(images) != 1 || images[0].Name != "" || len(images[0].Wheels) != 4 {
			t.Errorf("%+v", images)
		}
	}
	if _, err := r.Image(cancelled(t), saved(t, base)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestBadImage(t *testing.T) {
	t.Parallel()
	base, _ := layersOf(t)
	for name, data := range map[string][]byte{
		"nothing":             nil,
		"junk":                bytes.Repeat([]byte("junk"), 1000),
		"no JSON":             layerOf(t, map[string][]byte{"manifest.json": []byte("{")}),
		"no images":           layerOf(t, map[string][]byte{"manifest.json": []byte("[]")}),
		"no layer":            layerOf(t, map[string][]byte{"manifest.json": []byte(`[{"Layers": ["x"]}]`)}),
		"a layer of junk":     layerOf(t, map[string][]byte{"manifest.json": []byte(`[{"Layers": ["x"]}]`), "x": bytes.Repeat([]byte("x"), 600)}),
		"a cut layer":         layerOf(t, map[string][]byte{"manifest.json": []byte(`[{"Layers": ["x"]}]`), "x": base[:len(base)/2]}),
		"a layer of zstd":     layerOf(t, map[string][]byte{"manifest.json": []byte(`[{"Layers": ["x"]}]`), "x": []byte("\x28\xb5\x2f\xfd    ")}),
		"cut":                 base[:len(base)/2],
		"cut, packed":         zipped(t, base)[:1000],
		"no layer, packed":    zipped(t, layerOf(t, map[string][]byte{"manifest.json": []byte(`[{"Layers": ["x"]}]`)})),
		"an index of itself":  layerOf(t, map[string][]byte{"oci-layout": nil, "index.json": []byte(`{"manifests":[{"digest":"sha256:x"}]}`), "blobs/sha256/x": []byte(`{"manifests":[{"digest":"sha256:x"}]}`)}),
		"an index of nothing": layerOf(t, map[string][]byte{"oci-layout": nil, "index.json": []byte(`{"manifests":[{"digest":"sha256:y"}]}`)}),
		"an index of many": layerOf(t, map[string][]byte{"oci-layout": nil, "index.json": []byte(`{"manifests":[{"digest":"sha256:x"}]}`), "blobs/sha256/y": []byte(`{"layers":[{"digest":"sha256:y"}]}`),
			"blobs/sha256/x": []byte(`{"manifests":[` + strings.TrimSuffix(strings.Repeat(`{"digest":"sha256:y"},`, 2*maxImages), ",") + `]}`)}),
	} {
		images, err := NewReader(Options{}).Image(t.Context(), saved(t, data))
		if _, ok := errors.AsType[*ReadError](err); !ok {
			t.Errorf("%s: %d images, %v", name, len(images), err)
		}
	}
	if _, err := NewReader(Options{}).Image(t.Context(), t.TempDir()); err == nil {
		t.Error("a directory is no archive")
	}
}

func TestPythonOf(t *testing.T) {
	t.Parallel()
	for suffix, want := range map[string]string{
		".cpython-313t-x86_64-linux-gnu.so": "3.13t", ".cpython-314-darwin.so": "3.14", ".cp314t-win_amd64.pyd": "3.14t", ".cp39-win32.pyd": "3.9",
		".abi3t.so": "3.15t", ".abi3t-x86_64-linux-gnu.so": "3.15t", ".abi3.so": "3.15", ".so": "", ".pyd": "", ".pypy311-pp73-x86_64-linux-gnu.so": "",
		".cpython-3.so": "", ".cpython-99999.so": "", ".cpython-313td-x86_64-linux-gnu.so": "", ".cpython-312t-x86_64-linux-gnu.so": "",
	} {
		got := ""
		if p, ok := pythonOfSuffix(suffix); ok {
			got = p.String()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", suffix, got, want)
		}
	}
	for site, want := range map[string]string{
		"x/lib/python3.14t/site-packages": "3.14t", "usr/lib/python3/dist-packages": "", "usr/local/lib/python3.12/dist-packages": "3.12", "": "", "pythonx.y/site-packages": "",
	} {
		got := ""
		if p, ok := pythonOfSite(site); ok {
			got = p.String()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", site, got, want)
		}
	}
}

func FuzzImage(f *testing.F) {
	module := map[string][]byte{imageSite + "/a.so": []byte("\x7fELF"), imageSite + "/a-1.dist-info/RECORD": []byte("a.so,,\n\"b\n"), imageSite + "/.wh.b.so": nil}
	layer := layerOf(f, module, imageSite+"/b.so => "+imageSite+"/a.so")
	f.Add(layer)
	f.Add(zipped(f, layer))
	f.Add(zipped(f, layerOf(f, map[string][]byte{"manifest.json": []byte(`[{"Layers": ["x"]}]`), "x": layer})))
	f.Add(layerOf(f, map[string][]byte{"manifest.json": []byte(`[{"Layers": ["x", "x"]}]`), "x": layer}))
	f.Add(layerOf(f, map[string][]byte{"oci-layout": nil, "index.json": []byte(`{"manifests":[{"digest":"sha256:x"}]}`), "blobs/sha256/x": []byte(`{"layers":[{"digest":"sha256:y"}]}`), "blobs/sha256/y": layer}))
	f.Fuzz(func(t *testing.T, data []byte) {
		images, err := NewReader(Options{}).image(t.Context(), io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data))))
		if err != nil {
			return
		}
		for _, image := range images {
			for _, w := range image.Wheels {
				if w.File == "" || len(w.Modules) == 0 {
					t.Errorf("%+v", w)
				}
			}
		}
	})
}
