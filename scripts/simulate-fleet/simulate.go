package main

import (
	"math"
	"math/rand/v2"
	"slices"
)

// A kind is that of a job.
type kind uint8

const (
	look  kind = iota // nothing is new
	news              // a release is
	wheel             // is read
	kinds
)

// A job is one that is under way.
type job struct {
	kind     kind
	left     int // requests
	body     float64
	worker   float64
	released float64 // when the release was made that it is about
}

// An event is when a job goes on.
type event struct {
	at  float64
	job int32
}

// servers are some that serve one at a time each, in the order of arrival: when each
// is free next.
type servers struct {
	free []float64
	busy float64
}

func newServers(n int) *servers { return &servers{free: make([]float64, n)} }

// serve returns when one that comes now and takes so long is done.
func (s *servers) serve(now, takes float64) float64 {
	best := 0
	for i, at := range s.free {
		if at < s.free[best] {
			best = i
		}
	}
	s.free[best] = max(now, s.free[best]) + takes
	s.busy += takes
	return s.free[best]
}

// A simulation is one round of a plan: every package is looked at once, and what
// follows from it is done.
type simulation struct {
	plan
	random   *rand.Rand
	events   []event // a heap
	all      []job
	waiting  [kinds][]int32 // news wait with looks
	slots    [kinds]int
	next     float64 // when the index may be asked again
	worker   *servers
	database *servers
	probing  []*servers // of each target

	requests, body, facts float64
	slotsBusy             float64
	end                   float64 // of all but probes
	probed                float64 // end of those
	known, read           []float64
	probes                int
}

// simulate simulates a round.
func simulate(p plan, seed uint64) *simulation {
	s := &simulation{
		plan: p, random: rand.New(rand.NewPCG(seed, 0)), //nolint:gosec // the same each time
		worker: newServers(p.workers * cores), database: newServers(cores),
	}
	s.slots[look], s.slots[wheel] = p.workers*p.jobs, p.workers*p.jobs
	for range targets {
		s.probing = append(s.probing, newServers(probeWorkers))
	}
	for range p.packages {
		// Since the last round: each release is one day's chance, however long that is.
		k, released := look, 0.0
		if p.first || s.random.Float64() < p.releases*p.every/24 {
			k = news
			if !p.first {
				released = -s.random.Float64() * p.every * 3600
			}
		}
		s.add(job{kind: k, released: released})
	}
	s.start(0, look)
	for len(s.events) > 0 {
		e := s.pop()
		s.goOn(e.at, e.job)
	}
	return s
}

// add has a job wait.
func (s *simulation) add(j job) {
	queue := j.kind
	switch j.kind {
	case look:
		j.left, j.body, j.worker = 1, s.page, lookWorker
	case news:
		// The page, and the metadata of the release.
		j.left, j.body, j.worker, queue = 2, s.page, newsWorker, look
	case wheel:
		w := live[s.random.IntN(len(live))]
		n := float64(w.wheels)
		j.left, j.body, j.worker = int(math.Round(float64(w.requests)/n)), w.body/n, w.seconds/n
	case kinds:
	}
	s.requests += float64(j.left)
	s.body += j.body
	s.all = append(s.all, j)
	s.waiting[queue] = append(s.waiting[queue], int32(len(s.all)-1))
}

// start begins what waits, as far as there are slots.
func (s *simulation) start(now float64, queue kind) {
	for s.slots[queue] > 0 && len(s.waiting[queue]) > 0 {
		i := s.waiting[queue][0]
		s.waiting[queue] = s.waiting[queue][1:]
		s.slots[queue]--
		s.slotsBusy -= now
		s.goOn(now, i)
	}
}

// goOn does the next step of a job: a request, or else the end of it.
func (s *simulation) goOn(now float64, i int32) {
	j := &s.all[i]
	switch {
	case j.left > 0:
		sent := max(now, s.next)
		s.next = sent + 1/s.rate
		body := j.body / float64(j.left)
		j.left, j.body = j.left-1, j.body-body
		s.push(event{sent + answer*math.Exp(answerSpread*s.random.NormFloat64()) + body/bandwidth, i})
	case j.worker > 0:
		done := s.worker.serve(now, j.worker)
		j.worker = 0
		s.push(event{done, i})
	case j.worker == 0:
		j.worker = -1 // its facts are kept
		took := [kinds]float64{look: lookDatabase, news: newsDatabase, wheel: wheelDatabase}
		s.push(event{s.database.serve(now, took[j.kind]), i})
	default:
		s.finish(now, j)
	}
}

// finish ends a job and adds what follows from it.
func (s *simulation) finish(now float64, j *job) {
	s.end = max(s.end, now)
	s.slotsBusy += now
	switch done := *j; done.kind {
	case look:
		s.facts += lookFacts
	case news:
		s.facts += lookFacts + fileFacts*releaseFiles
		if s.first { // all files of the page, of some 390 bytes each on it, as numpy's
			s.facts += fileFacts * (s.page/390 - releaseFiles)
		}
		s.known = append(s.known, now-done.released)
		if s.random.Float64() < s.compiled {
			for range releaseWheels {
				s.add(job{kind: wheel, released: done.released})
			}
			for _, t := range s.probing {
				s.probed = max(s.probed, t.serve(now, probes[s.random.IntN(len(probes))]))
				s.probes++
			}
		}
		s.start(now, wheel)
	case wheel:
		s.facts += wheelFacts
		s.read = append(s.read, now-done.released)
	case kinds:
	}
	queue := j.kind
	if queue == news {
		queue = look
	}
	s.slots[queue]++
	s.start(now, queue)
}

// quantile returns a quantile of values, 0 of none.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// push and pop keep the heap of events. Of two at once, the job that was added first
// comes first.
func (s *simulation) push(e event) {
	s.events = append(s.events, e)
	for i := len(s.events) - 1; i > 0; {
		up := (i - 1) / 2
		if !s.before(i, up) {
			return
		}
		s.events[i], s.events[up] = s.events[up], s.events[i]
		i = up
	}
}

func (s *simulation) pop() event {
	first, last := s.events[0], len(s.events)-1
	s.events[0] = s.events[last]
	s.events = s.events[:last]
	for i := 0; ; {
		least := i
		for _, down := range []int{2*i + 1, 2*i + 2} {
			if down < last && s.before(down, least) {
				least = down
			}
		}
		if least == i {
			return first
		}
		s.events[i], s.events[least] = s.events[least], s.events[i]
		i = least
	}
}

func (s *simulation) before(i, j int) bool {
	a, b := s.events[i], s.events[j]
	return a.at < b.at || a.at == b.at && a.job < b.job
}
