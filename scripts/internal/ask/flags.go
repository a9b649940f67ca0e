package ask

import (
	"flag"
	"os"
)

// Flags declares the settings as flags, with the environment for defaults:
// FTPKG_FT_PYTHON and FTPKG_GIL_PYTHON name the interpreters.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.StringVar(&c.FreeThreaded, "ft", or(os.Getenv("FTPKG_FT_PYTHON"), "python3.13t"), "free-threaded interpreter")
	fs.StringVar(&c.GIL, "gil", or(os.Getenv("FTPKG_GIL_PYTHON"), "python3.13"), "GIL interpreter of the same version")
	fs.StringVar(&c.UV, "uv", "uv", "the uv to ask")
	fs.StringVar(&c.Pip, "pip", "26.3", "the version of pip to ask")
	fs.StringVar(&c.Dir, "work", "", "folder to keep the environments in; temporary if empty")
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
