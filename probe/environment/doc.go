// Package environment makes virtual environments out of wheels, without pip and
// without running any package's code, and reads the environments of others.
//
// A [Store] keeps wheels unpacked, each in a folder named by the wheel's digest,
// shared by all processes of a user. [Store.Create] links the files of wheels
// into a new environment: a second environment with the same wheels unpacks
// nothing. [Open] and [OpenSite] read what is installed in an environment that
// anybody made.
//
// # What is checked
//
// The digest of the whole file names its folder. While it is unpacked, every
// member is held against RECORD: a digest or a size that differs refuses the
// wheel, as the specification of wheels asks. Members without a row and rows
// without a member do not, since neither pip nor uv minds them; they are told in
// [Distribution.Notes]. Archives with names that leave their folder, links,
// duplicates, encrypted members or more than the [Limits] are refused.
//
// # What keeps the store whole
//
// A folder of the store appears by a rename once it is complete. A process that
// is killed leaves a temporary folder behind, whose lock tells the next process
// that nobody works on it. Files are read-only, and each one that goes into an
// environment is compared with the size, the time and the mode it was unpacked
// with: a changed one makes the store throw the wheel away and unpack it again.
// [Store.Verify] compares digests.
//
// Where the file system can clone files they are cloned, else linked, else
// copied. A linked file is the store's own: code that is not kept from writing
// to its environment gets copies ([Options.Copy]). A sandbox that denies writing
// but no change of modes and times, as Landlock does, leaves room for no more than
// having the wheel unpacked again.
//
// # Where to look
//
//   - types.go, errors.go: what goes in and out
//   - store.go, temp.go, manage.go: the folders of the store
//   - archive.go, unpack.go, record.go, wheelfile.go: from a wheel to a folder
//   - compile.go, compile.py: .pyc files
//   - manifest.go: what a folder of the store holds
//   - create.go, plan.go, venv.go, scripts.go, place.go: an environment
//   - modules.go, extension.go: what can be imported
//   - open.go, editable.go: environments of others
package environment
