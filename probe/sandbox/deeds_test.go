package sandbox

import (
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// deeds are what a hostile program tries. A deed that was denied returns why.
func deeds() map[string]func(args []string) error {
	all := map[string]func(args []string) error{
		"read":  func(a []string) error { _, err := os.ReadFile(a[0]); return err },
		"write": func(a []string) error { return os.WriteFile(a[0], []byte("x"), 0o644) },
		"mkdir": func(a []string) error { return os.Mkdir(a[0], 0o755) },
		"exit":  func(a []string) error { os.Exit(number(a[0])); return nil },
		"echo":  func([]string) error { _, err := io.Copy(os.Stdout, os.Stdin); return err },
		"env":   func([]string) error { _, err := fmt.Println(strings.Join(os.Environ(), "\n")); return err },
		"sleep": func(a []string) error { time.Sleep(time.Duration(number(a[0])) * time.Millisecond); return nil },
		"leave": leave,
		"later": func(a []string) error {
			time.Sleep(time.Duration(number(a[1])) * time.Millisecond)
			return os.WriteFile(a[0], nil, 0o644)
		},
	}
	maps.Copy(all, systemDeeds())
	return all
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

// leave starts a process that goes on, holding the output, and writes later.
func leave(a []string) error {
	c := exec.Command(os.Args[0], "hostile", "later", a[0], a[1])
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	return c.Start()
}
