//go:build unix

package main

import "context"

func (b *bench) stores(ctx context.Context) (string, error) { return "", nil }
func (b *bench) front(ctx context.Context) (string, error) { return "", nil }
