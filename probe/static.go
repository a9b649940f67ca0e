package probe

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/environment"
	"github.com/ftpkg/ftpkg/probe/extmod"
)

// readAll reads the distribution's extension files before any of them is loaded:
// what is made for another ABI is created alone, to see the crash, and never
// imported by its name.
func (l *load) readAll(ctx context.Context) error {
	for i := range l.dist.Extensions {
		e := &l.dist.Extensions[i]
		f, err := l.prober.readFile(ctx, l.path(e))
		if err != nil {
			return err
		}
		l.static[e.Path] = f
	}
	return nil
}

// readFile reads an extension file in the place of a process, and one file at a
// time: some take 50 MB of memory.
func (p *Prober) readFile(ctx context.Context, path string) (*extmod.File, error) {
	select {
	case p.reading <- struct{}{}:
		defer func() { <-p.reading }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	leave, err := p.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return readFile(path), nil
}

// readFile reads an extension file, nil if it cannot be read: then loading it says
// what there is to say.
func readFile(path string) *extmod.File {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return nil
	}
	file, err := extmod.Read(f, st.Size(), filepath.Base(path))
	if err != nil {
		return nil
	}
	return file
}

// foreign reports whether an extension was made for another ABI than the
// runtime's, as its file has it.
func (l *load) foreign(e *environment.Extension) bool {
	f := l.static[e.Path]
	if f == nil {
		return false
	}
	fit, _ := f.LoadsOn(l.prober.Runtime.Python(), l.prober.Runtime.Suffixes)
	return fit == vocab.FitWrongABI
}

// foreignFault reports whether a public import failed over a foreign module.
func (l *load) foreignFault() bool {
	for _, r := range l.public {
		if !r.verdict.failed() {
			continue
		}
		for i := range l.dist.Extensions {
			e := &l.dist.Extensions[i]
			if m := r.seen(e.Module); m != nil && l.foreign(e) && m.File != "" {
				return true
			}
		}
	}
	return false
}

// toolchain is what made the extension at a path.
func (l *load) toolchain(path string) vocab.Toolchain {
	at := slices.IndexFunc(l.dist.Extensions, func(e environment.Extension) bool { return l.path(&e) == path })
	var f *extmod.File
	if at >= 0 {
		f = l.static[l.dist.Extensions[at].Path]
	} else {
		f = readFile(path)
	}
	if f == nil {
		return ""
	}
	return f.Toolchain
}

// disagrees compares what a module's file declares with how the runtime took it.
// A difference is a mistake of ours, or a module that lies.
func (l *load) disagrees(e *environment.Extension, loaded vocab.Loaded) bool {
	f := l.static[e.Path]
	if f == nil || loaded == vocab.LoadedUnknown {
		return false
	}
	switch f.Declaration {
	case vocab.DeclarationNotUsed:
		return loaded != vocab.LoadedNotUsed
	case vocab.DeclarationUsed, vocab.DeclarationSilent:
		return loaded != vocab.LoadedUsed
	case vocab.DeclarationDelegated, vocab.DeclarationUndecided, vocab.DeclarationNotAModule:
	}
	return false
}
