//go:build linux && amd64

package sandbox

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A program of 64 bits can make system calls of 32-bit ones, which have other
// numbers: 359 is socket there, and 26 is ptrace.
const foreignProgram = `
#include <stdio.h>
static long call(long nr, long a, long b, long c) {
	long out;
	__asm__ volatile("int $0x80" : "=a"(out) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory");
	return out;
}
int main(void) {
	printf("%ld %ld %ld\n", call(359, 2, 1, 0), call(26, 0, 0, 0), call(20, 0, 0, 0));
	return 0;
}
`

func TestForeignCallsAreDenied(t *testing.T) {
	dir := openDir(t)
	source := filepath.Join(dir, "foreign.c")
	if err := os.WriteFile(source, []byte(foreignProgram), 0o644); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "foreign")
	if out, err := exec.CommandContext(t.Context(), "cc", "-o", program, source).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	each(t, func(t *testing.T, b *box) {
		b.program = program
		b.policy.Read = []string{program}
		c := b.cmd("")
		c.Args = nil
		exit, out := b.start(t, c)
		if strings.TrimSpace(out) != "-38 -38 -38" { // ENOSYS
			t.Errorf("%+v %q", exit, out)
		}
	})
}
