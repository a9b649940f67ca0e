package main

import (
	"errors"

	"github.com/ftpkg/ftpkg/resolver"
)

// An openIndex is the index client of one command.
type openIndex struct {
	index resolver.Index
}

// newIndex opens the indexes that the options name.
func newIndex(_ Env, _ indexOptions) (*openIndex, error) {
	return nil, errors.New("the index client is not wired up")
}

func (*openIndex) close() {}
