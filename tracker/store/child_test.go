package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/tracker/store"
	"github.com/ftpkg/ftpkg/tracker/store/storetest"
)

// The test binary runs itself to be killed, confined or deprived of rights: a mode
// and a place in its environment say what it does.
const (
	modeVar  = "FTPKG_STORE_TEST_MODE"
	placeVar = "FTPKG_STORE_TEST_PLACE"
)

func TestMain(m *testing.M) {
	mode := os.Getenv(modeVar)
	if mode == "" {
		os.Exit(m.Run())
	}
	if err := runMode(mode, os.Getenv(placeVar)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func runMode(mode, place string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	do, ok := childModes()[mode]
	if !ok {
		return fmt.Errorf("no mode %q", mode)
	}
	return do(ctx, place)
}

// childModes are what the binary does when it runs itself.
func childModes() map[string]func(ctx context.Context, place string) error {
	modes := map[string]func(context.Context, string) error{"update": childUpdate, "upgrade": childUpgrade}
	maps.Copy(modes, systemModes())
	return modes
}

// child is the test binary, to be run in a mode.
func child(mode, place string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), modeVar+"="+mode, placeVar+"="+place)
	return cmd
}

// runChild runs the test binary to its end.
func runChild(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, out.Bytes())
	}
	return out.String()
}

// The work of an updater that may be killed: looks at projects, each after what an
// earlier run did.
const workProjects = 20

func work() storetest.Story { return storetest.Story{Seed: 5, Looks: 6, Files: 8} }

func frozen() store.Options {
	return store.Options{Now: storetest.Begin, Tool: "ftpkg test"}
}

// childUpdate does the work, or what is left of it.
func childUpdate(ctx context.Context, place string) error {
	s, err := store.Open(ctx, place, frozen())
	if err != nil {
		return err
	}
	return errors.Join(doWork(ctx, s), s.Close())
}

func doWork(ctx context.Context, s *store.Store) error {
	tell := work()
	for p := range workProjects {
		if _, err := s.AddProjects(ctx, "", tell.Name(p)); err != nil {
			return err
		}
		seen, err := s.Seen(ctx, tell.Name(p))
		if err != nil {
			return err
		}
		for _, b := range tell.Batches(p) {
			if seen.Last != nil && b.Observation.At.Before(seen.Last.At) { // the last one again, which does nothing
				continue
			}
			if _, err := s.Record(ctx, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// undisturbed is the dump of a store in which the work was done in one go.
func undisturbed(t *testing.T) string {
	t.Helper()
	s := storetest.Open(t, t.TempDir()+"/track.db", frozen())
	if err := doWork(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return storetest.Dump(t, s)
}
