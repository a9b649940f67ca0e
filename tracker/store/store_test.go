package store_test

import (
	"path/filepath"
	"testing"

	"github.com/ftpkg/ftpkg/tracker/store/storetest"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) string { return filepath.Join(t.TempDir(), "track.db") })
}
