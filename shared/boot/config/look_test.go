package config

import (
	"encoding/binary"
	"strings"
	"testing"
)

// png is the head of a PNG of a size.
func png(width, height uint32, depth, interlace byte) []byte {
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"), make([]byte, 17)...)
	binary.BigEndian.PutUint32(b[16:], width)
	binary.BigEndian.PutUint32(b[20:], height)
	b[24], b[28] = depth, interlace
	return b
}

// jpeg is the head of a JPEG of a size, with a comment before its frame.
func jpeg(width, height uint16, parts byte) []byte {
	b := []byte{0xff, 0xd8, 0xff, 0xfe, 0, 4, 'h', 'i', 0xff, 0xc0, 0, 17, 8, byte(height >> 8), byte(height), byte(width >> 8), byte(width), parts}
	return append(b, make([]byte, 10)...)
}

func TestLogos(t *testing.T) {
	for name, tt := range map[string]struct {
		raw  []byte
		says string // "": it will do
	}{
		"a PNG":                {png(500, 160, 8, 0), ""},
		"a JPEG":               {jpeg(500, 160, 3), ""},
		"too many bytes":       {append(png(500, 160, 8, 0), make([]byte, logoMaxBytes)...), "a smaller file"},
		"another kind":         {[]byte("GIF89a"), "neither"},
		"an SVG":               {[]byte("<svg/>"), "neither"},
		"half a PNG":           {png(500, 160, 8, 0)[:20], "damaged"},
		"half a JPEG":          {jpeg(500, 160, 3)[:10], "damaged"},
		"sixteen bits":         {png(500, 160, 16, 0), "8 bits"},
		"interlaced":           {png(500, 160, 8, 1), "without interlacing"},
		"for the press":        {jpeg(500, 160, 4), "CMYK"},
		"too small":            {png(500, 20, 8, 0), "40 to 1600 pixels"},
		"too large":            {png(2000, 500, 8, 0), "40 to 1600 pixels"},
		"a line":               {png(1000, 100, 8, 0), "8 times as long"},
		"a marker without end": {[]byte{0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xe0, 0, 0, 0, 0, 0, 0}, "damaged"},
	} {
		kind, w, h, err := measure(tt.raw)
		switch {
		case tt.says == "" && (err != nil || w != 500 || h != 160 || kind == ""):
			t.Errorf("%s: %s %d × %d, %v", name, kind, w, h, err)
		case tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)):
			t.Errorf("%s: %v", name, err)
		}
	}
}
