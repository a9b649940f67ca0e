//go:build !unix

package store_test

import "context"

func systemModes() map[string]func(context.Context, string) error { return nil }
