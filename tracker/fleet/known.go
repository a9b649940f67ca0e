package fleet

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// known are the projects that a worker knows runs to have come upon, so that the
// database is not told of them again and again. What it does not know costs a
// question, no more.
type known struct {
	mu   sync.Mutex
	runs map[int64]map[string]bool
}

// most is of how many runs, and of how many projects of each, that is kept.
const (
	mostRuns     = 4
	mostProjects = 1 << 20
)

// unknown notes a project, and returns those of some names that are not known.
func (k *known) unknown(run int64, project string, names []string) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	seen := k.of(run)
	seen[project] = true
	var rest []string
	for _, n := range names {
		if !seen[n] {
			rest = append(rest, n)
		}
	}
	return rest
}

func (k *known) add(run int64, names []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	seen := k.of(run)
	for _, n := range names {
		seen[n] = true
	}
}

func (k *known) of(run int64) map[string]bool {
	if k.runs == nil || len(k.runs) > mostRuns && k.runs[run] == nil {
		k.runs = map[int64]map[string]bool{}
	}
	if k.runs[run] == nil || len(k.runs[run]) > mostProjects {
		k.runs[run] = map[string]bool{}
	}
	return k.runs[run]
}

// active are the jobs that a worker is at.
type active struct {
	mu     sync.Mutex
	jobs   map[int64]int
	failed map[int64]time.Duration // how long attempts took that are to be repeated
}

func (a *active) begin(id int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.jobs == nil {
		a.jobs, a.failed = map[int64]int{}, map[int64]time.Duration{}
	}
	a.jobs[id]++
}

func (a *active) end(id int64, again bool, took time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.jobs[id]--; a.jobs[id] == 0 {
		delete(a.jobs, id)
	}
	if again {
		a.failed[id] = took
	}
}

// took is how long the last attempt at a job took. It is asked once.
func (a *active) took(id int64) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	d := a.failed[id]
	delete(a.failed, id)
	return d
}

// ids are the numbers of the jobs.
func (a *active) ids() []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.AppendSeq([]int64{}, maps.Keys(a.jobs)) // nil would be none and all, in SQL
}
