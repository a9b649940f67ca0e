package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ftpkg/ftpkg/resolver/indextest"
	"github.com/ftpkg/ftpkg/resolver/universe"
)

// serverKey is where a script keeps its index server.
type serverKey struct{}

// index FILE [OPTION...]: serves the universe in FILE, and points ftpkg at it. INDEX
// is its URL, INDEX_PATH the same without "http://", INDEX_HOST the host and port.
// Options: html, plain (HTML without metadata beside the files), gzip, noranges,
// login=USER:PASSWORD.
func startIndex(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: index FILE [OPTION...]")
	}
	c, err := universe.Parse(args[0], ts.ReadFile(args[0]))
	ts.Check(err)
	var opts []indextest.Option
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "html":
			opts = append(opts, indextest.Speak(universe.ServeHTML))
		case "plain":
			opts = append(opts, indextest.Speak(universe.ServePlain))
		case "gzip":
			opts = append(opts, indextest.WithGzip())
		case "noranges":
			opts = append(opts, indextest.WithRanges(indextest.RangesIgnored))
		case "login":
			user, password, _ := strings.Cut(value, ":")
			opts = append(opts, indextest.WithCredentials(user, password))
		default:
			ts.Fatalf("index: unknown option %s", arg)
		}
	}
	s := indextest.NewServer(c.Universe, opts...)
	ts.Defer(s.Close)
	*serverOf(ts) = s
	ts.Setenv("INDEX", s.IndexURL("main"))
	ts.Setenv("INDEX_PATH", strings.TrimPrefix(s.IndexURL("main"), "http://"))
	ts.Setenv("INDEX_HOST", strings.TrimPrefix(s.URL(), "http://"))
	ts.Setenv("FTPKG_INDEX_URL", s.IndexURL("main"))
}

// serverOf returns the place where the script's server is kept.
func serverOf(ts *testscript.TestScript) **indextest.Server {
	p, ok := ts.Value(serverKey{}).(**indextest.Server)
	if !ok {
		ts.Fatalf("no place for an index server")
	}
	return p
}

func server(ts *testscript.TestScript) *indextest.Server {
	s := *serverOf(ts)
	if s == nil {
		ts.Fatalf("no index is served yet")
	}
	return s
}

// fault KIND NAME KEY=VALUE...: makes the index misbehave, see indextest.Fault.
// KIND or NAME may be "any". fault none mends it, fault down closes it.
func injectFault(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: fault KIND NAME KEY=VALUE...")
	}
	switch args[0] {
	case "none":
		server(ts).Heal()
		return
	case "down":
		server(ts).Close()
		return
	}
	f := indextest.Fault{Kind: indextest.Kind(args[0]), Name: args[1]}
	if f.Kind == "any" {
		f.Kind = ""
	}
	if f.Name == "any" {
		f.Name = ""
	}
	for _, arg := range args[2:] {
		key, value, _ := strings.Cut(arg, "=")
		n, _ := strconv.ParseInt(value, 10, 64)
		switch key {
		case "retry-after":
			f.Header = http.Header{"Retry-After": {value}}
		case "status":
			f.Status = int(n)
		case "times":
			f.Times = int(n)
		case "body":
			f.Body = []byte(ts.ReadFile(value))
		case "type":
			f.ContentType = value
		case "corrupt":
			f.Corrupt = true
		case "pad":
			f.Pad = n
		case "cut":
			f.Cut = n
		case "hang":
			f.Hang = true
		case "reset":
			f.Reset = true
		default:
			ts.Fatalf("fault: unknown key %s", arg)
		}
	}
	server(ts).Inject(f)
}

// asked N [KIND]: how many requests the index has answered so far, all of them or
// those of a kind. As the server takes note of a request after the client has its
// answer, there is a little time for it to come true.
func asked(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: asked N [KIND]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	var kinds []indextest.Kind
	for _, k := range args[1:] {
		kinds = append(kinds, indextest.Kind(k))
	}
	const patience = 10 * time.Second
	for end := time.Now().Add(patience); server(ts).Count(kinds...) < want && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	if got := server(ts).Count(kinds...); got != want {
		var lines strings.Builder
		for _, r := range server(ts).Log() {
			fmt.Fprintf(&lines, "\n%s %s %d", r.Method, r.Path, r.Status)
		}
		ts.Fatalf("the index was asked %d times, not %d:%s", got, want, &lines)
	}
	server(ts).ResetLog()
}

// tree FILE DIR: writes the universe in FILE below DIR as static pages.
func writeTree(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: tree FILE DIR")
	}
	c, err := universe.Parse(args[0], ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(indextest.WriteTree(c.Universe, ts.MkAbs(args[1])))
}

// tear DIR: cuts every file below DIR in half, as a crash or a full disk does.
func tear(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: tear DIR")
	}
	torn := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		torn++
		return os.Truncate(path, info.Size()/2)
	}))
	if torn == 0 {
		ts.Fatalf("%s holds no file", args[0])
	}
}

// interrupted COMMAND...: starts a command against an index that never answers,
// sends it an interrupt, as Ctrl-C does, when it waits there, and expects it to end
// promptly with status 130.
func interrupted(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: interrupted COMMAND [ARGUMENT...]")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	defer listener.Close()

	const prompt = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), prompt)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), &stdout, &stderr
	cmd.Env = append(os.Environ(),
		"FTPKG_INDEX_URL=http://"+listener.Addr().String()+"/simple/", "FTPKG_NO_CACHE=1", "PIP_CONFIG_FILE="+os.DevNull)
	ts.Check(cmd.Start())
	conn, err := listener.Accept()
	ts.Check(err)
	defer conn.Close()
	ts.Check(cmd.Process.Signal(os.Interrupt))
	err = cmd.Wait()
	if ctx.Err() != nil {
		ts.Fatalf("still running %s after the interrupt", prompt)
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != exitInterrupted {
		ts.Fatalf("%v\n%s%s", err, &stdout, &stderr)
	}
	if stderr.String() != "ftpkg: error: interrupted\n" || stdout.Len() > 0 {
		ts.Fatalf("stdout %q, stderr %q", &stdout, &stderr)
	}
}
