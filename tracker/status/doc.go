// Package status derives what the tracker says from the facts that it has: rows,
// timelines, events, blockers, contradictions and curves.
//
// Everything here is a function of facts, rules and a moment. Nothing is stored
// but facts, so a changed rule changes the past as well, and what was not known at
// a moment is unknown in what is said about it.
package status
