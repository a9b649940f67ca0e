package pubgrub

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// A table is a provider that knows all answers beforehand, so that benchmarks
// measure the solver alone.
type table struct {
	deps [][][]Dependency // by package and version
}

func (tb *table) Choose(p Package, allowed Set) (int, any, error) {
	return allowed.First(), nil, nil
}

func (tb *table) Dependencies(p Package, v int) ([]Dependency, any, error) {
	return tb.deps[p][v], nil, nil
}

// newTable makes a universe of n packages in which each version depends on
// three of the packages after its own, and the newest of all fit together.
// versions gives the number of versions of a package.
func newTable(n int, versions func(p int) int) *table {
	r := rand.New(rand.NewPCG(1, 2))
	tb := &table{deps: make([][][]Dependency, n+1)}
	for p := range tb.deps {
		count := 1
		if p > 0 {
			count = versions(p)
		}
		for v := range count {
			var deps []Dependency
			for k := range 3 {
				if p == 0 { // the root needs twelve, among them the first
					for j := range 4 {
						q := 1 + k*4 + j
						deps = append(deps, Dependency{Package: Package(q), Allowed: Full(versions(q))})
					}
					continue
				}
				q := p + 1 + r.IntN(12)
				if q > n {
					continue
				}
				m := versions(q)
				oldest := min(m-1, v+r.IntN(m))
				deps = append(deps, Dependency{
					Package: Package(q),
					Allowed: FromFunc(m, func(i int) bool { return i <= oldest }),
				})
			}
			tb.deps[p] = append(tb.deps[p], deps)
		}
	}
	return tb
}

func benchmark(b *testing.B, p Provider) {
	b.Helper()
	b.ReportAllocs()
	var s Solution
	for b.Loop() {
		var f *Failure
		var err error
		s, f, err = Solve(b.Context(), p, Options{})
		if err != nil || f != nil {
			b.Fatalf("failure %v, error %v", f, err)
		}
	}
	b.ReportMetric(float64(len(s.Decisions)), "packages")
	b.ReportMetric(float64(s.Stats.Conflicts), "conflicts")
}

// BenchmarkStraight solves universes without conflicts.
func BenchmarkStraight(b *testing.B) {
	for _, n := range []int{60, 600} {
		b.Run(fmt.Sprintf("%d packages of 40 versions", n), func(b *testing.B) {
			benchmark(b, newTable(n, func(int) int { return 40 }))
		})
	}
	b.Run("60 packages of 400 versions", func(b *testing.B) {
		benchmark(b, newTable(60, func(int) int { return 400 }))
	})
}

// BenchmarkBacktracking solves a universe like that of a package whose versions
// each pin another, of which most are too new for the rest.
func BenchmarkBacktracking(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprintf("%d versions", n), func(b *testing.B) {
			tb := &table{deps: make([][][]Dependency, 5)}
			at := func(q Package, m, from int) Dependency {
				return Dependency{Package: q, Allowed: FromFunc(m, func(i int) bool { return i >= from })}
			}
			tb.deps[0] = [][]Dependency{{at(1, n, 0), at(4, 1, 0)}}
			for v := range n {
				// Version v of 1 needs v of 2 or close to it, which needs v of 3.
				tb.deps[1] = append(tb.deps[1], []Dependency{{Package: 2, Allowed: Of(n, v, min(v+1, n-1)), Pin: Ranged}, at(3, n, 0)})
				tb.deps[2] = append(tb.deps[2], []Dependency{{Package: 3, Allowed: Single(n, v), Pin: Pinned}})
				tb.deps[3] = append(tb.deps[3], nil)
			}
			tb.deps[4] = [][]Dependency{{at(3, n, n-2)}}
			benchmark(b, tb)
		})
	}
}
