package site

import (
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/status"
)

// funcs are what templates call.
func (b *builder) funcs() template.FuncMap {
	return template.FuncMap{
		"day":      func(t time.Time) string { return t.UTC().Format(time.DateOnly) },
		"longday":  func(t time.Time) string { return t.UTC().Format("2 January 2006") },
		"minute":   func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
		"join":     strings.Join,
		"state":    func(s vocab.State) vocab.Entry { e, _ := vocab.States().Lookup(string(s)); return e },
		"install":  func(i vocab.Install) vocab.Entry { e, _ := vocab.Installs().Lookup(string(i)); return e },
		"gil":      func(v vocab.GILValue) vocab.Entry { e, _ := vocab.GILValues().Lookup(string(v)); return e },
		"base":     path.Base,
		"first":    func(n int, list []string) []string { return list[:min(n, len(list))] },
		"more":     func(n int, list []string) int { return max(0, len(list)-n) },
		"version":  func() string { return b.version },
		"has":      func(name string) bool { return b.byName[name] != nil },
		"count":    count,
		"compact":  compact,
		"tell":     b.tell,
		"retired":  b.retired,
		"systems":  func() []system { return systems(b.in.Document.Platforms) },
		"upstream": upstream,
		"class":    class,
		"pypi":     func(python string) string { return strings.TrimSuffix(python, "t") },
	}
}

// An eventView is an event whose text begins with the name of a package that has a
// page, told apart from the rest; or without a name.
type eventView struct {
	status.Event
	Root, Name, Rest string
}

func (b *builder) view(root string, e status.Event) eventView {
	v := eventView{Event: e, Root: root, Rest: e.Detail}
	if b.byName[e.Package] == nil {
		return v
	}
	v.Name = e.Package
	if rest, ok := strings.CutPrefix(e.Detail, e.Package); ok && (rest == "" || strings.ContainsRune(" :,", rune(rest[0]))) {
		v.Rest = rest
	} else {
		v.Rest = ": " + e.Detail
	}
	return v
}

// upstream is the address of an issue elsewhere, "" if it is none that a browser
// should follow.
func upstream(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return u.String()
}

// class is a word as a name of a style: what no vocabulary has is none.
func class(v any) string {
	s, ok := v.(string)
	if !ok {
		s = fmt.Sprint(v)
	}
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-") != "" {
		if s == "n/a" {
			return "na"
		}
		return "other"
	}
	return s
}

// count is a number of things.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// compact is a large number in three digits.
func compact(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f billion", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.0f million", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.0f thousand", float64(n)/1e3)
	}
	return strconv.FormatInt(n, 10)
}

// age says how long before a time a package was looked at.
func age(now time.Time, p *status.Package) string {
	switch d := now.Sub(p.Checked); {
	case p.Checked.IsZero():
		return "never"
	case d < time.Hour:
		return "now"
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d d", int(d.Hours()/24))
	}
}

// wrong is the form for mistakes, with the evidence filled in.
func (b *builder) wrong(p *status.Package) string {
	if b.in.Issues == "" {
		return ""
	}
	doc := b.in.Document
	var body strings.Builder
	fmt.Fprintf(&body, "What is wrong?\n\n\nWhat the page says of %s %s on %s:\n", p.Name, p.Version, doc.Generated.UTC().Format(time.DateOnly))
	fmt.Fprintf(&body, "- state: %s (%s)\n- GIL: %s (files %s, loaded %s)\n- rules: %d\n", p.State, clip(p.Reason, 300), p.GIL.Value, p.GIL.Static, p.GIL.Probed, doc.RuleVersion)
	for i := range p.GIL.Evidence[:min(3, len(p.GIL.Evidence))] {
		e := &p.GIL.Evidence[i]
		fmt.Fprintf(&body, "- %s: %s (sha256 %.12s, %s)\n", clip(e.File, 150), e.Says, e.SHA256, e.At.UTC().Format(time.DateOnly))
	}
	return b.issue(p.Name+": ", body.String())
}

// issue is the address of the form for mistakes.
func (b *builder) issue(title, body string) string {
	if b.in.Issues == "" {
		return ""
	}
	sep := "?"
	if strings.Contains(b.in.Issues, "?") {
		sep = "&"
	}
	return b.in.Issues + sep + url.Values{"title": {title}, "body": {body}}.Encode()
}

// clip keeps a text short enough for an address.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// strip has a letter for what each of the headline's platforms installs: the class of
// the one element that shows them all.
func strip(doc *status.Document, p *status.Package) string {
	letters := make([]byte, 0, len(doc.Platforms))
	for _, platform := range doc.Platforms {
		letters = append(letters, letter(p.Installs[doc.Python][platform]))
	}
	return string(letters)
}

func letter(i vocab.Install) byte {
	switch i {
	case vocab.InstallNative:
		return 'n'
	case vocab.InstallStableABI:
		return 'a'
	case vocab.InstallABINone:
		return 'b'
	case vocab.InstallPure:
		return 'p'
	case vocab.InstallOlder:
		return 'o'
	case vocab.InstallSdist:
		return 's'
	case vocab.InstallNone:
		return 'x'
	case vocab.InstallUnknown:
	}
	return 'u'
}

// A system is an operating system of the headline's platforms, with how many of them
// are its.
type system struct {
	Name string
	N    int
}

// systems are those of platforms, one after the other.
func systems(platforms []string) []system {
	var list []system
	for _, p := range platforms {
		name, _, _ := strings.Cut(p, "-")
		switch name { // there is little room above the bars
		case "windows":
			name = "win"
		case "macos":
			name = "mac"
		}
		if n := len(list); n > 0 && list[n-1].Name == name {
			list[n-1].N++
			continue
		}
		list = append(list, system{name, 1})
	}
	return list
}

// Widths of a strip, in bars: the gap between two of a system, and between systems.
const (
	barGap    = 0.16
	systemGap = 0.75
)

// stripRules are the styles of the strips: a bar for each platform, whose height
// tells as much as its colour, those of a system closer to each other. One rule draws
// all bars of a strip, so that a row of a large table needs no element for each.
func stripRules(strips, platforms []string, pythons int) string {
	var out strings.Builder
	fmt.Fprintf(&out, ".pkgs{--pythons:%d}\n", pythons)
	var at []float64 // where each bar begins
	end := 0.0
	all := systems(platforms)
	starts := make([]float64, len(all))
	for i, s := range all {
		if i > 0 {
			end += systemGap
		}
		starts[i] = end
		for k := range s.N {
			if k > 0 {
				end += barGap
			}
			at = append(at, end)
			end++
		}
	}
	end = max(1, end)
	// The names of the systems stand above their bars.
	for i := range all {
		next := end
		if i+1 < len(all) {
			next = starts[i+1]
		}
		fmt.Fprintf(&out, ".systems>:nth-child(%d){width:%.1f%%}\n", i+1, 100*(next-starts[i])/end)
	}
	for _, s := range strips {
		fmt.Fprintf(&out, ".p.v-%s{background-image:", s)
		for i, c := range []byte(s) {
			if i > 0 {
				out.WriteByte(',')
			}
			fmt.Fprintf(&out, "var(--b-%c)", c)
		}
		out.WriteString(";background-position:")
		for i := range s {
			if i > 0 {
				out.WriteByte(',')
			}
			place := 0.0 // of the room that a bar leaves
			if end > 1 && i < len(at) {
				place = at[i] / (end - 1)
			}
			fmt.Fprintf(&out, "%.1f%% 100%%", 100*place)
		}
		out.WriteString(";background-size:")
		for i, c := range []byte(s) {
			if i > 0 {
				out.WriteByte(',')
			}
			fmt.Fprintf(&out, "%.1f%% var(--h-%c)", 100/end, c)
		}
		out.WriteString("}\n")
	}
	return out.String()
}

// inWords says of each way to install on which platforms it is, the best first.
func inWords(doc *status.Document, p *status.Package) string {
	where := map[vocab.Install][]string{}
	for _, platform := range doc.Platforms {
		i := cmp.Or(p.Installs[doc.Python][platform], vocab.InstallUnknown)
		where[i] = append(where[i], platform)
	}
	var says []string
	for _, e := range vocab.Installs().Entries {
		switch list := where[vocab.Install(e.Name)]; {
		case len(list) == len(doc.Platforms) && len(list) > 1:
			return e.Name + " on all"
		case len(list) > 0:
			says = append(says, e.Name+" on "+strings.Join(list, ", "))
		}
	}
	return strings.Join(says, "; ")
}
