package environment

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRecord(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want []recordRow
	}{
		{"", []recordRow{}},
		{"a.py,sha256=x,3\n", []recordRow{{"a.py", "sha256=x", 3}}},
		{"a.py,sha256=x,3", []recordRow{{"a.py", "sha256=x", 3}}},
		{"a.py,,\r\nb.py,,\r\n", []recordRow{{"a.py", "", -1}, {"b.py", "", -1}}},
		{"a.py\n", []recordRow{{"a.py", "", -1}}},
		{"\n\na.py,,\n\n", []recordRow{{"a.py", "", -1}}},
		{"\"a,b \"\"c\"\".py\",sha256=x, 4 \n", []recordRow{{`a,b "c".py`, "sha256=x", 4}}},
		{"say \"hi\".py,,5\n", []recordRow{{`say "hi".py`, "", 5}}},
		{"a.py,sha256=x,3,more,columns\n", []recordRow{{"a.py", "sha256=x", 3}}},
		{"\ufeffä.py,,0\n", []recordRow{{"ä.py", "", 0}}},
	} {
		got, err := parseRecord([]byte(tt.text))
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
		}
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(recordRow{})); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
	for _, text := range []string{"a.py,,x\n", "a.py,,-1\n", "a.py,,99999999999999999999\n", "a.py,,1e3\n"} {
		if rows, err := parseRecord([]byte(text)); err == nil {
			t.Errorf("%q: %v", text, rows)
		}
	}
}

func TestPromise(t *testing.T) {
	t.Parallel()
	data := []byte("data")
	encode := base64.RawURLEncoding.EncodeToString
	sum256, sum384, sum512 := sha256.Sum256(data), sha512.Sum384(data), sha512.Sum512(data)
	for digest, want := range map[string]bool{
		"":                                  true,
		"sha256=" + encode(sum256[:]):       true,
		"SHA256=" + encode(sum256[:]) + "=": true,
		"sha384=" + encode(sum384[:]):       true,
		"sha512=" + encode(sum512[:]):       true,
		"sha256=" + encode(sum384[:32]):     false,
		"sha512=" + encode(append(sum256[:], sum256[:]...)): false,
	} {
		p, err := promiseOf(digest)
		if err != nil {
			t.Errorf("%s: %v", digest, err)
			continue
		}
		if p.hash != nil {
			p.hash.Write(data)
		}
		mustEqual(t, digest, p.kept(sum256), want)
	}
	for _, digest := range []string{"md5=" + encode(sum256[:16]), "sha1=" + encode(sum256[:20]), "sha256", "sha256=" + encode(sum256[:31]), "sha256=!", "=" + encode(sum256[:])} {
		if _, err := promiseOf(digest); err == nil {
			t.Errorf("%q is taken", digest)
		}
	}
}

func FuzzParseRecord(f *testing.F) {
	f.Add([]byte("a.py,sha256=x,3\n\"a,b\",,\n"))
	f.Add([]byte("\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, err := parseRecord(text)
		if err != nil {
			return
		}
		// What was read can be written and read again.
		var out []byte
		for _, r := range rows {
			if strings.ContainsAny(r.path+r.digest, "\r\n\",") || r.path == "" {
				return // of no file that exists
			}
			out = appendRow(out, r.path, r.digest, r.size)
		}
		again, err := parseRecord(out)
		if err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		if diff := cmp.Diff(rows, again, cmp.AllowUnexported(recordRow{})); diff != "" && !bytes.HasPrefix(out, []byte("\xef\xbb\xbf")) {
			t.Errorf("%q: %s", text, diff)
		}
		for _, r := range rows {
			p, err := promiseOf(r.digest)
			if err == nil && p.hash == nil && p.want != nil && len(p.want) != sha256.Size {
				t.Errorf("%q promises %d bytes", r.digest, len(p.want))
			}
		}
	})
}
