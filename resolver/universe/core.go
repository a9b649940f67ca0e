package universe

import (
	"fmt"
	"strings"
)

// METADATA returns the metadata of the wheel: for a source distribution, of the
// wheel that is built from it.
func (f *File) METADATA() []byte {
	if f.Metadata == Unreadable {
		return []byte("\x00\x01 this is no metadata\n")
	}
	return f.Core.text(true)
}

// PKGINFO returns the metadata a source distribution carries. Where it is
// dynamic it is silent about dependencies (PEP 643).
func (f *File) PKGINFO() []byte {
	if f.Metadata == Unreadable {
		return f.METADATA()
	}
	return f.Core.text(!f.Core.Dynamic)
}

// Beside returns the metadata file that an index serves beside the file
// (PEP 658), or nil where it offers none. Source distributions have none, as on
// the public index.
func (f *File) Beside() []byte {
	if f.Kind != Wheel || f.Metadata == None {
		return nil
	}
	return f.METADATA()
}

// text writes core metadata.
func (c *Core) text(dependencies bool) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "Metadata-Version: %s\nName: %s\nVersion: %s\n", c.MetadataVersion, c.Name, c.Version)
	if c.RequiresPython != "" {
		fmt.Fprintf(&b, "Requires-Python: %s\n", c.RequiresPython)
	}
	if !dependencies {
		b.WriteString("Dynamic: Requires-Dist\nDynamic: Provides-Extra\n")
		return []byte(b.String())
	}
	for _, r := range c.Requires {
		fmt.Fprintf(&b, "Requires-Dist: %s\n", r)
	}
	for _, e := range c.Extras {
		fmt.Fprintf(&b, "Provides-Extra: %s\n", e)
	}
	return []byte(b.String())
}
