package main

// Every figure that a plan is reckoned with is here: measured, with the command that
// measures it, or assumed. docs/scale.md prints them.

// Measured by `go run ./scripts/bench-fleet -only cost -wheels 200` on 2026-11-21, on
// a machine that was busy with other things.
const (
	lookWorker    = 2.46e-3 // seconds, of a look that finds nothing new
	lookDatabase  = 1.65e-3
	newsWorker    = 4.16e-3 // of one that finds a release
	newsDatabase  = 3.5e-3
	lookFacts     = 300 // bytes; 164 and 451
	fileFacts     = 480 // bytes a file
	wheelDatabase = 1.14e-3
	wheelFacts    = 811
)

// Measured by `ftpkg -v track update NAME --inspect` on 2026-11-21, of five projects
// and what they require: numpy, pandas, lxml, requests, cryptography, in this order.
var live = []struct { //nolint:gochecknoglobals // never changed
	wheels, requests int
	body, seconds    float64 // of all wheels
}{
	{17, 139 - 1, (61.2 - 1.6) * mib, 1.89},
	{33, 212 - 4, (152.6 - 2.6) * mib, 4.18},
	{18, 111 - 1, (82.2 - 1.9) * mib, 1.87},
	{16, 52 - 5, (4.5 - 1.2) * mib, 0.18},
	{30, 63 - 3, (55.7 - 2.1) * mib, 1.56},
}

const mib = 1 << 20

// Measured by `ftpkg probe NAME`, everything in the cache: lxml, cryptography, requests
// and numpy in CPython 3.13t, of which the first two have no wheel for it.
var probes = []float64{0.3, 0.5, 3.3, 5.3} //nolint:gochecknoglobals // never changed

// Assumed.
const (
	answer        = 0.1  // seconds that an index takes to answer, the median
	answerSpread  = 0.5  // sigma of the logarithm of it
	bandwidth     = 10e6 // bytes a second of one answer
	cores         = 4    // processors of a worker, and of the database
	releaseFiles  = 20   // files of a release
	releaseWheels = 17   // wheels of a release with modules that are read; numpy's
	targets       = 6    // Pythons and platforms that packages are loaded in
	probeWorkers  = 2    // for each of these
)

// A plan is a way to run a fleet.
type plan struct {
	name          string
	packages      int
	every         float64 // hours
	page          float64 // bytes of a page, all in all; assumed
	releases      float64 // of a package, a day; assumed
	compiled      float64 // the share of packages with modules; assumed
	workers, jobs int
	rate          float64 // requests a second that the fleet allows itself
	first         bool    // nothing is known yet
}

// plans are the rows of the table.
func plans() []plan {
	popular := plan{packages: 10_000, page: 250 << 10, releases: 0.04, compiled: 0.15, workers: 1, jobs: 8, rate: 50}
	whole := plan{packages: 700_000, page: 25 << 10, releases: 0.012, compiled: 0.03, workers: 4, jobs: 8, rate: 50}
	with := func(p plan, name string, every float64, change func(*plan)) plan {
		p.name, p.every = name, every
		if change != nil {
			change(&p)
		}
		return p
	}
	return []plan{
		with(popular, "10,000 packages, the first time", 24, func(p *plan) { p.first = true }),
		with(popular, "10,000 packages daily", 24, nil),
		with(popular, "10,000 packages hourly", 1, nil),
		with(whole, "the whole index, the first time", 24, func(p *plan) { p.first = true }),
		with(whole, "the whole index daily", 24, nil),
		with(whole, "the whole index hourly", 1, nil),
		with(whole, "the whole index hourly, 250 requests a second", 1, func(p *plan) { p.rate, p.workers = 250, 16 }),
	}
}
