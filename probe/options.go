package probe

import (
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// Options say how packages are loaded. The zero value of a field is its default.
type Options struct {
	// Lanes are the lanes to run; nil is create, import, survey and threads.
	Lanes []vocab.Lane
	// Jobs bounds the processes that run at once; 0 is one.
	Jobs int
	// Timeout bounds each process, in wall time and in CPU time.
	Timeout time.Duration
	// Memory bounds what each process and its children use, in bytes.
	Memory int64
	// Scratch bounds what each process may write, in bytes.
	Scratch int64
	// Threads is how many threads import at once, and Rounds how often.
	Threads, Rounds int
	// Stress is how long examples are run by threads; 0 leaves that out.
	Stress time.Duration
	// Scripts are the user's own files to run by threads, by absolute path.
	Scripts []string
	// Tests runs the package's own suite.
	Tests bool
	// Build makes wheels of source distributions where there is no other way.
	Build bool
}

// The defaults.
const (
	DefaultTimeout = 60 * time.Second
	DefaultMemory  = 4 << 30
	DefaultScratch = 256 << 20
	DefaultThreads = 8
	DefaultRounds  = 3
)

// attempts is how often a process that failed is run again, so that a failure
// that comes and goes is not taken for one that stays.
const attempts = 3

func (o Options) withDefaults() Options {
	set := func(p *int, v int) {
		if *p <= 0 {
			*p = v
		}
	}
	if o.Lanes == nil {
		o.Lanes = []vocab.Lane{vocab.LaneCreate, vocab.LaneImport, vocab.LaneSurvey, vocab.LaneThreads}
	}
	set(&o.Jobs, 1)
	set(&o.Threads, DefaultThreads)
	set(&o.Rounds, DefaultRounds)
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	if o.Scratch <= 0 {
		o.Scratch = DefaultScratch
	}
	return o
}
