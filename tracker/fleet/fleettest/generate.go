package fleettest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/probe/check/checktest"
)

// A project is one project of an index: what is answered when it is asked for.
type project struct {
	name string
	page []byte
	etag string
}

// A body is a file, or what is said beside it.
type body struct {
	data []byte
	tag  string
}

// The platforms of generated wheels.
var platforms = []string{"manylinux_2_17_x86_64", "musllinux_1_2_x86_64", "macosx_11_0_arm64", "win_amd64"} //nolint:gochecknoglobals // never changed

// listed is a file on a page (PEP 691, 700, 714).
type listed struct {
	Filename       string            `json:"filename"`
	URL            string            `json:"url"`
	Hashes         map[string]string `json:"hashes"`
	RequiresPython string            `json:"requires-python"`
	Size           int               `json:"size"`
	UploadTime     string            `json:"upload-time"`
	CoreMetadata   any               `json:"core-metadata"`
	Yanked         bool              `json:"yanked"`
}

// Name is the name of the i-th project.
func Name(i int) string { return fmt.Sprintf("gen-%05d", i) }

// generate makes project i. Its releases are years old, so that each has settled.
// Only the files of the newest can be had; of others, who asks is told that they are
// gone.
func (x *Index) generate(i int, o IndexOptions) error {
	random := rand.New(rand.NewPCG(o.Seed, uint64(i))) //nolint:gosec // the same each time
	name, stem := Name(i), strings.ReplaceAll(Name(i), "-", "_")
	compiled := random.Float64() < o.Compiled
	releases := 1 + random.IntN(max(o.Releases, 1))
	var requires []string
	for range random.IntN(3) {
		if i > 0 {
			requires = append(requires, Name(random.IntN(i)))
		}
	}
	slices.Sort(requires)
	requires = slices.Compact(requires)
	page := struct {
		Meta     map[string]string `json:"meta"`
		Name     string            `json:"name"`
		Versions []string          `json:"versions"`
		Files    []listed          `json:"files"`
	}{Meta: map[string]string{"api-version": "1.1"}, Name: name}
	begin := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(random.IntN(365)) * 24 * time.Hour)
	for r := range releases {
		version := fmt.Sprintf("1.%d", r)
		page.Versions = append(page.Versions, version)
		newest := r == releases-1
		for n, file := range fileNames(stem, version, compiled, newest) {
			f := listed{
				Filename: file, URL: "../../files/" + file, RequiresPython: ">=3.9",
				UploadTime: begin.Add(time.Duration(r)*30*24*time.Hour + time.Duration(n)*time.Second).Format("2006-01-02T15:04:05.000000Z"),
			}
			data := []byte(file) // of a file that nobody can have
			if newest {
				var err error
				if data, err = pack(file); err != nil {
					return err
				}
				x.files[file] = body{data, digest(data)}
			}
			f.Size, f.Hashes, f.CoreMetadata = len(data), map[string]string{"sha256": digest(data)}, false
			if newest && strings.HasSuffix(file, ".whl") {
				text := metadata(stem, version, requires)
				x.files[file+".metadata"] = body{text, digest(text)}
				f.CoreMetadata = map[string]string{"sha256": digest(text)}
			}
			page.Files = append(page.Files, f)
		}
	}
	text, err := json.Marshal(page)
	if err != nil {
		return err
	}
	x.projects[name] = &project{name, text, `"` + digest(text)[:32] + `"`}
	x.names = append(x.names, name)
	return nil
}

// fileNames are the files of a release: of a compiled project, wheels for the GIL and
// for free-threaded Pythons, the older releases without the latter.
func fileNames(stem, version string, compiled, newest bool) []string {
	files := []string{stem + "-" + version + ".tar.gz"}
	if !compiled {
		return append(files, stem+"-"+version+"-py3-none-any.whl")
	}
	abis := []string{"cp313-cp313", "cp314-cp314"}
	if newest {
		abis = append(abis, "cp314-cp314t")
	}
	for _, abi := range abis {
		for _, platform := range platforms {
			files = append(files, stem+"-"+version+"-"+abi+"-"+platform+".whl")
		}
	}
	return files
}

// pack makes a file: a wheel with a module, if it is for a platform.
func pack(file string) ([]byte, error) {
	switch {
	case !strings.HasSuffix(file, ".whl"):
		return []byte("the source of " + file), nil
	case strings.HasSuffix(file, "-any.whl"):
		return (&checktest.Wheel{File: file}).Pack()
	}
	return checktest.GoodWheel(file).Pack()
}

func metadata(stem, version string, requires []string) []byte {
	text := "Metadata-Version: 2.1\nName: " + stem + "\nVersion: " + version + "\nRequires-Python: >=3.9\n"
	for _, r := range requires {
		text += "Requires-Dist: " + r + "\n"
	}
	return []byte(text)
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
