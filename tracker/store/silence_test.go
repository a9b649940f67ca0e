package store_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/tracker/fleet/fleettest"
	"github.com/ftpkg/ftpkg/tracker/store"
	"github.com/ftpkg/ftpkg/tracker/store/pgtest"
	"github.com/ftpkg/ftpkg/tracker/store/storetest"
)

// A database that is cut off is not waited for longer than was said, and works again
// when it is there again. Sessions that were left behind give way.
func TestPostgresSilent(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(pgtest.Start(t).Database(t))
	if err != nil {
		t.Fatal(err)
	}
	host, port := u.Query().Get("host"), u.Query().Get("port")
	network, addr := "tcp", host+":"+port
	if strings.HasPrefix(host, "/") {
		network, addr = "unix", host+"/.s.PGSQL."+port
	}
	proxy, err := fleettest.NewProxy(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = proxy.Close() })
	u.Host, u.RawQuery = proxy.Addr(), "sslmode=disable"
	o := frozen()
	o.Silence = 5 * time.Second // more than a slow machine takes for any statement here
	s := storetest.Open(t, u.String(), o)
	said := storetest.Open(t, u.String()+"&idle_in_transaction_session_timeout=2000", frozen())
	for s, want := range map[*store.Store]string{s: "1min", said: "2s"} {
		var limit string
		if err := store.Connections(s).QueryRowContext(t.Context(), "SHOW idle_in_transaction_session_timeout").Scan(&limit); err != nil || limit != want {
			t.Errorf("%s: sessions give way after %s, %v; want %s", s.Name(), limit, err, want)
		}
	}
	if _, err := s.AddProjects(t.Context(), "", "numpy"); err != nil {
		t.Fatal(err)
	}
	proxy.Break(fleettest.Blackhole)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if _, err := s.Names(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("of a database that does not answer: %v, %v", err, ctx.Err())
	}
	proxy.Break(fleettest.Sound)
	for { // connections that were cut off are found one by one
		names, err := s.Names(ctx)
		if err == nil && len(names) == 1 {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%q, %v", names, err)
		}
	}
}
