package pubgrub

import "strings"

// FormatSet words a set of versions the way requirements are written, as
// [Namer.Versions] must: "1.2" for one version, ">=1,<2" for a run of them,
// "<1 or >=2,<3" for several runs, "!=1.2" for all but one, "" for all, "none"
// for none. It reads the versions as ordered from the newest, 0, to the oldest;
// version returns the text of one. Bounds are versions that exist.
func FormatSet(s Set, version func(i int) string) string {
	if s.IsFull() {
		return ""
	}
	if s.IsEmpty() {
		return "none"
	}
	if s.Len() > 2 && s.Count() == s.Len()-1 {
		if i := s.Complement().First(); i > 0 && i < s.Len()-1 {
			return "!=" + version(i)
		}
	}
	var runs []string
	for i := s.First(); i >= 0; {
		j := i // the oldest of the run that starts at i
		for s.Has(j + 1) {
			j++
		}
		runs = append(runs, formatRun(i, j, s.Len(), version))
		i = s.Next(j)
	}
	for i, j := 0, len(runs)-1; i < j; i, j = i+1, j-1 {
		runs[i], runs[j] = runs[j], runs[i]
	}
	return strings.Join(runs, " or ")
}

// formatRun words the versions from newest to oldest, of n.
func formatRun(newest, oldest, n int, version func(i int) string) string {
	switch {
	case newest == oldest:
		return version(newest)
	case newest == 0:
		return ">=" + version(oldest)
	case oldest == n-1:
		return "<" + version(newest-1)
	}
	return ">=" + version(oldest) + ",<" + version(newest-1)
}
