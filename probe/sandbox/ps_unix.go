//go:build unix

package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A listed is one line of the ps of POSIX, asked for "pid= ppid= pgid= rss= time=".
type listed struct {
	pid, parent, group int
	rss                int64 // bytes
	cpu                time.Duration
}

// parsePS reads what ps printed. Lines that are none of its are passed over.
func parsePS(out string) []listed {
	var all []listed
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) != 5 {
			continue
		}
		var n [4]int
		ok := true
		for i := range n {
			v, err := strconv.Atoi(fields[i])
			n[i], ok = v, ok && err == nil && v >= 0
		}
		cpu, err := parseClock(fields[4])
		if ok && err == nil {
			all = append(all, listed{n[0], n[1], n[2], int64(n[3]) << 10, cpu})
		}
	}
	return all
}

// parseClock reads [[days-]hours:]minutes:seconds[.hundredths].
func parseClock(s string) (time.Duration, error) {
	var total time.Duration
	if days, rest, ok := strings.Cut(s, "-"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return 0, err
		}
		total, s = time.Duration(n)*24*time.Hour, rest
	}
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, strconv.ErrSyntax
	}
	var seconds float64
	for i, part := range parts {
		n, err := strconv.ParseFloat(part, 64)
		if err != nil || n < 0 || n > 1e6 || i < len(parts)-1 && strings.ContainsAny(part, ".eExX") {
			return 0, strconv.ErrSyntax
		}
		seconds = seconds*60 + n
	}
	return total + time.Duration(seconds*float64(time.Second)), nil
}

// relatives returns those of all who descend from a process, are in one of the
// groups, or descend from such a one; not the process itself.
func relatives(all []listed, pid int, groups []int) []listed {
	in := map[int]bool{}
	for changed := true; changed; {
		changed = false
		for _, p := range all {
			if !in[p.pid] && p.pid != pid && (p.parent == pid || in[p.parent] || slices.Contains(groups, p.group)) {
				in[p.pid], changed = true, true
			}
		}
	}
	var out []listed
	for _, p := range all {
		if in[p.pid] {
			out = append(out, p)
		}
	}
	return out
}
