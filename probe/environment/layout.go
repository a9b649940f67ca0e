package environment

import (
	"fmt"
	"path"
	"strings"
)

// A layout says where things are in an environment. Paths are relative to its
// root and have slashes.
type layout struct {
	site    string // "lib/python3.13t/site-packages"
	scripts string // "bin"
	headers string // "include/site/python3.13"
}

// Where a member of a wheel goes.
type scheme uint8

const (
	schemeSite scheme = iota
	schemeScripts
	schemeHeaders
	schemeData
)

// splitScheme returns where a member goes, and its path there. As with pip, a
// top folder that ends in .data holds a folder for each scheme.
func splitScheme(member string) (s scheme, rest string, err error) {
	top, below, ok := strings.Cut(member, "/")
	if !ok || !strings.HasSuffix(top, ".data") {
		return schemeSite, member, nil
	}
	key, rest, ok := strings.Cut(below, "/")
	if !ok {
		return 0, "", fmt.Errorf("%q is in none of the folders of %s", below, top)
	}
	switch key {
	case "purelib", "platlib":
		return schemeSite, rest, nil
	case "scripts":
		return schemeScripts, rest, nil
	case "headers":
		return schemeHeaders, rest, nil
	case "data":
		return schemeData, rest, nil
	}
	return 0, "", fmt.Errorf("%q is no folder of %s: purelib, platlib, scripts, headers and data are", key, top)
}

func checkScheme(member string) error {
	_, _, err := splitScheme(member)
	return err
}

// place returns where a member of a project's wheel goes, and whether it is a
// script.
func (l *layout) place(member, project string) (dest string, isScript bool) {
	s, rest, err := splitScheme(member)
	switch {
	case err != nil: // a store of another version; it can't say where
		return l.site + "/" + member, false
	case s == schemeScripts:
		return l.scripts + "/" + rest, true
	case s == schemeHeaders:
		return l.headers + "/" + project + "/" + rest, false
	case s == schemeData:
		// lib64 is a link to lib.
		if below, ok := strings.CutPrefix(rest, "lib64/"); ok && strings.HasPrefix(l.site, "lib/") {
			rest = "lib/" + below
		}
		return rest, false
	}
	return l.site + "/" + rest, false
}

// record returns a path below the root as RECORD has it: relative to the site
// folder.
func (l *layout) record(dest string) string {
	if rest, ok := strings.CutPrefix(dest, l.site+"/"); ok {
		return rest
	}
	up := strings.Repeat("../", strings.Count(l.site, "/")+1)
	return up + dest
}

// reserved reports whether a path below the root is the environment's own, which
// no wheel may replace: the interpreter, its settings, and what is generated for
// every project.
func (l *layout) reserved(dest string) bool {
	dest = strings.ToLower(dest)
	switch dest {
	case "pyvenv.cfg", "lib64", "cachedir.tag":
		return true
	}
	dir, name := path.Split(dest)
	if strings.TrimSuffix(dir, "/") != strings.ToLower(l.scripts) {
		return false
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".exe"), ".py")
	rest, ok := strings.CutPrefix(name, "python")
	if !ok {
		return false
	}
	rest = strings.TrimPrefix(rest, "w")
	return strings.Trim(rest, "0123456789.td") == ""
}
