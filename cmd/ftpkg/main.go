package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/ftpkg/ftpkg/probe/sandbox"
)

func main() {
	if code, ours := sandbox.ChildMain(os.Args); ours {
		os.Exit(code)
	}
	if os.Getenv("GOGC") == "" {
		// A run from the cache is over before the collector would pay off.
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(256 << 20) // from there on, thrift
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	os.Exit(run(ctx, osEnv(time.Now)))
}
