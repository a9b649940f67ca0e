//go:build unix && !linux

package store_test

import "context"

func mountModes() map[string]func(context.Context, string) error { return nil }
