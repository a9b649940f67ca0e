package emit

import (
	"fmt"
	"slices"

	"github.com/ftpkg/ftpkg/matrix"
)

// A source is where the interpreter of a test comes from.
type source uint8

const (
	fromSetup source = iota // the action setup-python
	fromUV                  // uv
	fromImage               // the image that the wheel is built in
)

// provide says where the interpreter of a test comes from.
func (w *writer) provide(c *matrix.Cell) source {
	if c.Platform.OS() == "linux" && (c.Emulated || c.Platform.Libc() != "glibc" || !slices.Contains([]string{"x86_64", "aarch64"}, c.Platform.Arch())) {
		return fromImage
	}
	runner, ok := w.Tables.Runners.Find(c.Runner)
	if w.UV || !ok {
		return fromUV
	}
	r := *runner
	if arch := c.Platform.Arch(); arch != "universal2" {
		r.Arch = arch
	}
	if _, ok := w.Tables.SetupPython.Has(&r, c.Python); !ok {
		return fromUV
	}
	return fromSetup
}

// setupArchitecture is the input architecture of setup-python: "" is that of the
// runner.
func (w *writer) setupArchitecture(c *matrix.Cell) string {
	switch arch := c.Platform.Arch(); {
	case arch == "x86":
		return "x86"
	case c.Emulated && (arch == "x86_64" || arch == "AMD64"):
		return "x64"
	case c.Emulated:
		return "arm64"
	}
	return ""
}

// uvPython is how uv names the interpreter of a cell. A version alone may give a
// free-threaded one.
func uvPython(c *matrix.Cell) string {
	flavour := "+gil"
	if c.Python.FreeThreaded {
		flavour = "+freethreaded"
	}
	request := "cpython-" + c.Python.Series() + flavour
	switch {
	case c.Platform.Word == "win32":
		request += "-windows-x86-none"
	case c.Platform.Word == "macosx_x86_64" && c.Emulated:
		request += "-macos-x86_64-none"
	}
	return request
}

// inImage sets the image that a wheel is tested in: the one that it is built in, which
// has all interpreters.
func (w *writer) inImage(r *row) error {
	word := r.Platform.Word
	images := w.Tables.Images.Linux[word]
	i := slices.IndexFunc(images, func(m matrix.Image) bool { return m.Floor == r.Platform.Floor })
	if i < 0 {
		return fmt.Errorf("no image is known for %s with the floor %s", word, r.Platform.Floor)
	}
	arch := r.Platform.Arch()
	r.image = w.Tables.Images.Repository + images[i].Name + "_" + arch
	r.dockerPlatform = "linux/" + map[string]string{
		"x86_64": "amd64", "i686": "386", "aarch64": "arm64", "armv7l": "arm/v7", "ppc64le": "ppc64le", "s390x": "s390x", "riscv64": "riscv64",
	}[arch]
	return nil
}

// imagePython is where the images have the interpreter of a cell.
func imagePython(c *matrix.Cell) string {
	return "/opt/python/" + c.Python.Tag() + "-" + c.Python.ABI() + "/bin/python"
}
