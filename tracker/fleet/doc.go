// Package fleet has any number of machines keep the facts of one store up to date.
// The jobs are those of package tracker, and are called here as an update on one
// machine calls them; they wait in a queue of River's, in the PostgreSQL that holds
// the facts.
//
// A job may be run twice: because its worker died, because the database did not hear
// that it was done, because two asked for it. The facts are then the same, for a
// store keeps each fact once. So a job is told to be done only after what it found
// out is kept and what follows from it is in the queue, and no more is needed for
// nothing to be lost.
//
// # Where to look
//
//   - fleet.go: the queue; schema.go: its tables
//   - job.go: the jobs, what makes them unique, and where they wait
//   - enqueue.go: an update as jobs; wait.go: waiting for it
//   - work.go: a worker; run.go: what it does for each job; outcome.go: what is tried
//     again, and when
//   - beat.go: signs of life, and what dead workers left undone
//   - pace.go: how often all workers together ask an index
//   - state.go: what can be told of a fleet; manage.go: cancelling and trying again
//   - metrics.go: figures for Prometheus
package fleet
