package main

import "slices"

// textDiff is the difference of two texts as a unified diff, "" if there is none.
func textDiff(name, before, after string) string {
	return unifiedDiff(name, before, lineEdits(splitAfterLines(before), splitAfterLines(after)))
}

// maxDiffCells bounds the work of finding the smallest difference; beyond it, what lies
// between the first and the last difference is replaced as a whole.
const maxDiffCells = 16 << 20

// lineEdits finds the fewest lines to take out and to put in.
func lineEdits(a, b []string) []lineEdit {
	first := 0
	for first < len(a) && first < len(b) && a[first] == b[first] {
		first++
	}
	last := 0
	for last < len(a)-first && last < len(b)-first && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	x, y := a[first:len(a)-last], b[first:len(b)-last]
	switch {
	case len(x) == 0 && len(y) == 0:
		return nil
	case len(x)*len(y) > maxDiffCells || len(x) == 0 || len(y) == 0:
		return []lineEdit{{first, first + len(x), y}}
	}
	// common[i][j] is the length of the longest common subsequence of x[i:] and y[j:].
	common := make([][]int32, len(x)+1)
	for i := range common {
		common[i] = make([]int32, len(y)+1)
	}
	for i, line := range slices.Backward(x) {
		for j := len(y) - 1; j >= 0; j-- {
			if line == y[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var edits []lineEdit
	for i, j := 0, 0; i < len(x) || j < len(y); {
		if i < len(x) && j < len(y) && x[i] == y[j] {
			i++
			j++
			continue
		}
		from, to := i, j
		for (i < len(x) || j < len(y)) && !(i < len(x) && j < len(y) && x[i] == y[j]) {
			if j == len(y) || i < len(x) && common[i+1][j] >= common[i][j+1] {
				i++
			} else {
				j++
			}
		}
		edits = append(edits, lineEdit{first + from, first + i, y[to:j]})
	}
	return edits
}
