package main

import "runtime/debug"

// modest has the collector keep memory low, unless the user says how much it may take:
// for commands that go through so much that waiting for more garbage gains little.
func modest(env Env) {
	if env.Getenv("GOGC") == "" && env.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(150)
		debug.SetMemoryLimit(224 << 20)
	}
}
