package pyimport

import (
	"context"
	"strings"
)

// A Kind is what a module is made of.
type Kind uint8

// The kinds.
const (
	// Source is a module of Python source.
	Source Kind = iota
	// Compiled is one of machine code.
	Compiled
	// Namespace is a folder without an __init__.
	Namespace
)

// A Module is something that can be imported.
type Module struct {
	Name string // dotted
	Kind Kind
	// Package reports that it can have submodules.
	Package bool
	// Owner is whatever brings it: a distribution's name.
	Owner string
	// Load reads what its source tells; nil for what has none.
	Load func(ctx context.Context) (*File, error)
}

// A Layer is one folder that modules are looked for in.
type Layer interface {
	// Module returns the module of a dotted name, nil if there is none.
	Module(name string) *Module
}

// A Library is the folders that modules are looked for in, in that order.
type Library []Layer

// Module returns the module of a dotted name, nil if there is none. Its outermost
// package is that of the first layer that has it, be it not a namespace, of which
// all layers may have parts.
func (l Library) Module(name string) *Module {
	top, _, _ := strings.Cut(name, ".")
	for _, layer := range l {
		if m := layer.Module(top); m != nil && m.Kind != Namespace {
			return layer.Module(name)
		}
	}
	var part *Module
	for _, layer := range l {
		m := layer.Module(name)
		if m != nil && m.Kind != Namespace {
			return m
		}
		if part == nil {
			part = m
		}
	}
	return part
}

// Modules is a layer of modules that are all known.
type Modules map[string]*Module

// Module implements [Layer].
func (m Modules) Module(name string) *Module { return m[name] }

// Add adds a module, and the namespaces around it. One that is there already gives
// way to a better one: a package goes before a module, machine code before source.
func (m Modules) Add(x *Module) {
	if old := m[x.Name]; old == nil || better(x, old) {
		m[x.Name] = x
	}
	for name := x.Name; ; {
		i := strings.LastIndexByte(name, '.')
		if i < 0 {
			return
		}
		name = name[:i]
		if m[name] == nil {
			m[name] = &Module{Name: name, Kind: Namespace, Package: true, Owner: x.Owner}
		}
	}
}

func better(a, b *Module) bool {
	rank := func(m *Module) int {
		switch {
		case m.Kind == Namespace:
			return 0
		case m.Package:
			return 3
		case m.Kind == Compiled:
			return 2
		}
		return 1
	}
	return rank(a) > rank(b)
}
