package sandbox

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// prefix returns the directory that a Python needs.
func prefix(t testing.TB, python string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, python, "-I", "-c", "import sys; print(sys.base_prefix)").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// pythonScripts are what a package may do.
func pythonScripts() map[string]string {
	return map[string]string{
		"standard library": `import ssl, sqlite3, ctypes, ctypes.util, asyncio, multiprocessing, concurrent.futures, zoneinfo, locale, tempfile, threading, subprocess, decimal, hashlib, mmap, socket, readline, json, faulthandler; ctypes.util.find_library("c")`,
		"threads":          `import threading; l = [threading.Thread(target=sum, args=(range(100000),)) for _ in range(16)]; [t.start() for t in l]; [t.join() for t in l]`,
		"asyncio":          `import asyncio; asyncio.run(asyncio.sleep(0.01))`,
		"subprocess":       `import subprocess, sys; assert subprocess.run([sys.executable, "-I", "-c", "print(6*7)"], capture_output=True, text=True, check=True).stdout == "42\n"`,
		"fork":             `import multiprocessing as m; c = m.get_context("fork"); r, w = c.Pipe(); p = c.Process(target=w.send, args=(42,)); p.start(); assert r.recv() == 42; p.join(); assert p.exitcode == 0`,
		"temporary files":  `import tempfile, shutil, os; d = tempfile.mkdtemp(); open(d + "/a", "w").write("x"); shutil.copy2(d + "/a", d + "/b"); os.chmod(d + "/b", 0o600); os.rename(d + "/b", d + "/c"); shutil.rmtree(d)`,
		"itself":           `import os, sys; open("/proc/self/maps").read(); open("/proc/cpuinfo").read(); os.cpu_count(); open("/dev/null", "w").write("x"); os.urandom(8); open("/dev/urandom", "rb").read(1)`,
		"time":             `import time, zoneinfo; time.localtime(); time.tzset()`,
		"no network":       `import socket, urllib.request, urllib.error` + "\ntry:\n socket.create_connection(('127.0.0.1', 9), 1)\nexcept PermissionError:\n pass",
		"pair of sockets":  `import socket; a, b = socket.socketpair(); a.send(b"x"); assert b.recv(1) == b"x"; import signal; signal.set_wakeup_fd(-1)`,
		"limits":           `import resource; assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] == 512; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))`,
	}
}

// What a program under probe may well do works.
func TestPython(t *testing.T) {
	python := runtimetest.FreeThreaded(t)
	modern(t, func(t *testing.T, b *box) {
		scripts := pythonScripts()
		if b.system.layers.Namespaces { // it has a /dev/shm of its own
			scripts["semaphores"] = `import multiprocessing as m; c = m.get_context("fork"); q = c.Queue(); p = c.Process(target=q.put, args=(42,)); p.start(); assert q.get() == 42; p.join(); assert p.exitcode == 0`
		}
		b.policy = DefaultPolicy()
		b.policy.Scratch, b.policy.Read = b.scratch, []string{prefix(t, python)}
		if file, err := filepath.EvalSymlinks(python); err == nil {
			b.policy.Read = append(b.policy.Read, filepath.Dir(file), filepath.Dir(python))
		}
		for name, script := range scripts {
			c := &Cmd{
				Path: python, Args: []string{"-I", "-B", "-X", "faulthandler", "-c", script},
				Env:    []string{"HOME=" + b.scratch, "TMPDIR=" + b.scratch, "PATH=/usr/bin:/bin"},
				Policy: b.policy,
			}
			exit, out := b.start(t, c)
			if exit.Code != 0 {
				t.Errorf("%s: %+v\n%s", name, exit, out)
			}
		}
		exit, _ := b.start(t, &Cmd{Path: python, Args: []string{"-I", "-c", "import os; os.kill(os.getpid(), 11)"}, Policy: b.policy})
		if exit.Signal != "SIGSEGV" {
			t.Errorf("%+v", exit)
		}
		if _, err := os.Stat(b.scratch); err != nil {
			t.Error(err)
		}
	})
}
