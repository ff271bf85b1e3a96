package testkit

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"duly/shared/text"
)

// SameElements holds a page or a letter with hostile words against the ordinary
// one, as browsers parse them: no element, no attribute and no place to go may
// come in with the words (row 80 of the failure catalogue).
func SameElements(t *testing.T, wild, tame string) {
	t.Helper()
	got, want := elements(t, wild), elements(t, tame)
	if len(got) != len(want) {
		t.Fatalf("%d elements, want %d", len(got), len(want))
	}
	for i, n := range got {
		if n.Type != want[i].Type || n.Data != want[i].Data {
			t.Errorf("<%s> where <%s> should be", n.Data, want[i].Data)
		}
		for _, a := range n.Attr {
			if !slices.ContainsFunc(want[i].Attr, func(b html.Attribute) bool { return a.Key == b.Key }) {
				t.Errorf("<%s> has %s", n.Data, a.Key)
			}
			if (a.Key == "href" || a.Key == "action") && !text.MayFollow(a.Val) {
				t.Errorf("<%s> leads to %s", n.Data, a.Val)
			}
		}
	}
}

// elements is what a browser makes of a document, in its order.
func elements(t *testing.T, document string) []*html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	var all []*html.Node
	for n := range doc.Descendants() {
		if n.Type != html.TextNode {
			all = append(all, n)
		}
	}
	return all
}
