package slack

import "slices"

// nearest is the verb that a mistyped one most probably means, "" when none is near: at most one slip in three letters.
func nearest(typed string) string {
	best, fewest := "", len([]rune(typed))/3+1
	words := []string{"help"}
	for w := range verbs {
		words = append(words, w)
	}
	slices.Sort(words)
	for _, w := range words {
		if n := slips([]rune(typed), []rune(w)); n < fewest {
			best, fewest = w, n
		}
	}
	return best
}

// slips counts the letters to add, drop, change or swap with the next one to make b of a (optimal string alignment).
func slips(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
