// Package pgtest runs a PostgreSQL of its own for tests: an empty cluster in a
// temporary directory, reached over a socket that only this machine has, and gone
// when the tests end, by whatever end they come to. A server that runs on the
// machine anyway is not touched.
//
// The programs are those on the PATH, or else the newest that a distribution put in
// its usual place. A machine without them gets them by scripts/test-postgres; tests
// fail without, and are not skipped.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// How long the programs may take, and how long the server has to stop in good order.
const (
	programTime = 2 * time.Minute
	stopTime    = 10 * time.Second
)

// superuser may do everything in a cluster, and needs no password.
const superuser = "ftpkg"

// A Server is a PostgreSQL that runs.
type Server struct {
	bin, dir string
	settings []string // "name=value"
	port     int      // 0 for a socket in dir
	done     chan struct{}
	kill     func(os.Signal) error
	stop     sync.Once
	said     *logged
	last     atomic.Int64 // number of the last database
}

// Start starts a server for a test and those below it, and stops it at the end.
func Start(tb testing.TB) *Server {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), programTime)
	defer cancel()
	s, err := New(ctx)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// New makes a cluster and starts its server, with settings ("fsync=on") before which
// its own give way. It must be closed.
func New(ctx context.Context, settings ...string) (*Server, error) {
	bin, err := find()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "ftpkg-pg-") // short: the path of a socket may have some 100 bytes
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir, settings: settings, said: &logged{}}
	err = s.init(ctx)
	if err == nil {
		err = s.start(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

// init makes the cluster.
func (s *Server) init(ctx context.Context) (err error) {
	if err := own(s.dir); err != nil {
		return err
	}
	if !sockets() {
		if s.port, err = freePort(ctx); err != nil {
			return err
		}
	}
	return s.run(ctx, "initdb", "-D", s.data(), "-U", superuser, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
}

// start starts the server of the cluster.
func (s *Server) start(ctx context.Context) error {
	// What tests write need not outlive the machine.
	args := []string{"-D", s.data(), "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=50"}
	if s.port == 0 {
		args = append(args, "-k", s.dir, "-c", "listen_addresses=")
	} else {
		args = append(args, "-c", "listen_addresses=127.0.0.1", "-p", strconv.Itoa(s.port))
	}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	done := make(chan struct{})
	s.done = done
	cmd := exec.Command(s.Program("postgres"), args...) //nolint:gosec,noctx // it outlives ctx; Close stops it
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, s.said, s.said
	unprivileged(cmd)
	started := make(chan error)
	go func() {
		// The server ends with the thread that started it, if the system can do that.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in its log
			close(done)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	s.kill = cmd.Process.Signal
	if err := s.ready(ctx, cmd.Process.Pid); err != nil {
		return errors.Join(err, s.halt())
	}
	return nil
}

// errNotStarted is that the server ended before it was ready.
var errNotStarted = errors.New("postgres did not start")

// ready waits until the server says that it is. What one that was killed said before
// it does not count.
func (s *Server) ready(ctx context.Context, pid int) error {
	for {
		text, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
		if lines := strings.Fields(string(text)); err == nil && slices.Contains(lines, "ready") && lines[0] == strconv.Itoa(pid) {
			return nil
		}
		select {
		case <-s.done:
			return fmt.Errorf("%w:\n%s", errNotStarted, s.said)
		case <-ctx.Done():
			return fmt.Errorf("postgres is not ready: %w\n%s", context.Cause(ctx), s.said)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Close stops the server and removes all that it wrote.
func (s *Server) Close() error {
	var err error
	s.stop.Do(func() { err = errors.Join(s.halt(), os.RemoveAll(s.dir)) })
	return err
}

// halt stops the server: in good order, or if that takes long, at once.
func (s *Server) halt() error {
	err := s.kill(os.Interrupt)
	if err != nil {
		err = s.kill(os.Kill) // systems without signals
	}
	select {
	case <-s.done:
		return nil
	case <-time.After(stopTime):
		err = errors.Join(err, s.kill(os.Kill))
		<-s.done
		return err
	}
}

// Database makes an empty database and returns its address.
func (s *Server) Database(tb testing.TB) string {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), programTime)
	defer cancel()
	name := fmt.Sprintf("test%d", s.last.Add(1))
	host, port := s.address()
	if err := s.run(ctx, "createdb", "-h", host, "-p", port, "-U", superuser, "-T", "template0", name); err != nil {
		tb.Fatal(err)
	}
	return s.URL(name)
}

// URL is the address of a database of the server.
func (s *Server) URL(database string) string {
	host, port := s.address()
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database}
	u.RawQuery = url.Values{"host": {host}, "port": {port}}.Encode()
	return u.String()
}

// address is where the server listens; of a socket, its directory and a number that
// is part of its name.
func (s *Server) address() (host, port string) {
	if s.port == 0 {
		return s.dir, "5432"
	}
	return "127.0.0.1", strconv.Itoa(s.port)
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// Program is the path of one of PostgreSQL's programs.
func (s *Server) Program(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(s.bin, name)
}

// run runs one of the programs to its end.
func (s *Server) run(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, s.Program(name), args...) //nolint:gosec // programs of PostgreSQL
	cmd.Dir = s.dir
	unprivileged(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, bytes.TrimSpace(out))
	}
	return nil
}

// find returns the directory of PostgreSQL's programs.
func find() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			if dir := filepath.Dir(path); complete(dir) {
				return dir, nil
			}
		}
	}
	best, version := "", -1
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
		`C:\Program Files\PostgreSQL\*\bin`,
	} {
		dirs, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		for _, dir := range dirs {
			base := filepath.Base(filepath.Dir(dir))
			n, err := strconv.Atoi(base[strings.LastIndexAny(base, "-@")+1:])
			if err == nil && n > version && complete(dir) {
				best, version = dir, n
			}
		}
	}
	if best == "" {
		return "", errors.New("there is no PostgreSQL on this machine: scripts/test-postgres installs it")
	}
	return best, nil
}

// complete reports whether a directory has the programs that are needed.
func complete(dir string) bool {
	s := Server{bin: dir}
	for _, name := range []string{"initdb", "postgres", "createdb"} {
		if _, err := os.Stat(s.Program(name)); err != nil {
			return false
		}
	}
	return true
}

func freePort(ctx context.Context) (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	addr, ok := l.Addr().(*net.TCPAddr)
	if err := l.Close(); err != nil || !ok {
		return 0, fmt.Errorf("listen on the loopback: %w", err)
	}
	return addr.Port, nil
}

// A logged keeps the end of what a program says.
type logged struct {
	mu   sync.Mutex
	text []byte
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	if over := len(l.text) - 16<<10; over > 0 {
		l.text = slices.Delete(l.text, 0, over)
	}
	return len(p), nil
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}
