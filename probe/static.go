package probe

import (
	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/environment"
)

func (l *load) toolchain(path string) vocab.Toolchain { return "" }
func (l *load) foreign(e *environment.Extension) bool { return false }
func (l *load) foreignFault() bool                    { return false }
