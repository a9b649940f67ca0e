package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/pyprobe"
)

// maxFindings bounds what of a stress run is told.
const maxFindings = 20

// stressAll is the part of lane D that has to be asked for.
func (l *load) stressAll(ctx context.Context) error {
	o := l.prober.options
	if o.Stress <= 0 && !o.Tests || len(l.dist.Public) == 0 {
		return nil
	}
	if l.threads == nil {
		l.threads = &Threads{Threads: o.Threads, Outcome: vocab.OutcomeSkipped, Detail: "not asked for"}
	}
	if o.Stress > 0 {
		if err := l.stress(ctx); err != nil {
			return err
		}
	}
	if o.Tests {
		return l.suite(ctx)
	}
	return nil
}

// stress runs the package's examples and the user's scripts by threads, without
// the GIL, and what differs then with it.
func (l *load) stress(ctx context.Context) error {
	o := l.prober.options
	job := &pyprobe.Job{
		Lane: vocab.LaneStress, GIL: pyprobe.GILOff, Modules: l.dist.Public, Threads: o.Threads, Stress: o.Stress, Scripts: o.Scripts,
		Deadline: o.Timeout + 3*o.Stress,
	}
	without, err := l.do(ctx, job)
	if err != nil {
		return err
	}
	s := &Stress{Outcome: vocab.OutcomeGILOff, Findings: []Finding{}}
	l.threads.Stress = s
	if st := without.report.Stress; st != nil {
		s.Seconds, s.Examples, s.Runs, s.Unstable = st.Elapsed.Round(time.Millisecond).Seconds(), st.Run, st.Rounds, len(st.Unstable)
	}
	different := without.report.Stress != nil && len(without.report.Stress.Mismatches) > 0
	switch {
	case without.verdict.failed():
		s.Outcome, s.Detail = without.verdict.outcome, without.verdict.detail
	case s.Examples == 0:
		s.Outcome, s.Detail = vocab.OutcomeSkipped, "it has no examples that could be run"
		return nil
	case !different:
		return nil
	}
	with, err := l.do(ctx, repeat(job, pyprobe.GILOn))
	if err != nil {
		return err
	}
	if without.verdict.failed() {
		s.WithGIL = with.verdict.outcome
	}
	if !different {
		return nil
	}
	also := map[string]bool{}
	if st := with.report.Stress; st != nil {
		for i := range st.Mismatches {
			also[st.Mismatches[i].Example] = true
		}
	}
	own := 0
	for i := range without.report.Stress.Mismatches {
		m := &without.report.Stress.Mismatches[i]
		if !also[m.Example] {
			own++
		}
		if len(s.Findings) < maxFindings {
			s.Findings = append(s.Findings, finding(m, also[m.Example]))
		}
	}
	if s.Detail == "" {
		s.Detail = fmt.Sprintf("%s went otherwise by threads, %d of them only without the GIL", count(len(without.report.Stress.Mismatches), "example"), own)
	}
	return nil
}

func finding(m *pyprobe.Mismatch, withGIL bool) Finding {
	f := Finding{Example: m.Example, Kind: vocab.StressDifferent, WithGIL: withGIL}
	if m.Got.Exception != nil && m.Want.Exception == nil {
		f.Kind, f.Detail = vocab.StressException, exceptionText(m.Got.Exception)
		return f
	}
	f.Detail = fmt.Sprintf("%s, not %s", resultText(m.Got), resultText(m.Want))
	return f
}

func resultText(r pyprobe.Result) string {
	const most = 80
	if r.Exception != nil {
		return exceptionText(r.Exception)
	}
	return fmt.Sprintf("%q", shorten(r.Output, most))
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
