package pyprobe

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/ftpkg/ftpkg/internal/gather"
)

// What a process made by New may end with, besides what package code makes it
// end with.
const (
	ExitLost       = 97 // the channel was closed by package code
	ExitStandstill = 98 // the deadline came
)

// linger is how long a channel may stay open after its process is gone.
const linger = 2 * time.Second

// A Process is one to be started: what it is given, and the other end of its
// channel.
type Process struct {
	// Args are the interpreter's arguments, argv[1] first.
	Args []string
	// Extra are the descriptors it inherits, as 3, 4, …. They are closed by
	// Report and Close, not before: the caller starts the process and leaves
	// them alone.
	Extra []*os.File

	program *os.File       // the other end of the pipe for the program
	records *gather.Reader // the other end of the channel
	decoder decoder
	reader  reader
	feeding sync.WaitGroup
	done    chan struct{} // closed when reading has ended
	err     error         // what it came to
	close   sync.Once
}

// New makes a process for a job. Its report is read from now on, in the
// background, until Report or Close is called.
func New(job *Job) (*Process, error) {
	if err := job.check(); err != nil {
		return nil, fmt.Errorf("probe process: %w", err)
	}
	k := newKeys()
	data, err := payload(job, k)
	if err != nil {
		return nil, fmt.Errorf("probe process: %w", err)
	}
	p, err := connect()
	if err != nil {
		return nil, fmt.Errorf("probe process: %w", err)
	}
	p.Args = append(job.options(), "-c", loader(p.descriptors()))
	p.reader = reader{keys: k, take: p.decoder.take}
	p.done = make(chan struct{})
	p.feeding.Go(func() {
		_, _ = p.program.Write(data) // a process that dies without reading all of it has its own reason
		_ = p.program.Close()
	})
	go func() {
		defer close(p.done)
		p.err = p.reader.read(p.records)
		_ = p.records.Close() // so that a process that writes without end cannot go on
	}()
	return p, nil
}

// connect opens the pipe for the program and the channel.
func connect() (*Process, error) {
	theirInput, ourOutput, err := input()
	if err != nil {
		return nil, err
	}
	ourInput, theirOutput, err := channel()
	if err != nil {
		return nil, errors.Join(err, theirInput.Close(), ourOutput.Close())
	}
	records, err := gather.New(ourInput)
	if err != nil {
		return nil, errors.Join(err, theirInput.Close(), ourOutput.Close(), theirOutput.Close())
	}
	return &Process{Extra: []*os.File{theirInput, theirOutput}, program: ourOutput, records: records}, nil
}

// Report returns what the process reported, once it is gone. It waits a moment
// for what is still on its way, and never for ever: a process left behind that
// keeps the channel open is recorded as such. An error is the machine's fault,
// not the package's.
func (p *Process) Report() (*Report, error) {
	p.release()
	late := time.AfterFunc(linger, p.records.Stop)
	<-p.done
	late.Stop()
	_ = p.program.Close()
	p.feeding.Wait()
	held := errors.Is(p.err, os.ErrClosed)
	if p.err != nil && !held {
		return nil, fmt.Errorf("probe process: reading its report: %w", p.err)
	}
	report := p.decoder.report
	report.Channel = p.reader.state
	report.Channel.Held = held
	report.Complete = p.reader.complete()
	return &report, nil
}

// Close ends the reading of a process that was not started.
func (p *Process) Close() error {
	p.release()
	p.records.Stop()
	err := p.program.Close()
	<-p.done
	p.feeding.Wait()
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// release closes our copies of what the process has, once it is gone.
func (p *Process) release() {
	p.close.Do(func() {
		p.records.Hurry()
		for _, f := range p.Extra {
			_ = f.Close()
		}
	})
}
