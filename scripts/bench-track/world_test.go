//go:build unix

package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/resolver/simple"
)

// TestWorld makes an index twice, and reads it as ftpkg does.
func TestWorld(t *testing.T) {
	t.Parallel()
	const n = 40
	w, err := newWorld(7, n, n)
	if err != nil {
		t.Fatal(err)
	}
	again, err := newWorld(7, n+10, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range w.packages {
		if other := again.packages[i]; p.name != other.name || !bytes.Equal(p.json, other.json) {
			t.Errorf("%s is another one, or says something else, in a larger world", p.name)
		}
		for _, name := range p.requires {
			if !containsName(w.packages[:i], name) {
				t.Errorf("%s requires %s, which is not before it", p.name, name)
			}
		}
	}
	s, err := serve(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.http.Close() })
	transport := fetch.NewTransport(fetch.TransportOptions{})
	t.Cleanup(transport.Close)
	open := func(flavour string) *index.Client {
		c, err := index.New(index.Options{Indexes: []string{s.url + flavour + "/simple/"}, Now: time.Now, Doer: transport})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	asJSON, asHTML := open("json"), open("html")
	reader := inspect.NewReader(inspect.Options{Remote: asJSON})
	files, wheels, on := 0, 0, 0
	for _, p := range w.packages {
		pages := map[string]*simple.Project{}
		for flavour, c := range map[string]*index.Client{"json": asJSON, "html": asHTML} {
			page, err := c.Project(t.Context(), p.name)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.UploadTimes(t.Context(), page); err != nil {
				t.Errorf("%s, %s: %v", p.name, flavour, err)
			}
			pages[flavour] = page
		}
		if diff := cmp.Diff(told(pages["json"]), told(pages["html"])); diff != "" {
			t.Errorf("%s (-json +html):\n%s", p.name, diff)
		}
		page := pages["json"]
		for i := range page.Releases {
			for j := range page.Releases[i].Files {
				f := &page.Releases[i].Files[j]
				files++
				if _, ok := p.served[f.Filename]; !ok || !strings.HasSuffix(f.Filename, ".whl") {
					continue
				}
				wheels++
				got, err := reader.Wheel(t.Context(), inspect.FromPage(page, f))
				if err != nil {
					t.Fatal(err)
				}
				if len(got.Modules) != 2 || got.Modules[0].Declaration != vocab.DeclarationNotUsed && got.Modules[1].Declaration != vocab.DeclarationNotUsed {
					t.Errorf("%s: %+v", f.Filename, got.Modules)
				}
				for k := range got.Modules {
					if got.Modules[k].Declaration.TurnsOn() {
						on++
					}
				}
			}
		}
		// Every newest release tells what it requires: by a wheel, or else its source.
		f := &page.Releases[0].Files[0]
		for i := range page.Releases[0].Files {
			if x := &page.Releases[0].Files[i]; strings.HasSuffix(x.Filename, ".whl") {
				f = x
			}
		}
		if m, err := asJSON.Metadata(t.Context(), page, f); err != nil || len(m.RequiresDist) != len(p.requires)+1 {
			t.Errorf("%s: %v, %v", f.Filename, m, err)
		}
	}
	if files != w.files || wheels == 0 || on == 0 || on >= wheels {
		t.Errorf("%d files, %d wheels that can be read, %d modules that turn the GIL on", files, wheels, on)
	}
	if lost := s.lost.Load(); lost > 0 {
		t.Errorf("%d things were asked for that are not there", lost)
	}
}

func containsName(packages []*pack, name string) bool {
	for _, p := range packages {
		if p.name == name {
			return true
		}
	}
	return false
}

// told is what both flavours tell of a project's files.
func told(p *simple.Project) []string {
	var lines []string
	for i := range p.Releases {
		for j := range p.Releases[i].Files {
			f := &p.Releases[i].Files[j]
			lines = append(lines, fmt.Sprintf("%s %x %d %s %v", f.Filename, f.SHA256, f.Uploaded, p.RequiresPython[f.RequiresPython], f.Metadata))
		}
	}
	return lines
}

func TestDraw(t *testing.T) {
	t.Parallel()
	cost := func(ms int) *cost { return &cost{CPU: time.Duration(ms) * time.Millisecond} }
	text := string(draw([]*trial{
		{n: 100, first: cost(900), second: cost(250), publish: cost(400)}, {n: 10000, first: cost(91000), second: cost(26000), publish: cost(41000)},
	}))
	for _, want := range []string{`role="img"`, "9.00 ms of 100, 9.10 ms of 10000", ">first update, --inspect</text>", ">10000</text>"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	for most, want := range map[float64]float64{9.1: 2, 12: 2, 13: 5, 0.9: 0.2, 30: 5, 31: 10} {
		if got := stepOf(most); got < want*0.999 || got > want*1.001 {
			t.Errorf("a grid up to %g: %g apart, want %g", most, got, want)
		}
	}
}
