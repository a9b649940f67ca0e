package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ftpkg/ftpkg/tracker/site"
)

// ErrForeign reports a folder that holds something and that no site was written to.
var ErrForeign = errors.New("the folder is not empty, and it is no site that ftpkg made")

// made is the file by which a folder of a site is known; package site writes it.
const made = ".ftpkg-site"

// Folder makes a site in a folder. A folder that holds other things is refused,
// unless force is set: then they stay, but for files of the same names.
func Folder(dir string, in *site.Input, force bool) (*site.Written, error) {
	if !force {
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if len(entries) > 0 {
			if _, err := os.Lstat(filepath.Join(dir, made)); errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("%s: %w", dir, ErrForeign)
			}
		}
	}
	return site.Write(dir, in)
}
