package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/tracker/fleet"
)

// serveMetrics answers Prometheus while a worker works, if it is asked to. The caller
// calls stop.
func serveMetrics(c *cli.Context, env Env, f *fleet.Fleet, work *fleet.WorkOptions) (stop func(), err error) {
	address := c.String("metrics")
	if address == "" {
		return func() {}, nil
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, usagef("flag --metrics: give a host and a port: 127.0.0.1:9464")
	}
	var lc net.ListenConfig
	l, err := lc.Listen(c.Context, "tcp", address)
	if err != nil {
		return nil, hintf(usagef("flag --metrics: %w", err), "take another port: --metrics 127.0.0.1:0")
	}
	metrics := new(fleet.Metrics)
	work.OnJob = metrics.Job
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		if err := metrics.Write(r.Context(), &b, f, work.Usage); err != nil {
			http.Error(w, "no figures", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", fleet.MetricsType)
		_, _ = w.Write(b.Bytes()) // a client that is gone misses nothing
	})
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: headerPatience, ReadTimeout: readPatience, WriteTimeout: writePatience, IdleTimeout: idlePatience,
		MaxHeaderBytes: headerMost, ErrorLog: log.New(env.Stderr, "ftpkg: ", 0),
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			warnf(env.Stderr, "metrics: %v", err)
		}
	}()
	if _, err := fmt.Fprintf(env.Direct, "http://%s/metrics\n", l.Addr()); err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context), stopPatience)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
		<-done
	}, nil
}
