package simple

import "time"

// parseTime returns the seconds since the Unix epoch of a time in ISO 8601 with
// or without fraction and zone, as in 2026-11-15T21:32:26.123456Z; without a
// zone it is UTC, as indexes mean it. Fractions are cut off. It returns 0 for
// what is no such time.
func parseTime(b []byte) int64 {
	const layout = "2006-01-02T15:04:05"
	if len(b) < len(layout) || b[4] != '-' || b[7] != '-' || (b[10] != 'T' && b[10] != ' ') || b[13] != ':' || b[16] != ':' {
		return 0
	}
	ok := true
	num := func(i, n int) int {
		v := 0
		for _, c := range b[i : i+n] {
			if c < '0' || c > '9' {
				ok = false
			}
			v = v*10 + int(c-'0')
		}
		return v
	}
	year, month, day := num(0, 4), num(5, 2), num(8, 2)
	hour, minute, sec := num(11, 2), num(14, 2), num(17, 2)
	if !ok || hour > 23 || minute > 59 || sec > 60 {
		return 0
	}
	t := time.Date(year, time.Month(month), day, hour, minute, sec, 0, time.UTC)
	if d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC); d.Day() != day || int(d.Month()) != month {
		return 0 // a day that the month doesn't have
	}
	offset, ok := parseZone(b[len(layout):])
	if !ok {
		return 0
	}
	return t.Unix() - offset
}

// parseZone reads what may follow the seconds, a fraction and a zone, and
// returns the zone's offset east of UTC in seconds.
func parseZone(b []byte) (offset int64, ok bool) {
	if len(b) > 0 && (b[0] == '.' || b[0] == ',') {
		for b = b[1:]; len(b) > 0 && '0' <= b[0] && b[0] <= '9'; {
			b = b[1:]
		}
	}
	if len(b) == 0 || string(b) == "Z" || string(b) == "z" {
		return 0, true
	}
	t, err := time.Parse("-07:00", string(b))
	if err != nil {
		return 0, false
	}
	_, seconds := t.Zone()
	return int64(seconds), true
}
