// Package inspect reads what wheels, trees of installed packages and container
// images say about the GIL and the ABI of their extension modules. Nothing of
// them runs, so a wheel for any platform is read on any other one.
//
// [Reader.Wheel] reads one wheel; of a remote one only the directory of its
// archive, METADATA and the members that are extension modules travel, as few
// ranges as that takes. [ReadTree] reads a folder and [ReadImage] an archive of a
// container image. [Pick] chooses the wheels of a release, and [Judge] sums up
// what they say: the verdict, modules that declare one thing here and another
// there, and what the project's classifier claims.
//
// # What is believed
//
// A member that comes by ranges is checked by the CRC-32 that its archive has for
// it, not by the digest of the wheel, for which all of it would have to be there.
// So verdicts are kept apart by the index that named the wheel: whoever serves
// other bytes than the digest promises deceives nobody but its own users.
// Verdicts of a local file, whose digest was computed, are kept by that digest
// alone. They are kept for ever, as neither the bytes nor the rules of reading
// change behind their key.
//
// # Hostile archives
//
// Names, sizes and counts are claims. A member is read only if its name is one
// that an installer would unpack below the folder of packages, once, and if it is
// what the directory promises in size and checksum. All else is a [Finding], and
// the module is undecided.
//
// # Where to look
//
//   - result.go: the values, which are the schema ftpkg.inspect/1
//   - reader.go, cache.go: one wheel, remembered; remote.go, plan.go: by ranges
//   - archive.go, member.go: from a zip archive to modules; spool.go: their bytes
//   - tree.go, collect.go: folders; image.go, layers.go: container images
//   - pick.go: which wheels; target.go: for which interpreters a wheel is
//   - judge.go, differ.go, classifier.go: what it all amounts to; hazards.go
package inspect
