package pyprobe

import (
	"encoding/hex"
	"testing"
)

func TestSipHash(t *testing.T) {
	t.Parallel()
	// _imp.source_hash of CPython 3.9 (2-4) and 3.13 (1-3).
	for _, test := range []struct {
		c, d int
		key  uint64
		data string
		want string
	}{
		{2, 4, 1, "abc", "cbe1740903d74b4f"},
		{2, 4, 1, "", "dea31c4bac61e754"},
		{1, 3, 1, "abc", "afbd63b540c50649"},
		{1, 3, 1, "", "8125964ebf0e4ac4"},
	} {
		sum := sipHash(test.c, test.d, test.key, []byte(test.data))
		if got := hex.EncodeToString(sum[:]); got != test.want {
			t.Errorf("sipHash-%d-%d(%d, %q) = %s, want %s", test.c, test.d, test.key, test.data, got, test.want)
		}
	}
}
