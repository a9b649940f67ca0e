package status

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestEvents plays what an index went through, day by day, and holds the events
// and the curve to what is written down. "six VERSION ABI [module=declaration...]"
// stands for wheels for the six platforms.
func TestEvents(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/events/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	d := New(DefaultRules())
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			h := script(t, "it", play(t, section(a, "index")))
			var events strings.Builder
			for _, e := range d.Events(h, time.Time{}, day(t, now)) {
				fmt.Fprintf(&events, "%s %s: %s\n", e.At.Format(time.DateOnly), e.Kind, e.Detail)
			}
			got["events"] = events.String()
			var rows strings.Builder
			for line := range strings.Lines(section(a, "rows")) {
				at, _, _ := strings.Cut(strings.TrimSpace(line), " ")
				row := d.Package(h, day(t, at))
				Close([]*Package{row})
				fmt.Fprintf(&rows, "%s %s", at, row.State)
				if row.Version != "" {
					fmt.Fprintf(&rows, " %s, GIL %s", row.Version, row.GIL.Value)
				}
				if row.Newest != "" {
					fmt.Fprintf(&rows, " (%s is settling)", row.Newest)
				}
				if row.Reason != "" {
					fmt.Fprintf(&rows, ": %s", row.Reason)
				}
				rows.WriteByte('\n')
			}
			got["rows"] = rows.String()
			var marks strings.Builder
			for _, m := range d.Marks(h, day(t, now)) {
				fmt.Fprintf(&marks, "%s of %t, installs %t, off %t\n", m.At.Format(time.DateOnly), m.Of, m.Installs, m.Off)
			}
			got["marks"] = marks.String()
			for i := range a.Files {
				f := &a.Files[i]
				want, ok := got[f.Name]
				if !ok {
					continue
				}
				if *update {
					f.Data = []byte(want)
				} else if diff := cmp.Diff(string(f.Data), want); diff != "" {
					t.Errorf("%s (-want +got):\n%s", f.Name, diff)
				}
			}
			if *update {
				if err := os.WriteFile(path, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// play spells out what stands for several files.
func play(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) > 3 && words[1] == "six" {
			b.WriteString(wheels(words[0], "it", words[2], words[3], strings.Join(words[4:], " ")))
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}

func TestCurves(t *testing.T) {
	t.Parallel()
	d := New(DefaultRules())
	until := day(t, now)
	marks := map[string][]Mark{
		"a": d.Marks(script(t, "a", wheels("2025-01-01", "a", "1.0", "cp313", "")+wheels("2025-03-01", "a", "1.1", "cp313", "")+wheels("2025-03-01", "a", "1.1", "cp313t", "a=not-used")), until),
		"b": d.Marks(script(t, "b", wheels("2025-02-01", "b", "1.0", "cp313", "")+wheels("2025-02-01", "b", "1.0", "cp313t", "b=used")), until),
		"c": d.Marks(script(t, "c", "2025-01-01 + c-1.0-py3-none-any.whl"), until),
	}
	days := []time.Time{day(t, "2024-12-01"), day(t, "2025-01-15"), day(t, "2025-02-15"), day(t, "2025-03-15")}
	got := Curves(marks, days, func(string, time.Time) bool { return true })
	want := []Point{{Day: days[0]}, {Day: days[1], Of: 1}, {Day: days[2], Of: 2, Installs: 1}, {Day: days[3], Of: 2, Installs: 2, Off: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = Curves(marks, days[3:], func(name string, _ time.Time) bool { return name == "b" })
	if diff := cmp.Diff([]Point{{Day: days[3], Of: 1, Installs: 1}}, got); diff != "" {
		t.Error(diff)
	}
}
