package pgtest

import (
	"net/url"
	"os"
	"testing"
)

func TestServer(t *testing.T) {
	t.Parallel()
	s := Start(t)
	one, two := s.Database(t), s.Database(t)
	if one == two {
		t.Errorf("two databases are one: %s", one)
	}
	for _, where := range []string{one, two} {
		u, err := url.Parse(where)
		if err != nil {
			t.Fatal(err)
		}
		if host := u.Query().Get("host"); u.Scheme != "postgres" || host == "" {
			t.Errorf("address %s", where)
		}
		host, port := s.address()
		if err := s.run(t.Context(), "psql", "-h", host, "-p", port, "-U", superuser, "-d", u.Path[1:], "-c", "CREATE TABLE x (y int)"); err != nil {
			t.Error(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.dir); !os.IsNotExist(err) {
		t.Errorf("its directory is left: %v", err)
	}
	select {
	case <-s.done:
	default:
		t.Error("it still runs")
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	s := Server{bin: t.TempDir(), dir: t.TempDir()}
	if err := s.run(t.Context(), "initdb"); err == nil {
		t.Error("a program that is not there ran")
	}
	if complete(s.bin) {
		t.Error("an empty directory has all programs")
	}
}
