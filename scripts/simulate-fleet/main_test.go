package main

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What docs/scale.md tells is what the program says, and writes there with -w.
func TestPage(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../" + page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tables(), between(string(doc))); diff != "" {
		t.Errorf("%s says something else (-program +page):\n%s", page, diff)
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	got, err := replace("a\n"+begin+"old\n"+end+"z\n", "new\n")
	if want := "a\n" + begin + "new\n" + end + "z\n"; got != want || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	for _, doc := range []string{"", begin, end} {
		if _, err := replace(doc, ""); err == nil {
			t.Errorf("%q has a place", doc)
		}
	}
}

// A plan that is worked out by hand: nobody waits but for the index's leave.
func TestRate(t *testing.T) {
	t.Parallel()
	p := plan{packages: 5000, every: 24, workers: 10, jobs: 100, rate: 10}
	s := simulate(p, 1)
	if s.requests != 5000 || math.Abs(s.end-500) > 5 {
		t.Errorf("5000 requests, 10 a second, take %v s and are %v", s.end, s.requests)
	}
	if got := s.shares()[1].of; math.Abs(got-500.0/86400) > 1e-9 {
		t.Errorf("a share of %v", got)
	}
}

// One where everybody waits for a place: answers take as long as they take.
func TestPlaces(t *testing.T) {
	t.Parallel()
	p := plan{packages: 20000, every: 24, workers: 1, jobs: 4, rate: 1e9}
	s := simulate(p, 1)
	mean := answer*math.Exp(answerSpread*answerSpread/2) + lookWorker + lookDatabase
	if want := mean * 20000 / 4; math.Abs(s.end/want-1) > 0.02 {
		t.Errorf("it takes %v s, not about %v", s.end, want)
	}
	if busy := s.slotsBusy / (4 * s.end); math.Abs(busy-1) > 0.02 {
		t.Errorf("the places are busy for %v of the time", busy)
	}
}

// Nothing is lost: every package is looked at, every wheel of a release read.
func TestWhole(t *testing.T) {
	t.Parallel()
	p := plan{packages: 3000, every: 24, page: 1000, releases: 0.1, compiled: 0.5, workers: 2, jobs: 4, rate: 100}
	s := simulate(p, 7)
	releases := len(s.known)
	if releases < 200 || releases > 400 || len(s.read)%releaseWheels != 0 || s.probes != len(s.read)/releaseWheels*targets {
		t.Errorf("%d releases, %d wheels, %d probes", releases, len(s.read), s.probes)
	}
	if s.slots[look] != 8 || s.slots[wheel] != 8 || len(s.waiting[look])+len(s.waiting[wheel]) > 0 {
		t.Errorf("at the end %v are free, and %v wait", s.slots, s.waiting)
	}
	for _, d := range s.known {
		if d < 0 || d > 24*3600+s.end {
			t.Errorf("a release is known after %v s", d)
		}
	}
	first := p
	first.first = true
	if s := simulate(first, 7); len(s.known) != 3000 {
		t.Errorf("of a first round, %d are news", len(s.known))
	}
	if diff := cmp.Diff(simulate(p, 7).read, s.read); diff != "" {
		t.Error("the same seed brings something else")
	}
	if cmp.Equal(simulate(p, 8).read, s.read) {
		t.Error("another seed brings the same")
	}
}

func TestHeap(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	var s simulation
	var want []float64
	for i := range 1000 {
		at := float64(random.IntN(100))
		want = append(want, at)
		s.push(event{at, int32(i)})
	}
	slices.Sort(want)
	var got []float64
	last := event{-1, -1}
	for len(s.events) > 0 {
		e := s.pop()
		if e.at == last.at && e.job < last.job {
			t.Errorf("%v after %v", e, last)
		}
		got, last = append(got, e.at), e
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestServers(t *testing.T) {
	t.Parallel()
	s := newServers(2)
	var got []float64
	for _, at := range []float64{0, 0, 1, 10} {
		got = append(got, s.serve(at, 3))
	}
	if diff := cmp.Diff([]float64{3, 3, 6, 13}, got); diff != "" || s.busy != 12 {
		t.Error(diff, s.busy)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	got := []string{count(7), count(1234567), size(12), size(2.5e9), size(3e15), span(3), span(600), span(9000), percent(0.05), percent(2)}
	want := []string{"7", "1,234,567", "12 B", "2.5 GB", "3e+03 TB", "3 s", "10 min", "2.5 h", "5.0 %", "200 %"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if quantile(nil, 0.5) != 0 || quantile([]float64{3, 1, 2}, 0.5) != 2 || quantile([]float64{1, 2}, 1) != 2 {
		t.Error("quantiles")
	}
}
