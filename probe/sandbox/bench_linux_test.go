package sandbox

import (
	"io"
	"os/exec"
	"testing"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/runtime/runtimetest"
)

// BenchmarkImport compares a process of an import lane with the same one on its
// own: the difference is what a sandbox costs.
func BenchmarkImport(b *testing.B) {
	python := runtimetest.FreeThreaded(b)
	args := []string{"-I", "-B", "-v", "-X", "faulthandler", "-c", "import asyncio, ctypes, decimal, email.message, http.client, sqlite3, ssl, unittest.mock, xml.etree.ElementTree"}
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			c := exec.CommandContext(b.Context(), python, args...)
			c.Stdout, c.Stderr, c.Env = io.Discard, io.Discard, []string{}
			if err := c.Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, setup := range setups()[:2] {
		opt := setup.opt
		opt.Self, opt.Now, opt.Mode = testProgram(b), now, vocab.SandboxBest
		s, err := New(b.Context(), opt)
		if err != nil {
			b.Fatal(err)
		}
		for name, c := range map[string]*Cmd{
			"python":  {Path: python, Args: args, Policy: Policy{Read: []string{prefix(b, python)}}},
			"nothing": {Path: "/bin/true"},
		} {
			b.Run(string(s.Report().Level)+"/"+name, func(b *testing.B) {
				c.Policy.Scratch = b.TempDir()
				for b.Loop() {
					if exit, err := s.Run(b.Context(), c); err != nil || exit.Code != 0 {
						b.Fatal(exit, err)
					}
				}
			})
		}
	}
}
