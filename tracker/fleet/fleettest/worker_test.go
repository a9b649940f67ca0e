package fleettest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/internal/fetch"
	"github.com/ftpkg/ftpkg/internal/index"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/fleet"
	"github.com/ftpkg/ftpkg/tracker/fleet/fleettest"
	"github.com/ftpkg/ftpkg/tracker/status"
	"github.com/ftpkg/ftpkg/tracker/store"
)

// work is the variable that makes the test binary a worker; it holds a duty.
const work = "FTPKG_TEST_WORK"

// beat is how often workers give a sign of life, and silence how long they wait for
// the database.
const (
	beat    = 500 * time.Millisecond
	silence = 3 * time.Second
)

// A duty says what a worker works on.
type duty struct {
	Name, Store, Index, Cache string
}

// opened is what an updater needs, opened.
type opened struct {
	store   *store.Store
	updater *tracker.Updater
	client  *index.Client
}

func (d *duty) open(ctx context.Context) (*opened, error) {
	s, err := store.Open(ctx, d.Store, store.Options{Now: time.Now, Tool: "test", Silence: silence})
	if err != nil {
		return nil, err
	}
	client, err := index.New(index.Options{
		Indexes: []string{d.Index}, CacheDir: d.Cache, Now: time.Now,
		Doer: fetch.NewTransport(fetch.TransportOptions{}), Retry: fetch.RetryOptions{Now: time.Now},
	})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &opened{s, &tracker.Updater{
		Store: s, Index: client, Reader: inspect.NewReader(inspect.Options{Remote: client}), Deriver: status.New(status.DefaultRules()),
		Source: "test", Tool: "test", Now: time.Now,
	}, client}, nil
}

func (o *opened) close() error {
	o.client.Close()
	return o.store.Close()
}

// perform is what a worker's process does until it is told to end.
func (d *duty) perform(ctx context.Context) (err error) {
	o, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	f, err := fleet.Open(ctx, d.Store, fleet.Options{Store: o.store, Now: time.Now, Tool: "test", Silence: silence, Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Work(ctx, fleet.WorkOptions{
		Updater: o.updater, Name: d.Name, Queues: []string{fleet.QueueRefresh, fleet.QueueInspect}, Jobs: 2, Beat: beat,
		Backoff: func(int) time.Duration { return beat },
	})
}

// workMain is the main function of a worker's process.
func workMain(text string) int {
	var d duty
	err := json.Unmarshal([]byte(text), &d)
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		go func() { // ends with the tests, by whatever end they come to
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(1)
		}()
		err = d.perform(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// startWorker starts a worker as a process of its own.
func startWorker(t *testing.T, d duty) *fleettest.Process {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), work+"="+string(text))
	if _, err := cmd.StdinPipe(); err != nil { // open for as long as this process is
		t.Fatal(err)
	}
	p, err := fleettest.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}
