// Package pep508 reads dependency specifiers: requirements such as
//
//	uvicorn[standard]>=0.30; sys_platform != "win32"
//
// and their environment markers. It follows PEP 508 and what later joined it
// (PEP 685 names of extras, PEP 751 markers of lock files) as the reference
// library of the Python world, packaging 26.3, reads them; where the text and
// packaging differ, packaging wins, leniences included. The test suite holds
// this package to its recorded answers.
//
// A marker is evaluated against an Environment, which is a value: nothing here
// looks at the machine it runs on, so one process can answer for every target.
// Markers are compiled when they are parsed, evaluate without allocating and
// are safe for concurrent use.
//
// One addition is not in packaging: the variable sys_abi_features of the draft
// PEP 780, with which a project can tell free-threaded Python apart. It parses
// always and means something only where Environment.AllowABIFeatures says so;
// see Marker.Check.
package pep508
