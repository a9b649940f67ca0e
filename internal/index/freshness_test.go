package index

import (
	"net/http"
	"testing"
	"time"
)

func TestFreshness(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		header http.Header
		maxAge time.Duration
		store  bool
	}{
		{http.Header{}, 0, true},
		{http.Header{"Cache-Control": {"max-age=600, public"}}, 10 * time.Minute, true},
		{http.Header{"Cache-Control": {"public", "MAX-AGE=\"60\""}}, time.Minute, true},
		{http.Header{"Cache-Control": {"max-age=600"}, "Age": {"100"}}, 500 * time.Second, true},
		{http.Header{"Cache-Control": {"max-age=600"}, "Age": {"1000"}}, 0, true},
		{http.Header{"Cache-Control": {"max-age=60, max-age=600"}}, time.Minute, true},
		{http.Header{"Cache-Control": {"max-age=-1"}}, 0, true},
		{http.Header{"Cache-Control": {"max-age=99999999999999999999"}}, 0, true},
		{http.Header{"Cache-Control": {"max-age=600, no-cache"}}, 0, true},
		{http.Header{"Cache-Control": {"max-age=600, no-store"}}, 0, false},
		{http.Header{"Expires": {"Sat, 21 Nov 2026 12:05:00 GMT"}}, 5 * time.Minute, true},
		{http.Header{"Expires": {"Sat, 21 Nov 2026 12:05:00 GMT"}, "Date": {"Sat, 21 Nov 2026 12:04:00 GMT"}}, time.Minute, true},
		{http.Header{"Expires": {"Sat, 21 Nov 2026 12:05:00 GMT"}, "Cache-Control": {"max-age=0"}}, 0, true},
		{http.Header{"Expires": {"0"}}, 0, true},
	} {
		maxAge, store := freshness(tt.header, start)
		if maxAge != tt.maxAge || store != tt.store {
			t.Errorf("%v: %s, %v; want %s, %v", tt.header, maxAge, store, tt.maxAge, tt.store)
		}
	}
}

func FuzzFreshness(f *testing.F) {
	f.Add("max-age=600, no-cache", "Sat, 21 Nov 2026 12:05:00 GMT", "1", "")
	f.Fuzz(func(t *testing.T, control, expires, age, date string) {
		maxAge, _ := freshness(http.Header{"Cache-Control": {control}, "Expires": {expires}, "Age": {age}, "Date": {date}}, start)
		if maxAge < 0 {
			t.Errorf("a negative age %s", maxAge)
		}
	})
}
