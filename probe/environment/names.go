package environment

import "path"

// NewExtension returns what the path of a file, relative to the folder that
// packages are imported from and with slashes, says of it as an extension module;
// ok is false if its name is not one of an extension module. Whether the file is
// one is for its contents to say.
func NewExtension(file string) (x Extension, ok bool) {
	_, suffix, ok := cutExtension(path.Base(file))
	if !ok {
		return Extension{}, false
	}
	return newExtension(&InstalledFile{Path: file, Size: -1}, suffix), true
}
