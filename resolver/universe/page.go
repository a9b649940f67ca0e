package universe

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/ftpkg/ftpkg/resolver/simple"
)

// SHA256 returns the sha256 of the file as its page claims it, "" if it claims
// none.
func (f *File) SHA256() (string, error) {
	if f.Digest == None {
		return "", nil
	}
	b, err := f.Bytes()
	if err != nil {
		return "", err
	}
	return claimed(b, f.Digest), nil
}

// claimed is the digest of b, or one that b does not have.
func claimed(b []byte, c Claim) string {
	sum := sha256.Sum256(b)
	if c == Wrong {
		sum[0] ^= 0xff
	}
	return hex.EncodeToString(sum[:])
}

// RawFile returns what a page says about a file whose URL is under base.
func (f *File) RawFile(base string) (simple.RawFile, error) {
	data, err := f.Bytes()
	if err != nil {
		return simple.RawFile{}, fmt.Errorf("%s: %w", f.Name, err)
	}
	raw := simple.RawFile{
		Filename:       f.Name,
		URL:            base + escape(f.Name),
		Size:           int64(len(data)),
		RequiresPython: f.Core.RequiresPython,
		Yanked:         f.Yanked,
		YankedReason:   f.YankedReason,
	}
	if f.Digest != None {
		raw.Hashes = []simple.Hash{{Algorithm: "sha256", Hex: claimed(data, f.Digest)}}
	}
	if f.Size != 0 {
		raw.Size = f.Size
	}
	if !f.Uploaded.IsZero() {
		raw.Uploaded = f.Uploaded.Unix()
	}
	if beside := f.Beside(); beside != nil {
		sum, err := hex.DecodeString(claimed(beside, f.Metadata))
		if err != nil {
			return simple.RawFile{}, err
		}
		raw.Metadata = simple.MetadataFile{Offered: true, HasSHA256: true, SHA256: [32]byte(sum)}
	}
	return raw, nil
}
