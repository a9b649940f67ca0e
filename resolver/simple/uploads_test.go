package simple

import (
	"bytes"
	"strings"
	"testing"
)

func TestApplyUploadTimes(t *testing.T) {
	page := func() *Project {
		return FromFiles("a", []RawFile{
			{URL: "a-1.tar.gz"},
			{URL: "a-1-py3-none-any.whl", Size: 7, Uploaded: 8, Hashes: []Hash{{"sha256", strings.Repeat("07", 32)}}, RequiresPython: ">=3"},
			{URL: "a-2.tar.gz", Size: 9},
			{URL: "a-3.tar.gz"},
		})
	}
	const body = `{
		"info": {"name": "a", "yanked": false},
		"releases": {
			"1": [
				{"filename": "a-1.tar.gz", "size": 10, "upload_time": "2026-01-01T00:00:00", "upload_time_iso_8601": "2026-01-01T00:00:00.5Z",
				 "digests": {"blake2b_256": "00", "md5": "01", "sha256": "0101010101010101010101010101010101010101010101010101010101010101"},
				 "yanked": true, "yanked_reason": "bad", "requires_python": ">=3.9", "url": "../../packages/a-1.tar.gz"},
				{"filename": "a-1-py3-none-any.whl", "size": 11, "upload_time_iso_8601": "2026-01-02T00:00:00Z",
				 "digests": {"sha256": "0202020202020202020202020202020202020202020202020202020202020202"}}
			],
			"2": [{"filename": "a-2.tar.gz", "size": 12, "upload_time": "2026-01-03T00:00:00"}, {"filename": "gone-2.tar.gz"}],
			"0": null
		},
		"urls": [{"filename": "a-3.tar.gz", "size": null, "upload_time_iso_8601": "2026-01-04T00:00:00Z", "digests": null}],
		"vulnerabilities": []
	}`
	p := page()
	if err := ApplyUploadTimes(p, []byte(body)); err != nil {
		t.Fatal(err)
	}
	golden(t, "uploads.golden", describe(p))

	// Once more changes nothing.
	once := p.AppendBinary(nil)
	if err := ApplyUploadTimes(p, []byte(strings.ReplaceAll(body, "2026-", "2025-"))); err != nil || !bytes.Equal(once, p.AppendBinary(nil)) {
		t.Errorf("applied twice: %v\n%s", err, describe(p))
	}

	for _, body := range []string{"", "[]", "{", `{"releases": {"1": [{]}}`, `{"urls": []} x`, `<html>`} {
		if err := ApplyUploadTimes(page(), []byte(body)); err == nil || !strings.HasPrefix(err.Error(), "upload times of a: ") {
			t.Errorf("%q: %v", body, err)
		}
	}
	for _, body := range []string{"{}", `{"releases": null, "urls": null}`, `{"releases": [], "urls": {}}`, `{"releases": {"1": 5}}`} {
		p := page()
		if err := ApplyUploadTimes(p, []byte(body)); err != nil || describe(p) != describe(page()) {
			t.Errorf("%q: %v", body, err)
		}
	}
}
