// Command simulate-fleet reckons how plans for fleets would do, event by event: every
// look and every wheel waits for a worker, for leave to ask the index, for the answer,
// for a processor and for the database.
//
//	go run ./scripts/simulate-fleet            # prints the tables of docs/scale.md
//	go run ./scripts/simulate-fleet -w         # writes them there
//
// What it goes by is in inputs.go: what was measured, and what is assumed. It says the
// same each time.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// page is where the tables stand, between these marks.
const (
	page  = "docs/scale.md"
	begin = "<!-- begin of what scripts/simulate-fleet prints -->\n"
	end   = "<!-- end of what scripts/simulate-fleet prints -->\n"
)

// seed is that of the tables.
const seed = 1

func main() {
	write := flag.Bool("w", false, "write the tables to "+page)
	flag.Parse()
	if err := run(*write); err != nil {
		fmt.Fprintln(os.Stderr, "simulate-fleet:", err)
		os.Exit(1)
	}
}

func run(write bool) error {
	text := tables()
	if !write {
		fmt.Print(text)
		return nil
	}
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	doc, err := replace(string(old), text)
	if err != nil {
		return err
	}
	return os.WriteFile(page, []byte(doc), 0o666) //nolint:gosec // a page of the documentation
}

// replace puts text between the marks of a document.
func replace(doc, text string) (string, error) {
	before, rest, ok := strings.Cut(doc, begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", errors.New("the document has no place for the tables")
	}
	return before + begin + text + end + after, nil
}

// between returns what stands between the marks of a document.
func between(doc string) string {
	_, rest, _ := strings.Cut(doc, begin)
	text, _, _ := strings.Cut(rest, end)
	return text
}

// tables are the plans, and how each would do.
func tables() string {
	var plan, load strings.Builder
	plan.WriteString("\n| plan | workers × jobs | requests a second, at most | looks, wheels, probes a round | requests a round | bytes from the index a round | a round takes | a release is known after, median and 99 % | its wheels are read after, median |\n|---|---|---|---|---|---|---|---|---|\n")
	load.WriteString("\n| plan | jobs of workers | requests | processors of workers | processors of the database | probes | facts kept in a year | runs out first |\n|---|---|---|---|---|---|---|---|\n")
	for _, p := range plans() {
		s := simulate(p, seed)
		known, read := span(quantile(s.known, 0.5))+", "+span(quantile(s.known, 0.99)), span(quantile(s.read, 0.5))
		if p.first {
			known, read = "", ""
		}
		fmt.Fprintf(&plan, "| %s | %d × %d | %.0f | %s, %s, %s | %s | %s | %s | %s | %s |\n", p.name, p.workers, p.jobs, p.rate,
			count(p.packages), count(len(s.read)), count(s.probes), count(int(s.requests)), size(s.body), span(s.end), known, read)
		shares := s.shares()
		var cells []string
		most := 0
		for i := range shares {
			cells = append(cells, percent(shares[i].of))
			if shares[i].of > shares[most].of {
				most = i
			}
		}
		year := size(s.facts * 365 * 24 / p.every)
		if p.first {
			year = size(s.facts) + ", once"
		}
		verdict := shares[most].name
		if shares[most].of > 1 {
			verdict = "**" + verdict + "**"
		}
		fmt.Fprintf(&load, "| %s | %s | %s | %s |\n", p.name, strings.Join(cells, " | "), year, verdict)
	}
	return plan.String() + "\nOf what there is of each between two rounds, a round needs this much; more than 100 % is more than there is:\n" + load.String() + "\n"
}

// A share is how much of something a round needs, of what there is until the next.
type share struct {
	name string
	of   float64
}

func (s *simulation) shares() []share {
	between := s.every * 3600
	probing := 0.0
	for _, t := range s.probing {
		probing += t.busy
	}
	// Looks and wheels have as many places each.
	return []share{
		{"jobs of workers", s.slotsBusy / (float64(2*s.workers*s.jobs) * between)},
		{"requests", s.requests / s.rate / between},
		{"processors of workers", s.worker.busy / (float64(s.workers*cores) * between)},
		{"processors of the database", s.database.busy / (cores * between)},
		{"probes", probing / (targets * probeWorkers * between)},
	}
}

// percent writes a share.
func percent(of float64) string {
	if of < 0.1 {
		return fmt.Sprintf("%.1f %%", 100*of)
	}
	return fmt.Sprintf("%.0f %%", 100*of)
}

// count writes a number with commas.
func count(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func size(bytes float64) string {
	for _, unit := range []string{"B", "kB", "MB", "GB"} {
		if bytes < 1000 {
			return fmt.Sprintf("%.3g %s", bytes, unit)
		}
		bytes /= 1000
	}
	return fmt.Sprintf("%.3g TB", bytes)
}

func span(seconds float64) string {
	switch {
	case seconds < 120:
		return fmt.Sprintf("%.0f s", seconds)
	case seconds < 2*3600:
		return fmt.Sprintf("%.0f min", seconds/60)
	}
	return fmt.Sprintf("%.1f h", seconds/3600)
}
