package config

import (
	"bytes"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"

	"duly/shared/o2c"
)

// brandFiles are the house's logos, part of each function's binary like the texts
// in terms/.
//
//go:embed brand
var brandFiles embed.FS

// Bounds of a logo: it travels in every letter, page and PDF.
const (
	logoMaxBytes  = 60_000
	logoMaxPixels = 1_600 // of either side
	logoMinPixels = 40    // of either side: less is blurred on paper
	logoMaxRatio  = 8     // of the longer side to the shorter
)

// contrastMin is what text needs on its ground.
const contrastMin = 4.5

// look is the section of the same name, as written.
type look struct {
	Logo   string `yaml:"logo"`
	Colour string `yaml:"colour"`
	Sender string `yaml:"sender"`
	Window string `yaml:"window"`
}

func (s look) policy(c *checker) o2c.Look {
	l := o2c.Look{Colour: s.Colour, Sender: s.Sender, Window: s.Window}
	c.must(s.Window == "" || s.Window == o2c.WindowLeft || s.Window == o2c.WindowRight, "look.window", s.Window, "left or right, or nothing: as envelopes of your country have it")
	if s.Colour != "" {
		contrast, err := contrastOnWhite(s.Colour)
		c.must(err == nil, "look.colour", s.Colour, `six hexadecimal digits, e.g. "#144ea0"`)
		c.must(err != nil || contrast >= contrastMin, "look.colour", s.Colour, fmt.Sprintf("a darker colour: its contrast on white is %.1f to 1, and people who see less need %.1f (WCAG 2.2, 1.4.3)", contrast, contrastMin))
	}
	if s.Logo == "" {
		return l
	}
	raw, err := brandFiles.ReadFile(path.Join("brand", path.Base(s.Logo)))
	if err != nil {
		c.must(false, "look.logo", s.Logo, "the name of a file in shared/boot/config/brand/")
		return l
	}
	l.Logo = raw
	l.Kind, l.Width, l.Height, err = measure(raw)
	why := ""
	if err != nil {
		why = err.Error()
	}
	c.must(err == nil, "look.logo", s.Logo, why)
	return l
}

// measure reads the kind and the size of a logo from its head, and refuses what a
// PDF or a mail program cannot show.
func measure(raw []byte) (kind string, width, height int, err error) {
	switch {
	case len(raw) > logoMaxBytes:
		return "", 0, 0, fmt.Errorf("a smaller file: it has %d bytes, at most %d travel in each letter", len(raw), logoMaxBytes)
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
		kind = "png"
		width, height, err = measurePNG(raw)
	case bytes.HasPrefix(raw, []byte{0xff, 0xd8}):
		kind = "jpeg"
		width, height, err = measureJPEG(raw)
	default:
		err = errors.New("a PNG or a JPEG; it is neither, whatever its name says")
	}
	long, short := max(width, height), min(width, height)
	switch {
	case err != nil:
	case short < logoMinPixels || long > logoMaxPixels:
		err = fmt.Errorf("a picture of %d to %d pixels a side; it has %d × %d", logoMinPixels, logoMaxPixels, width, height)
	case long > short*logoMaxRatio:
		err = fmt.Errorf("a picture at most %d times as long as high; it has %d × %d", logoMaxRatio, width, height)
	}
	return kind, width, height, err
}

// measurePNG reads the header chunk (PNG specification, 11.2.2).
func measurePNG(raw []byte) (width, height int, err error) {
	if len(raw) < 33 || string(raw[12:16]) != "IHDR" {
		return 0, 0, errors.New("a whole PNG; this one is damaged")
	}
	width, height = int(binary.BigEndian.Uint32(raw[16:20])), int(binary.BigEndian.Uint32(raw[20:24]))
	switch {
	case raw[24] > 8:
		err = errors.New("a PNG of 8 bits a channel; this one has 16")
	case raw[28] != 0:
		err = errors.New("a PNG without interlacing; save it again without")
	}
	return width, height, err
}

// measureJPEG looks for the frame header (ITU-T T.81, B.2.2).
func measureJPEG(raw []byte) (width, height int, err error) {
	for i := 2; i+9 < len(raw) && raw[i] == 0xff; {
		marker, size := raw[i+1], int(binary.BigEndian.Uint16(raw[i+2:i+4]))
		if marker >= 0xc0 && marker <= 0xc3 {
			height, width = int(binary.BigEndian.Uint16(raw[i+5:i+7])), int(binary.BigEndian.Uint16(raw[i+7:i+9]))
			if raw[i+9] == 4 {
				return 0, 0, errors.New("a JPEG in RGB; this one is in CMYK, for the press")
			}
			return width, height, nil
		}
		i += 2 + size
	}
	return 0, 0, errors.New("a whole JPEG; this one is damaged")
}

// contrastOnWhite is the contrast of a colour on white (WCAG 2.2, "contrast ratio").
func contrastOnWhite(colour string) (float64, error) {
	digits, ok := strings.CutPrefix(colour, "#")
	n, err := strconv.ParseUint(digits, 16, 32)
	if !ok || err != nil || len(digits) != 6 {
		return 0, errors.New("no colour")
	}
	light := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		c := float64(n>>(16-8*i)&0xff) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		light += weight * c
	}
	return 1.05 / (light + 0.05), nil
}
