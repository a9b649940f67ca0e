package vocab

// Job is a kind of work that a fleet does.
type Job string

// The kinds.
const (
	JobRefresh Job = "refresh"
	JobInspect Job = "inspect"
	JobProbe   Job = "probe"
	JobPlan    Job = "plan"
)

// Jobs is the set of kinds of work.
func Jobs() Set {
	return Set{"job", "job", "What does a worker of a fleet do?", []Entry{
		{string(JobRefresh), "it looks at a project on its index", "nothing to do"},
		{string(JobInspect), "it reads what the modules of a wheel declare", "nothing to do"},
		{string(JobProbe), "it loads a package in a free-threaded Python", "start a worker with that Python on that platform, or it waits"},
		{string(JobPlan), "it adds a look at each tracked project to the queue, once a period", "nothing to do"},
	}}
}

// JobOutcome is how an attempt at a job ended.
type JobOutcome string

// The outcomes.
const (
	JobDone        JobOutcome = "done"
	JobRetried     JobOutcome = "retried"
	JobFailed      JobOutcome = "failed"
	JobTripped     JobOutcome = "tripped"
	JobInterrupted JobOutcome = "interrupted"
)

// JobOutcomes is the set of ends of an attempt.
func JobOutcomes() Set {
	return Set{"job outcome", "job_outcome", "How did an attempt at a job end?", []Entry{
		{string(JobDone), "what there was to be found out is kept, a missing project included", "nothing to do"},
		{string(JobRetried), "the index or a package made it fail in a way that may pass, and it is tried again later", "nothing to do"},
		{string(JobFailed), "it failed in a way that stays, or too often, and is not tried again", "see the error; then run ftpkg fleet retry"},
		{string(JobTripped), "the store did not answer, which says nothing of the job; it is tried again soon", "see whether the database is there"},
		{string(JobInterrupted), "the worker was told to stop, the job was cancelled or took too long", "nothing to do"},
	}}
}

// JobState is where a job of a fleet stands.
type JobState string

// The states.
const (
	JobStateWaiting   JobState = "waiting"
	JobStateRunning   JobState = "running"
	JobStateLater     JobState = "later"
	JobStateDone      JobState = "done"
	JobStateFailed    JobState = "failed"
	JobStateCancelled JobState = "cancelled"
)

// JobStates is the set of states of a job.
func JobStates() Set {
	return Set{"job state", "job_state", "Where does a job of a fleet stand?", []Entry{
		{string(JobStateWaiting), "no worker has taken it yet", "start a worker of its queue if there is none"},
		{string(JobStateRunning), "a worker is at it, or was when it died, which others notice within a minute", "nothing to do"},
		{string(JobStateLater), "it failed, and is tried again at its time", "nothing to do"},
		{string(JobStateDone), "what it found out is kept", "nothing to do"},
		{string(JobStateFailed), "it failed, and is not tried again", "see the error; then run ftpkg fleet retry"},
		{string(JobStateCancelled), "somebody cancelled it", "run ftpkg fleet retry if it is wanted after all"},
	}}
}
