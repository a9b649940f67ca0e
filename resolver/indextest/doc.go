// Package indextest serves universes over HTTP on the loopback interface, as an
// index that installers and index clients can be pointed at in tests.
//
// [NewServer] speaks the simple repository API as JSON (PEP 691, 700, 792) and
// HTML (PEP 503, 592), offers metadata beside the files (PEP 658, 714), byte
// ranges, validators and the per-project JSON document with upload times.
// Options take parts of that away, as real indexes do; [Server.Inject] makes it
// misbehave; [Server.Log] tells what was asked. [WriteTree] writes a universe as
// a folder of static pages instead.
//
// The pages of an index named main stand under /main/simple/, its files under
// /main/files/, the per-project documents under /main/pypi/NAME/json. All URLs
// on pages are relative.
package indextest
