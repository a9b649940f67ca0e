package matrix

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/wheeltags"
)

// imageName finds the name of an image of pypa in an image's address.
var imageName = regexp.MustCompile(`(many|musl)linux(2014|_(\d+)_(\d+))`)

// floor returns the oldest C library or macOS that the wheel of an identifier is
// built for.
func (d *deriver) floor(os, id string) (string, error) {
	platform := platformOf(id)
	switch os {
	case "linux":
		return d.imageFloor(platform, id)
	case "macos":
		return d.macFloor(platform, id), nil
	}
	return "", nil
}

// imageFloor is the floor of the image that the wheel is built in.
func (d *deriver) imageFloor(platform Platform, id string) (string, error) {
	kind, arch, _ := strings.Cut(platform.Word, "_")
	option := kind + "-" + arch + "-image"
	images := d.tables.Images.Linux[platform.Word]
	if len(images) == 0 {
		return "", fmt.Errorf("no image is known for %s", platform.Word)
	}
	c := &d.project.Cibuildwheel
	name, at := c.option(option, "linux", id, " ", true)
	if name == "" {
		return images[0].Floor, nil
	}
	if i := slices.IndexFunc(images, func(i Image) bool { return i.Name == name }); i >= 0 {
		return images[i].Floor, nil
	}
	if slices.Contains(d.tables.Images.Refused, name) {
		return "", c.fault(at, "%s: cibuildwheel no longer takes the image %s: %s is the default", option, name, images[0].Name)
	}
	switch m := imageName.FindStringSubmatch(name); {
	case m == nil:
		return images[0].Floor, nil // an image of the project's own: nothing is known of it
	case m[2] == "2014":
		return "2.17", nil
	default:
		return m[3] + "." + m[4], nil
	}
}

// macFloor is MACOSX_DEPLOYMENT_TARGET, raised to what the Python needs.
func (d *deriver) macFloor(platform Platform, id string) string {
	least := "11.0"
	if platform.Arch() != "arm64" {
		python, _ := pythonOf(id)
		for _, f := range d.tables.Images.MacOS {
			if python.Minor >= f.From {
				least = f.Intel
				break
			}
		}
		if d.project.PyO3At != "" || d.project.usesBackend("maturin") {
			least = newest(least, "10.12") // the oldest that Rust builds for
		}
	}
	return newest(least, d.project.Cibuildwheel.variable("MACOSX_DEPLOYMENT_TARGET", "macos", id))
}

// newest returns the newer of two versions of macOS. From 11 on only the first
// number counts in tags.
func newest(a, b string) string {
	am, an := macVersion(a)
	bm, bn := macVersion(b)
	if bm > am || bm == am && bn > an {
		am, an = bm, bn
	}
	if am >= 11 {
		an = 0
	}
	return fmt.Sprintf("%d.%d", am, an)
}

func macVersion(s string) (major, minor int) {
	first, rest, _ := strings.Cut(s, ".")
	second, _, _ := strings.Cut(rest, ".")
	major, err := strconv.Atoi(first)
	if err != nil {
		return 0, 0
	}
	if minor, err = strconv.Atoi(second); err != nil {
		minor = 0
	}
	return major, minor
}

// runner returns where a platform is built, and whether under emulation; ok is false
// if nowhere.
func (d *deriver) runner(p Platform) (label string, emulated, ok bool) {
	if label, ok := d.settings.Runners[p.Word]; ok {
		return label, false, true
	}
	arch, emulated := p.Arch(), false
	switch arch {
	case "i686":
		arch = "x86_64"
	case "universal2":
		arch = "arm64"
	case "x86":
		arch = "AMD64"
	case "armv7l":
		arch, emulated = "aarch64", true
	case "ppc64le", "s390x", "riscv64":
		arch, emulated = "x86_64", true
	}
	r, ok := Default(d.tables.Runners.GitHub, p.OS(), arch)
	if !ok {
		return "", false, false
	}
	return r.Label, emulated, true
}

// natives are the architectures of the runners of a system, which archs = "auto"
// stands for when each runs its own job.
func (d *deriver) natives(os string) []string {
	var archs []string
	for _, r := range d.tables.Runners.GitHub {
		if r.Default && r.OS == os {
			archs = append(archs, r.Arch)
		}
	}
	return archs
}

// machine returns the interpreter and system in which a cell is built or tested: the
// image on Linux, the runner elsewhere.
func (d *deriver) machine(c *Cell) (wheeltags.Target, error) {
	p := c.Platform
	if p.Arch() == "universal2" {
		p.Word = "macosx_arm64"
	}
	if r, ok := d.tables.Runners.Find(c.Runner); ok && p.OS() == "macos" {
		p.Floor = newest(r.Version+".0", p.Floor)
	}
	platform, err := wheeltags.ParsePlatform(p.Tag())
	return wheeltags.Target{Python: c.Python, Platform: platform}, err
}
