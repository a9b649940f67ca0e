package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/resolver/indextest"
	"github.com/ftpkg/ftpkg/resolver/universe"
)

// An updated is an index, and the command that looks at it, as a process of its own.
type updated struct {
	t      *testing.T
	server *indextest.Server
	cache  string
	clock  atomic.Int64 // milliseconds
}

// killProjects is how many projects are asked for; each requires another one.
const killProjects = 24

func newUpdated(t *testing.T) *updated {
	t.Helper()
	var text strings.Builder
	text.WriteString("shows what is killed\nroot p00\n")
	for i := range killProjects {
		fmt.Fprintf(&text, `package p%02d
  version 1.0
    uploaded 2026-01-01
    wheel cp314-cp314-manylinux_2_28_x86_64 cp314-cp314t-manylinux_2_28_x86_64
    requires q%02d
  version 0.9
    uploaded 2025-12-01
    sdist
package q%02d
  version 1.0
    uploaded 2026-01-01
`, i, i, i)
	}
	c, err := universe.Parse("killed", text.String())
	if err != nil {
		t.Fatal(err)
	}
	u := &updated{t: t, server: indextest.NewServer(c.Universe), cache: t.TempDir()}
	t.Cleanup(u.server.Close)
	return u
}

// command is one of ftpkg on a store. Every store has a cache of its own.
func (u *updated) command(db string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(u.t.Context(), "ftpkg", append(args, "--store", db)...) // the test binary, by way of TestMain
	now := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC).Add(time.Duration(u.clock.Add(1)) * time.Millisecond)
	cmd.Env = append(os.Environ(), "FTPKG_INDEX_URL="+u.server.IndexURL("main"), "FTPKG_CACHE_DIR="+db+".cache",
		"FTPKG_TEST_NOW="+now.Format(time.RFC3339Nano), "PIP_CONFIG_FILE="+os.DevNull, "HOME="+u.cache, "FTPKG_NO_CONFIG=1")
	return cmd
}

func (u *updated) run(db string, args ...string) string {
	u.t.Helper()
	var stderr bytes.Buffer
	cmd := u.command(db, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		u.t.Fatalf("ftpkg %s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return string(out)
}

// store makes one that tracks the projects.
func (u *updated) store() string {
	u.t.Helper()
	db := filepath.Join(u.t.TempDir(), "track.db")
	names := []string{"track", "add"}
	for i := range killProjects {
		names = append(names, fmt.Sprintf("p%02d", i))
	}
	u.run(db, names...)
	return db
}

// facts are all that a store holds, but for its own numbers.
func (u *updated) facts(db string) string {
	u.t.Helper()
	var b strings.Builder
	for line := range strings.Lines(u.run(db, "track", "export", "jsonl")) {
		var h map[string]any
		if err := json.Unmarshal([]byte(line), &h); err != nil {
			u.t.Fatal(err)
		}
		withoutNumbers(h)
		// Of what a kill left half done, and of two at once, there may be one more look:
		// what counts is that there was one, and that it brought each fact once.
		if looks, ok := h["observations"].([]any); ok && len(looks) > 0 {
			h["observations"] = "some"
		}
		text, err := json.Marshal(h)
		if err != nil {
			u.t.Fatal(err)
		}
		b.Write(append(text, '\n'))
	}
	return b.String()
}

// rows are what follows from the facts in a store.
func (u *updated) rows(db string) string {
	u.t.Helper()
	var doc any
	if err := json.Unmarshal([]byte(u.run(db, "track", "export", "json")), &doc); err != nil {
		u.t.Fatal(err)
	}
	withoutNumbers(doc)
	text, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		u.t.Fatal(err)
	}
	return string(text)
}

// withoutNumbers drops what differs from store to store: its own numbers, and when
// exactly something was looked at.
func withoutNumbers(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			withoutNumbers(e)
		}
	case map[string]any:
		delete(v, "id")
		delete(v, "observation")
		for k, e := range v {
			if text, ok := e.(string); ok && strings.HasPrefix(text, "2026-11-20T12:") {
				v[k] = "now"
			}
			withoutNumbers(e)
		}
	}
}

// Updates that are killed at random points leave a store that is sound, and the next
// one goes on; in the end it is as if nothing had happened. Now and then another
// update runs beside the one that is killed.
func TestUpdateKilled(t *testing.T) {
	t.Parallel()
	const kills = 50
	u := newUpdated(t)
	db := u.store()
	began := time.Now()
	u.run(db, "track", "update", "--inspect", "-j", "2")
	whole := time.Since(began)
	want, rows := u.facts(db), u.rows(db)
	u.server.ResetLog()
	killed, stores, amid := 0, 0, 0
	for killed < kills && !t.Failed() {
		db := u.store()
		stores++
		for done := false; !done; {
			victim := u.command(db, "track", "update", "--inspect", "-j", "2")
			if err := victim.Start(); err != nil {
				t.Fatal(err)
			}
			other := u.command(db, "track", "update", "--inspect", "-j", "2")
			two := killed%5 == 4
			var said bytes.Buffer
			if two {
				other.Stderr = &said
				if err := other.Start(); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Duration(rand.Int64N(int64(whole))))
			if err := victim.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Fatal(err)
			}
			if done = victim.Wait() == nil; !done {
				killed++
			}
			if two {
				if err := other.Wait(); err != nil {
					t.Fatalf("the other update: %v\n%s", err, &said)
				}
				done = true
			}
			u.run(db, "track", "verify") // exit status 1 if it is not sound
			if !done && strings.Contains(u.run(db, "track", "export", "jsonl"), `"outcome":"changed"`) {
				amid++
			}
		}
		u.run(db, "track", "update", "--inspect", "-j", "2")
		if diff := cmp.Diff(want, u.facts(db)); diff != "" {
			t.Errorf("store %d, after %d kills: %s", stores, killed, diff)
		}
		if diff := cmp.Diff(rows, u.rows(db)); diff != "" {
			t.Errorf("store %d, after %d kills: %s", stores, killed, diff)
		}
	}
	t.Logf("%d kills in %d stores, %d amid the work; a whole update takes %v, and %d requests were made", killed, stores, amid, whole, u.server.Count())
	if amid == 0 {
		t.Error("no kill came amid the work")
	}
}

// Two updates at once do the work of one.
func TestUpdateTwice(t *testing.T) {
	t.Parallel()
	u := newUpdated(t)
	alone := u.store()
	u.run(alone, "track", "update", "--inspect")
	want := u.facts(alone)
	db := u.store()
	var cmds []*exec.Cmd
	for range 3 {
		cmd := u.command(db, "track", "update", "--inspect")
		cmd.Stderr = new(bytes.Buffer)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		cmds = append(cmds, cmd)
	}
	for _, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %s", err, cmd.Stderr)
		}
	}
	u.run(db, "track", "verify")
	if diff := cmp.Diff(want, u.facts(db)); diff != "" {
		t.Error(diff)
	}
}
