package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/ftpkg/ftpkg/tracker/store/pgtest"
)

// A worker tells Prometheus what it does, until it is told to stop.
func TestWorkerMetrics(t *testing.T) {
	t.Parallel()
	where := pgtest.Start(t).Database(t)
	if _, stderr, code := runIn(t, world(t, "track", "init", "--empty", "--store", where)); code != 0 {
		t.Fatal(stderr)
	}
	r, w := io.Pipe()
	var errs strings.Builder
	env := world(t, "worker", "--store", where, "--metrics", "127.0.0.1:0", "--name", "one", "--index-url", "http://127.0.0.1:1/simple", "--no-cache", "--rate", "0")
	env.Stdout, env.Direct, env.Stderr = w, w, &errs
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, env)
		_ = w.Close() // always nil
	}()
	lines := bufio.NewReader(r)
	address, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	if line, err := lines.ReadString('\n'); err != nil || line != "one works on refresh, inspect\n" {
		t.Errorf("%q, %v", line, err)
	}
	client := &http.Client{Timeout: 30 * time.Second}
	p := expfmt.NewTextParser(model.UTF8Validation)
	var resp *http.Response
	for end := time.After(time.Minute); ; { // its queues are known as soon as the database has heard of it
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSpace(address), nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err = client.Do(req); err != nil {
			t.Fatal(err)
		}
		families, err := p.TextToMetricFamilies(resp.Body)
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
		if err != nil || families["ftpkg_jobs_total"] == nil || families["ftpkg_requests_total"] == nil {
			t.Fatalf("%v: %v", err, families)
		}
		if len(families["ftpkg_queue_workers"].GetMetric()) == 2 {
			break
		}
		select {
		case <-end:
			t.Fatalf("no queues: %v", families)
		case <-time.After(20 * time.Millisecond):
		}
	}
	if got := expfmt.ResponseFormat(resp.Header); got.FormatType() != expfmt.TypeTextPlain {
		t.Errorf("the format is %s", got)
	}
	cancel()
	select {
	case got := <-code:
		if got != exitOK || errs.String() != "" {
			t.Errorf("exit status %d: %s", got, errs.String())
		}
	case <-time.After(time.Minute):
		t.Error("it does not stop")
	}
	for _, args := range [][]string{{"--metrics", "nowhere"}, {"--metrics", "127.0.0.1:1:1"}} {
		if _, stderr, code := runIn(t, world(t, append([]string{"worker", "--store", where}, args...)...)); code != exitUsage || !strings.Contains(stderr, "flag --metrics") {
			t.Errorf("%v: exit status %d: %s", args, code, stderr)
		}
	}
}
