package page

import (
	"fmt"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
	"rsc.io/qr"
)

// transferCode is a QR code for banking apps as a drawing; nothing where there
// is none.
func transferCode(content, name string) g.Node {
	if content == "" {
		return nil
	}
	c, err := qr.Encode(content, qr.M) // level M by EPC069-12
	if err != nil {
		return nil
	}
	const quiet = 4 // modules of white around it (ISO/IEC 18004)
	side := c.Size + 2*quiet
	return h.SVG(h.Class("code"), g.Attr("viewBox", fmt.Sprintf("0 0 %d %d", side, side)), h.Role("img"), h.Aria("label", name), g.Attr("shape-rendering", "crispEdges"),
		g.El("path", g.Attr("fill", "#fff"), g.Attr("d", fmt.Sprintf("M0 0h%dv%dh-%dz", side, side, side))),
		g.El("path", g.Attr("d", modules(c, quiet))))
}

// modules draws each run of black as one box, at a distance from the edge.
func modules(c *qr.Code, edge int) string {
	var path strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			run := x
			for c.Black(run, y) {
				run++
			}
			if run > x {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+edge, y+edge, run-x, run-x)
				x = run
			}
		}
	}
	return path.String()
}
