package o2c

import "cmp"

// Look is how the house's papers, letters and pages look. The zero value has no
// logo and our own blue.
type Look struct {
	Logo   []byte // a PNG or JPEG; none: the name alone
	Kind   string // "png" or "jpeg"
	Width  int    // of the logo, in pixels
	Height int
	Colour string // of links and buttons, "#144ea0"
	Sender string // the name that letters come from; "": the company's
	Window string // WindowLeft or WindowRight: where its envelopes have theirs; "": as in its country
}

// Where the window of an envelope is.
const (
	WindowLeft  = "left"
	WindowRight = "right"
)

// Accent is the colour of links and buttons: a blue of contrast 7.6 : 1 on white,
// where the house has none of its own.
func (l Look) Accent() string { return cmp.Or(l.Colour, "#144ea0") }

// HasLogo reports whether there is a logo to show.
func (l Look) HasLogo() bool { return len(l.Logo) > 0 && l.Width > 0 && l.Height > 0 }

// LogoCID names the logo inside a letter (RFC 2392): "cid:" and this is where its
// HTML shows it.
const LogoCID = "logo@duly"
