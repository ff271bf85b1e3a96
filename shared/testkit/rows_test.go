package testkit

import (
	"go/ast"
	"regexp"
	"slices"
	"strconv"
	"testing"
)

// The rows of the capability and failure lists that are proved so far. A row
// once proved stays proved: its test may be renamed, not lost.
var (
	capabilities = []int{6, 7, 8, 9, 15, 16, 34, 49, 68, 76, 87, 88}
	failureRows  = []int{
		1, 2, 3, 7, 8, 10, 12, 13, 14, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 31, 32, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
		51, 53, 54, 55, 56, 58, 59, 65, 66, 67, 69, 72, 74, 75, 76, 77, 78, 79, 83, 93, 97, 98,
	}
)

func TestEveryRowBuiltHasItsTest(t *testing.T) {
	name := regexp.MustCompile(`^Test(Cap|FC)_(\d+)_`)
	found := map[string][]int{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !s.isTest() {
				continue
			}
			if m := name.FindStringSubmatch(f.Name.Name); m != nil {
				row, err := strconv.Atoi(m[2])
				if err != nil {
					t.Fatal(err)
				}
				found[m[1]] = append(found[m[1]], row)
			}
		}
	}
	for kind, rows := range map[string][]int{"Cap": capabilities, "FC": failureRows} {
		for _, row := range rows {
			if !slices.Contains(found[kind], row) {
				t.Errorf("row %d has lost its Test%s_%02d_…", row, kind, row)
			}
		}
		for _, row := range found[kind] {
			if !slices.Contains(rows, row) {
				t.Errorf("Test%s_%02d_… is not on the list of rows", kind, row)
			}
		}
	}
}
