package page

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
)

// The drawing area of a chart, in pixels of its own coordinate system.
const (
	chartWidth, chartHeight    = 560.0, 220.0
	chartLeft, chartTop        = 52.0, 12.0
	chartPlotWidth, chartPlotH = chartWidth - chartLeft - 12, chartHeight - chartTop - 44
)

func chartColour(i int) string {
	colours := []string{"#1264a3", "#2bac76", "#e8912d", "#cd2553", "#6b4fbb", "#4a4a4a"}
	return colours[i%len(colours)]
}

type series struct {
	name   string
	values []float64
}

// chart draws a data_visualization block as SVG; axes begin at zero.
func chart(b map[string]any) template.HTML {
	c := object(b["chart"])
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s">`, chartWidth, chartHeight, html.EscapeString(str(b, "title")))
	if str(c, "type") == "pie" {
		pie(&svg, list(c["segments"]))
	} else {
		plot(&svg, str(c, "type"), c)
	}
	svg.WriteString("</svg>")
	return template.HTML(svg.String()) //nolint:gosec // texts are escaped where they are written
}

func plot(svg *strings.Builder, kind string, c map[string]any) {
	labels := list(object(c["axis_config"])["categories"])
	var all []series
	low, high := 0.0, 0.0
	for _, v := range list(c["series"]) {
		s := series{name: str(object(v), "name")}
		for _, p := range list(object(v)["data"]) {
			value := decimal(object(p)["value"])
			low, high = math.Min(low, value), math.Max(high, value)
			s.values = append(s.values, value)
		}
		all = append(all, s)
	}
	step := niceStep((high - low) / 4)
	low, high = math.Floor(low/step)*step, math.Ceil(high/step)*step
	if high == low {
		high = low + step
	}
	y := func(v float64) float64 { return chartTop + chartPlotH*(high-v)/(high-low) }
	for v := low; v <= high+step/2; v += step {
		fmt.Fprintf(svg, `<line x1="%g" x2="%g" y1="%.1f" y2="%.1f" stroke="#ddd"/>`, chartLeft, chartLeft+chartPlotWidth, y(v), y(v))
		fmt.Fprintf(svg, `<text x="%g" y="%.1f" text-anchor="end">%s</text>`, chartLeft-6, y(v)+4, short(v))
	}
	slot := chartPlotWidth / math.Max(1, float64(len(labels)))
	for i, label := range labels {
		fmt.Fprintf(svg, `<text x="%.1f" y="%g" text-anchor="middle">%s</text>`, chartLeft+slot*(float64(i)+.5), chartTop+chartPlotH+16, html.EscapeString(fmt.Sprint(label)))
	}
	for i, s := range all {
		if kind == "bar" {
			bars(svg, s, i, len(all), slot, y)
		} else {
			curve(svg, s, i, kind == "area", slot, y)
		}
		fmt.Fprintf(svg, `<rect x="%g" y="%g" width="10" height="10" rx="2" fill="%s"/><text x="%g" y="%g">%s</text>`,
			chartLeft+float64(i)*130, chartHeight-14, chartColour(i), chartLeft+float64(i)*130+15, chartHeight-5, html.EscapeString(s.name))
	}
}

func bars(svg *strings.Builder, s series, i, n int, slot float64, y func(float64) float64) {
	width := slot * .7 / float64(n)
	for j, v := range s.values {
		top, bottom := y(math.Max(v, 0)), y(math.Min(v, 0))
		fmt.Fprintf(svg, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2" fill="%s"/>`,
			chartLeft+slot*(float64(j)+.15)+width*float64(i), top, width, bottom-top, chartColour(i))
	}
}

func curve(svg *strings.Builder, s series, i int, filled bool, slot float64, y func(float64) float64) {
	var points []string
	for j, v := range s.values {
		points = append(points, fmt.Sprintf("%.1f,%.1f", chartLeft+slot*(float64(j)+.5), y(v)))
	}
	if len(points) == 0 {
		return
	}
	if filled {
		last := chartLeft + slot*(float64(len(points))-.5)
		fmt.Fprintf(svg, `<polygon points="%.1f,%.1f %s %.1f,%.1f" fill="%s" opacity=".25"/>`, chartLeft+slot*.5, y(0), strings.Join(points, " "), last, y(0), chartColour(i))
	}
	fmt.Fprintf(svg, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2.5" stroke-linejoin="round"/>`, strings.Join(points, " "), chartColour(i))
}

func pie(svg *strings.Builder, segments []any) {
	total := 0.0
	for _, v := range segments {
		total += decimal(object(v)["value"])
	}
	const cx, cy, r = 110.0, 110.0, 95.0
	angle := -math.Pi / 2
	for i, v := range segments {
		value := decimal(object(v)["value"])
		share := value / math.Max(total, 1e-9)
		end := angle + 2*math.Pi*math.Min(share, .9999)
		large := 0
		if share > .5 {
			large = 1
		}
		fmt.Fprintf(svg, `<path d="M%g %g L%.2f %.2f A%g %g 0 %d 1 %.2f %.2f Z" fill="%s" stroke="#fff"/>`, cx, cy,
			cx+r*math.Cos(angle), cy+r*math.Sin(angle), r, r, large, cx+r*math.Cos(end), cy+r*math.Sin(end), chartColour(i))
		fmt.Fprintf(svg, `<rect x="240" y="%d" width="10" height="10" rx="2" fill="%s"/><text x="256" y="%d">%s · %s (%.0f %%)</text>`,
			30+i*26, chartColour(i), 39+i*26, html.EscapeString(str(object(v), "label")), short(value), share*100)
		angle = end
	}
}

// niceStep is the next larger of 1, 2, 5 times a power of ten.
func niceStep(raw float64) float64 {
	if raw <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*power {
			return m * power
		}
	}
	return 10 * power
}

func short(v float64) string {
	switch a := math.Abs(v); {
	case a >= 1e6:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", v/1e6), ".0") + "M"
	case a >= 1e3:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", v/1e3), ".0") + "k"
	default:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
	}
}
