package main

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progressDelay is how long a command may take before it shows a progress bar.
const progressDelay = time.Second

// A progress is a bar on standard error that says how far a command has come. It
// appears only on a terminal, only when the command takes long, and leaves
// nothing behind. Its methods may be called by several goroutines.
type progress struct {
	out io.Writer

	label atomic.Value // string; read while the bar is drawn, so not under mu

	mu          sync.Mutex
	done, total int
	timer       *time.Timer
	container   *mpb.Progress // nil while nothing is shown
	bar         *mpb.Bar
}

// startProgress returns a progress that the caller stops. Without a terminal it
// shows nothing.
func startProgress(env Env) *progress {
	p := &progress{out: env.Stderr}
	p.label.Store("")
	if env.ErrColumns > 0 && env.Getenv("TERM") != "dumb" {
		p.timer = time.AfterFunc(progressDelay, func() { p.show(env.ErrColumns) })
	}
	return p
}

// show begins to draw the bar.
func (p *progress) show(columns int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer == nil {
		return // stopped meanwhile
	}
	const barWidth = 40
	p.container = mpb.New(mpb.WithOutput(p.out), mpb.WithAutoRefresh(), mpb.WithWidth(min(barWidth, columns/3)))
	// A bar made with a total ends by itself when that is reached; this one goes
	// on to the next phase.
	p.bar = p.container.New(0, mpb.BarStyle().Rbound("|").Lbound("|").Filler("#").Tip("#").Padding("-"),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return fmt.Sprint(p.label.Load(), " ") })),
		mpb.AppendDecorators(decor.Any(func(s decor.Statistics) string {
			if s.Total == 0 {
				return "" // nobody knows yet
			}
			return fmt.Sprintf(" %d/%d", s.Current, s.Total)
		})))
	p.draw()
}

// draw shows the state; p.mu is held.
func (p *progress) draw() {
	p.bar.SetTotal(int64(p.total), false)
	p.bar.SetCurrent(int64(p.done))
}

// update says what the command does and how much of it is done.
func (p *progress) update(label string, done, total int) {
	p.label.Store(label)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total = done, total
	if p.bar != nil {
		p.draw()
	}
}

// Write prints a message above the bar.
func (p *progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	container := p.container
	p.mu.Unlock()
	if container != nil {
		if n, err := container.Write(b); err == nil {
			return n, nil
		}
	}
	return p.out.Write(b)
}

// stop takes the bar away.
func (p *progress) stop() {
	p.mu.Lock()
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
	container, bar := p.container, p.bar
	p.container, p.bar = nil, nil
	p.mu.Unlock()
	if container != nil {
		bar.Abort(true)
		container.Wait()
	}
}
