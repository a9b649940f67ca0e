//go:build unix

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ftpkg/ftpkg/probe/check/checktest"
)

// A world is an index of made-up projects, always the same for a seed. Project i
// requires only those before it, so that the first n of them are whole.
type world struct {
	seed     uint64
	html     int // so many projects have pages as HTML as well
	packages []*pack
	byName   map[string]*pack
	wheels   int // that can be fetched
	files    int // that are listed
}

// A pack is a project as the index serves it. Answers are kept compressed, as they
// are sent, so that serving them costs next to nothing.
type pack struct {
	name     string
	requires []string
	releases []*release
	json     []byte // the page (PEP 691)
	html     []byte // the same as PEP 503 has it, without times and sizes
	document []byte // the per-project document, with them
	served   map[string][]byte
	metadata map[string][]byte // by release
}

type release struct {
	version  string
	uploaded time.Time
	python   string // Requires-Python
	files    []*file
}

type file struct {
	name, sha256 string
	size         int
	uploaded     time.Time
}

// newest is the day before which all uploads were: settled, whenever this is run.
func newest() time.Time { return time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC) }

// The shape of the world: what share of projects is of which kind.
const (
	pureShare   = 0.58 // wheels without compiled code
	sourceShare = 0.03 // source distributions only
	gilShare    = 0.12 // compiled wheels for Pythons with the GIL only
	// The others have free-threaded wheels.

	turnsOnShare = 0.2 // of those: a module that turns the GIL on
)

// newWorld makes up n projects, of which the first html have pages in both flavours.
func newWorld(seed uint64, n, html int) (*world, error) {
	w := &world{seed: seed, html: html, packages: make([]*pack, n), byName: make(map[string]*pack, n)}
	for i := range w.packages {
		p := &pack{name: w.name(i)}
		w.packages[i], w.byName[p.name] = p, p
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range w.packages {
		g.Go(func() error { return w.fill(i) })
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, p := range w.packages {
		w.wheels += len(p.served)
		for _, r := range p.releases {
			w.files += len(r.files)
		}
	}
	return w, nil
}

func (w *world) random(i int) *rand.Rand {
	return rand.New(rand.NewPCG(w.seed, uint64(i))) //nolint:gosec // made up, and always the same
}

// name makes up the name of project i.
func (w *world) name(i int) string {
	syllables := []string{"num", "py", "fast", "lib", "arrow", "geo", "json", "xml", "crypt", "parse", "async", "data", "zip", "web", "orm", "img", "sci", "net"}
	r := w.random(i)
	return syllables[r.IntN(len(syllables))] + syllables[r.IntN(len(syllables))] + "-" + strconv.Itoa(i)
}

// fill makes up all of project i but its name.
func (w *world) fill(i int) error {
	r, p := w.random(i), w.packages[i]
	r.Uint64() // apart from what the name was made of
	p.served, p.metadata = map[string][]byte{}, map[string][]byte{}
	for range min(i, r.IntN(4)) {
		// Some are required by many, most by few, as with power laws.
		of := int(float64(i) * r.Float64() * r.Float64() * r.Float64())
		if name := w.packages[of].name; !slices.Contains(p.requires, name) {
			p.requires = append(p.requires, name)
		}
	}
	kind := r.Float64()
	compiled := kind >= pureShare+sourceShare
	free := kind >= pureShare+sourceShare+gilShare
	n := 3 + r.IntN(48)
	if compiled {
		n = 4 + r.IntN(13)
	}
	turnsOn := free && r.Float64() < turnsOnShare
	at := newest().Add(-time.Duration(r.IntN(60*24)) * time.Hour)
	for k := range n { // the newest first
		last := k == 0
		rel := &release{version: fmt.Sprintf("%d.%d.%d", 1+(n-k)/20, (n-k)/4%5, (n-k)%4), uploaded: at, python: ">=3.9"}
		tags := []string{"py3-none-any"}
		switch {
		case kind >= pureShare && !compiled:
			tags = nil
		case compiled:
			rel.python, tags = ">=3.10", compiledTags(r, at, free && k < 4)
		}
		if err := w.release(p, rel, tags, last, turnsOn, r); err != nil {
			return err
		}
		p.releases = append(p.releases, rel)
		at = at.Add(-time.Duration(20*24+r.IntN(70*24)) * time.Hour)
	}
	slices.Reverse(p.releases)
	return w.pages(p, i < w.html)
}

// compiledTags are those of the wheels of a compiled release.
func compiledTags(r *rand.Rand, at time.Time, free bool) []string {
	platforms := []string{"manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "musllinux_1_2_x86_64", "macosx_10_13_x86_64", "macosx_11_0_arm64", "win_amd64"}
	if at.Year() >= 2026 && r.Float64() < 0.5 {
		platforms = append(platforms, "win_arm64")
	}
	if r.Float64() < 0.1 { // some platform is always forgotten
		platforms = slices.Delete(platforms, 1, 2)
	}
	last := 9 + max(0, at.Year()-2020) // 3.14 came in 2025
	var tags []string
	for minor := max(10, last-4); minor <= min(last, 15); minor++ {
		for _, p := range platforms {
			tags = append(tags, fmt.Sprintf("cp3%d-cp3%d-%s", minor, minor, p))
			if free && (minor == 14 || minor == 13 && at.Month() < time.July) {
				tags = append(tags, fmt.Sprintf("cp3%d-cp3%dt-%s", minor, minor, p))
			}
		}
	}
	return tags
}

// release makes up the files of a release. Those that free-threaded Pythons take of
// the newest one can be fetched; of the others there are only the names.
func (w *world) release(p *pack, rel *release, tags []string, last, turnsOn bool, r *rand.Rand) error {
	var text strings.Builder
	fmt.Fprintf(&text, "Metadata-Version: 2.3\nName: %s\nVersion: %s\nRequires-Python: %s\n", p.name, rel.version, rel.python)
	for _, name := range p.requires {
		fmt.Fprintf(&text, "Requires-Dist: %s>=1.0\n", name)
	}
	text.WriteString("Requires-Dist: pytest; extra == \"test\"\n")
	p.metadata[rel.version] = []byte(text.String())
	stem := strings.ReplaceAll(p.name, "-", "_") + "-" + rel.version
	source := &file{name: stem + ".tar.gz", size: 20000 + r.IntN(100000)}
	if last && len(tags) == 0 {
		data, err := sourceOf(stem, p.metadata[rel.version])
		if err != nil {
			return err
		}
		source.size, p.served[source.name] = len(data), data
	}
	rel.files = append(rel.files, source)
	for _, tag := range tags {
		f := &file{name: stem + "-" + tag + ".whl", size: 10000 + r.IntN(500000)}
		if last && strings.Contains(tag, "t-") {
			data, err := wheelOf(f.name, turnsOn)
			if err != nil {
				return err
			}
			f.size, p.served[f.name] = len(data), data
		}
		rel.files = append(rel.files, f)
	}
	for i, f := range rel.files {
		sum := sha256.Sum256([]byte(f.name))
		if data, ok := p.served[f.name]; ok {
			sum = sha256.Sum256(data)
		}
		f.sha256, f.uploaded = hex.EncodeToString(sum[:]), rel.uploaded.Add(time.Duration(i)*7*time.Second)
	}
	return nil
}

// sourceOf is a source distribution that tells nothing but its metadata.
func sourceOf(stem string, metadata []byte) ([]byte, error) {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	t := tar.NewWriter(z)
	for _, name := range []string{"/PKG-INFO", "/pyproject.toml"} {
		if err := t.WriteHeader(&tar.Header{Name: stem + name, Mode: 0o644, Size: int64(len(metadata)), ModTime: newest()}); err != nil {
			return nil, err
		}
		if _, err := t.Write(metadata); err != nil {
			return nil, err
		}
	}
	if err := t.Close(); err != nil {
		return nil, err
	}
	err := z.Close()
	return out.Bytes(), err
}

// bulk is what follows the sections of a module's file, as symbols do: some weight
// to be transferred and unpacked.
const bulk = 24 << 10

// wheelOf is a wheel with two modules, whose second turns the GIL on or not.
func wheelOf(name string, turnsOn bool) ([]byte, error) {
	w := checktest.GoodWheel(name)
	o := checktest.Elf(true)
	first := w.Paths[0]
	switch {
	case strings.Contains(first, "-darwin"):
		o = checktest.Mach(true)
	case strings.HasSuffix(first, ".pyd"):
		o = checktest.Win(true, "python313t.dll")
		if strings.Contains(name, "cp314t") {
			o.DLL = "python314t.dll"
		}
	}
	o.Name, o.Arch, o.Musl, o.Says = "_fast", "x86_64", strings.Contains(name, "musllinux"), checktest.NotUsed
	if strings.Contains(name, "aarch64") || strings.Contains(name, "arm64") {
		o.Arch = "arm64"
	}
	if turnsOn {
		o.Says = checktest.Silent
	}
	text := o.Bytes()
	if o.Format != checktest.MachO {
		r := rand.New(rand.NewPCG(uint64(len(name)), 1)) //nolint:gosec // made up
		for len(text) < bulk {
			text = strconv.AppendUint(text, r.Uint64(), 32)
		}
	}
	w.Add(strings.Replace(first, "_ext", "_fast", 1), text)
	return w.Pack()
}

type hashes struct {
	SHA256 string `json:"sha256"`
}

// pages makes what the index says of a project.
func (w *world) pages(p *pack, both bool) error {
	type listed struct {
		Filename       string    `json:"filename"`
		URL            string    `json:"url"`
		Hashes         hashes    `json:"hashes"`
		RequiresPython string    `json:"requires-python"`
		Size           int       `json:"size"`
		UploadTime     time.Time `json:"upload-time"`
		Yanked         bool      `json:"yanked"`
		Core           any       `json:"core-metadata"` // false, or hashes
	}
	type dated struct {
		Filename   string    `json:"filename"`
		Digests    hashes    `json:"digests"`
		Size       int       `json:"size"`
		UploadTime time.Time `json:"upload_time_iso_8601"`
	}
	page := struct {
		Meta     map[string]string `json:"meta"`
		Name     string            `json:"name"`
		Versions []string          `json:"versions"`
		Files    []listed          `json:"files"`
	}{Meta: map[string]string{"api-version": "1.1"}, Name: p.name}
	document := struct {
		Info     map[string]string  `json:"info"`
		Releases map[string][]dated `json:"releases"`
	}{map[string]string{"name": p.name}, map[string][]dated{}}
	html := bytes.NewBufferString("<!DOCTYPE html>\n<html><head><meta name=\"pypi:repository-version\" content=\"1.0\"><title>" + p.name + "</title></head><body>\n")
	for _, rel := range p.releases {
		page.Versions = append(page.Versions, rel.version)
		sum := sha256.Sum256(p.metadata[rel.version])
		for _, f := range rel.files {
			l := listed{
				Filename: f.name, URL: "../../files/" + p.name + "/" + f.name, Hashes: hashes{f.sha256},
				RequiresPython: rel.python, Size: f.size, UploadTime: f.uploaded, Core: false,
			}
			core := ""
			if strings.HasSuffix(f.name, ".whl") {
				l.Core = hashes{hex.EncodeToString(sum[:])}
				core = ` data-core-metadata="sha256=` + hex.EncodeToString(sum[:]) + `"`
			}
			page.Files = append(page.Files, l)
			if !both {
				continue
			}
			document.Releases[rel.version] = append(document.Releases[rel.version], dated{f.name, l.Hashes, f.size, f.uploaded})
			fmt.Fprintf(html, "<a href=\"%s#sha256=%s\" data-requires-python=\"&gt;=%s\"%s>%s</a><br>\n", l.URL, f.sha256, rel.python[2:], core, f.name)
		}
	}
	html.WriteString("</body></html>\n")
	var err error
	if p.json, err = packed(page); err != nil {
		return err
	}
	if !both {
		return nil
	}
	if p.document, err = packed(document); err != nil {
		return err
	}
	p.html, err = compress(html.Bytes())
	return err
}

// packed is a document as it is sent.
func packed(doc any) ([]byte, error) {
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	return compress(text)
}

func compress(text []byte) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(text); err != nil {
		return nil, err
	}
	err = z.Close()
	return bytes.Clone(out.Bytes()), err
}
