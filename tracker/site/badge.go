package site

import (
	"fmt"
	"html"
	"unicode/utf8"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// badgeLabel stands on the left of every badge.
const badgeLabel = "free-threaded"

// badgeColour is the colour of a state, of enough contrast with white text.
func badgeColour(s vocab.State) string {
	switch s {
	case vocab.StateClear:
		return "#1a7f37"
	case vocab.StateClearPartial:
		return "#2f7a5c"
	case vocab.StateBlocked, vocab.StateFallback:
		return "#9a6700"
	case vocab.StateGILOn, vocab.StateSourceOnly, vocab.StateNone:
		return "#b42318"
	case vocab.StateUnknown:
	}
	return "#57606a"
}

// badges makes an SVG and an endpoint for shields for a package.
func badges(p *status.Package) ([]File, error) {
	end, err := document("badge/"+p.Name+".json", struct {
		SchemaVersion int    `json:"schemaVersion"`
		Label         string `json:"label"`
		Message       string `json:"message"`
		Color         string `json:"color"`
	}{1, badgeLabel, string(p.State), badgeColour(p.State)})
	return []File{end, {"badge/" + p.Name + ".svg", badge(badgeLabel, string(p.State), badgeColour(p.State))}}, err
}

// badge draws two boxes. The widths are estimated, and the text is fitted to them, so
// that no font has to be known.
func badge(left, right, colour string) []byte {
	const char, pad, height = 6.6, 10, 20
	width := func(s string) float64 { return float64(utf8.RuneCountInString(s))*char + pad }
	l, r := width(left), width(right)
	text := func(x, w float64, s string) string {
		return fmt.Sprintf(`<text x="%.1f" y="14" textLength="%.1f" lengthAdjust="spacingAndGlyphs">%s</text>`, x+w/2, w-pad, html.EscapeString(s))
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%.1f" height="%d" role="img" aria-label="%s: %s"><title>%s: %s</title>`+
		`<clipPath id="r"><rect width="%.1f" height="%d" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="%.1f" height="%d" fill="#3b4350"/><rect x="%.1f" width="%.1f" height="%d" fill="%s"/></g>`+
		`<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">%s%s</g></svg>`+"\n",
		l+r, height, html.EscapeString(left), html.EscapeString(right), html.EscapeString(left), html.EscapeString(right),
		l+r, height, l, height, l, r, height, colour, text(0, l, left), text(l, r, right))
}
