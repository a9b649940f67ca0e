// Command runtime-catalogue writes the catalogue of CPython builds that ftpkg
// carries, probe/runtime/builds.json, from the index that python-build-standalone
// publishes.
//
//	go run ./scripts/runtime-catalogue
//	go run ./scripts/runtime-catalogue -index FILE -o FILE
//
// "ftpkg runtime update" does the same for one user, into the data directory.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/probe/runtime"
)

func main() {
	index := flag.String("index", "", "`URL` or file of the index; the publisher's own if empty")
	out := flag.String("o", "probe/runtime/builds.json", "`file` to write")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *index, *out)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "runtime-catalogue:", err)
		os.Exit(1)
	}
}

// run leaves the file alone unless the whole index could be read.
func run(ctx context.Context, index, out string) error {
	if index == "" {
		own, err := runtime.Embedded()
		if err != nil {
			return err
		}
		index = own.Index
	}
	r, err := open(ctx, index)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	c, err := runtime.ReadIndex(r)
	if err != nil {
		return fmt.Errorf("%s: %w", index, err)
	}
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		return err
	}
	return os.WriteFile(out, b.Bytes(), 0o666)
}

func open(ctx context.Context, index string) (io.ReadCloser, error) {
	if !strings.Contains(index, "://") {
		return os.Open(index)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, index, nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Timeout: 5 * time.Minute}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("%s: %s", index, resp.Status)
	}
	return resp.Body, nil
}
