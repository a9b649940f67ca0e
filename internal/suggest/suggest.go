// Package suggest finds the word somebody probably meant: for a mistyped
// command, flag or configuration key.
package suggest

import "strings"

// Closest returns the candidate nearest to word, and false when none is near
// enough to be worth showing. Case and the difference between - and _ count for
// nothing; among equally near candidates the first wins.
func Closest(word string, candidates []string) (string, bool) {
	folded := fold(word)
	if folded == "" {
		return "", false
	}
	best, bestDistance := "", max(1, len(folded)/3)+1
	for _, c := range candidates {
		f := fold(c)
		d := distance(folded, f)
		if d > 1 && len(folded) > 2 && strings.HasPrefix(f, folded) {
			d = 1 // an abbreviation is as good as one wrong letter
		}
		if d < bestDistance && d < max(len(folded), len(f)) {
			best, bestDistance = c, d
		}
	}
	return best, best != ""
}

func fold(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "_", "-")
}

// distance counts the insertions, deletions, substitutions and swaps of
// neighbours that turn a into b (optimal string alignment), byte by byte.
func distance(a, b string) int {
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}
