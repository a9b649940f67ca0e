// Package wheeltags says which Python wheels which interpreters accept, and why
// not the others. It reads the names of wheels, generates the tags of targets
// in the order installers try them, and ranks wheels, for CPython with and
// without the GIL. It needs no interpreter and no network.
//
// # Values
//
// A [Target] is a [Python] (3.14t) on a [Platform] (linux-x86_64, or a platform
// tag such as manylinux_2_34_x86_64 with a floor of its own). A [Filename] is
// what a wheel's name says, its tags being a [TagSet]. A [Matcher] judges tag
// sets for a target; its ranks are indexes in the list of [Target.Tags].
//
// # The order of tags
//
// For CPython 3.N the python tag is cp3N, also where the build is free-threaded:
// only ABI tags carry the t (PEP 425, PEP 703). Let S be the stable ABI of the
// flavour, abi3 with the GIL and abi3t without (PEP 803), and let the platform's
// tags stand in each place where a P is written. From best to worst:
//
//  1. cp3N with the interpreter's own ABI, P. A debug build has two: its own
//     and that of the release build.
//  2. cp3N-S-P
//  3. cp3N-none-P
//  4. cp3M-S-P, M going down from N-1 to 2
//  5. py3N, py3, then py3M with M from N-1 to 0, each -none-P
//  6. cp3N-none-any
//  7. the py tags of step 5, each -none-any
//
// So abi3 never loads on a free-threaded build, and abi3t takes its place there:
// even on 3.13t and 3.14t, although no wheel can be built for those (PEP 803
// keeps the tags reserved). A build with the GIL never asks for abi3t, although
// from 3.15 on it could load such an extension; wheels for both say abi3.abi3t.
//
// The platform's tags P are, for a floor of glibc 2.F: manylinux_2_F down to
// 2_5 on x86 and 2_17 elsewhere, the older names (manylinux2014, 2010, 1) each
// right after its twin, and linux_* before them all ([PackagingOrder]) or after
// them ([UVOrder]). For musl 1.F: musllinux_1_F down to 1_0, and linux_* as
// before. On macOS: one version a year from the floor down to 11, each with
// minor version 0, then 10.16 to 10.4, each in all formats of the architecture;
// ARM has only universal2 below 11. Windows has exactly one tag. Android and
// iOS count down their API level and version.
//
// # Closed form
//
// All of this is arithmetic: see [Matcher]. The tests hold the arithmetic equal
// to the list, the list to 198 recorded lists of packaging 26.3, to that of a
// real free-threaded interpreter, and to digests of further ones, uv's among
// them.
//
// # What differs from packaging on purpose
//
// Packaging takes ABIs as a list of strings and concludes from the first one
// whether the build is free-threaded, so that ["abi3", "cp315t"] gives abi3 tags
// and no abi3t, and ["abi3t"] gives both families. Here the flavour is a fact of
// the [Python], and such a mixture cannot be written down.
//
// Packaging takes any text for a platform. Here a platform is one that exists,
// which is why universal2 is no target (it is a format of wheels) and macOS 10
// none on ARM.
//
// Packaging refuses the names of variant wheels (PEP 825, a draft) as mistaken
// build tags; [ParseFilename] recognises them, and [Matcher.Judge] refuses them
// by name.
//
// Packaging lets tags be any text. Here they are ASCII letters, digits and
// underscores, as PEP 425 has them, a name has no path separators or control
// characters, and a compressed set stands for at most 4096 tags.
package wheeltags
