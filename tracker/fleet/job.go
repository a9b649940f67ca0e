package fleet

import (
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/inspect"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// The queues that every fleet has; packages are loaded from those of [Target.Queue].
const (
	QueueRefresh = "refresh"
	QueueInspect = "inspect"
)

// A Target is a Python on a platform: "3.13t", "linux-x86_64".
type Target struct {
	Python   string `json:"python"`
	Platform string `json:"platform"`
}

// String is the target in words: "3.13t linux-x86_64", "" for none.
func (t Target) String() string { return strings.TrimSpace(t.Python + " " + t.Platform) }

// Queue is where packages wait that are to be loaded in it. The names of queues have
// small letters, figures and single hyphens or underscores.
func (t Target) Queue() string {
	return "probe-" + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		}
		return '-'
	}, strings.ToLower(t.Platform+"-"+t.Python))
}

// parseTarget is the reverse of [Target.String].
func parseTarget(text string) (Target, error) {
	python, platform, ok := strings.Cut(text, " ")
	if !ok || python == "" || platform == "" {
		return Target{}, fmt.Errorf("no target: %q", text)
	}
	return Target{python, platform}, nil
}

// How urgent jobs of one queue are.
const (
	priorityAsked    = 1 // somebody named the project
	priorityAll      = 2 // an update of all that is tracked
	priorityPeriodic = 3 // the same, and nobody waits for it
)

// attempts is how often a job is begun at most, whatever ended the attempts before. A
// job that fails is given up long before, see [tries]; this is for one that ends
// whoever works on it.
const attempts = 20

// How long a job of each kind may take.
const (
	refreshTime = 2 * time.Minute
	inspectTime = 10 * time.Minute
	probeTime   = 30 * time.Minute
	planTime    = 2 * time.Minute
)

// refreshArgs ask for a look at a project, which a run takes once.
type refreshArgs struct {
	Project string `json:"project" river:"unique"`
	Run     int64  `json:"run" river:"unique"`
	// Since is from when on a look at it counts, in microseconds.
	Since int64 `json:"since"`
	// Inspect and Probe say what is to follow.
	Inspect  bool     `json:"inspect,omitempty"`
	Probe    []Target `json:"probe,omitempty"`
	Priority int      `json:"priority"`
}

func (refreshArgs) Kind() string { return string(vocab.JobRefresh) }

func (a refreshArgs) InsertOpts() river.InsertOpts {
	// A run that has looked at a project is done with it, however that went.
	return river.InsertOpts{
		Queue: QueueRefresh, Priority: a.Priority, MaxAttempts: attempts,
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: rivertype.JobStates()},
	}
}

// inspectArgs ask for a wheel to be read, by the rules of this version.
type inspectArgs struct {
	SHA256   string `json:"sha256" river:"unique"`
	Rules    int    `json:"rules" river:"unique"`
	Project  string `json:"project"`
	Name     string `json:"name"`
	URL      string `json:"url"`
	Size     int64  `json:"size"`
	Run      int64  `json:"run"`
	Priority int    `json:"priority"`
}

func newInspectArgs(f *evidence.File, run int64, priority int) inspectArgs {
	return inspectArgs{f.SHA256, inspect.RulesVersion, f.Project, f.Name, f.URL, f.Size, run, priority}
}

func (a inspectArgs) file() *evidence.File {
	return &evidence.File{Project: a.Project, Name: a.Name, SHA256: a.SHA256, URL: a.URL, Size: a.Size}
}

func (inspectArgs) Kind() string { return string(vocab.JobInspect) }

func (a inspectArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueInspect, Priority: a.Priority, MaxAttempts: attempts, UniqueOpts: whileWaiting()}
}

// probeArgs ask for a package to be loaded from one of its wheels.
type probeArgs struct {
	SHA256  string `json:"sha256" river:"unique"`
	Target  Target `json:"target" river:"unique"`
	Project string `json:"project"`
	Version string `json:"version"`
	Name    string `json:"name"`
	Run     int64  `json:"run"`

	Priority int `json:"priority"`
}

func (probeArgs) Kind() string { return string(vocab.JobProbe) }

func (a probeArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: a.Target.Queue(), Priority: a.Priority, MaxAttempts: attempts, UniqueOpts: whileWaiting()}
}

// planArgs ask for an update of all that is tracked, once a period.
type planArgs struct {
	Period int64 `json:"period" river:"unique"` // when it began, in seconds
	// Orders are not told apart: one update is enough.
	Inspect bool          `json:"inspect,omitempty"`
	Probe   bool          `json:"probe,omitempty"`
	Fresh   time.Duration `json:"fresh,omitempty"`
}

func (planArgs) Kind() string { return string(vocab.JobPlan) }

func (a planArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{
		Queue: QueueRefresh, Priority: priorityAsked, MaxAttempts: attempts,
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: rivertype.JobStates()},
	}
}

// whileWaiting makes jobs unique until they are done: whether there is more to do is
// then for the facts to say.
func whileWaiting() river.UniqueOpts {
	return river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}
}
