package main

import (
	"context"
	"errors"
)

func runResolve(_ context.Context, _ Env, _ resolveOptions) error {
	return errors.New("resolve is not wired up")
}
