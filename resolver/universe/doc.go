// Package universe holds small made-up package indexes, written as text, with
// the answers installers give on them.
//
// A case is one file: what it shows, what is asked, which projects exist, and
// what pip and uv chose. Tests run the resolver on its [Memory] index; package
// indextest serves the same universe over HTTP, so that the installers can be
// asked the same question. [File.Bytes] makes real wheels and source
// distributions that install without a network and without a build tool.
//
// # The text
//
// Lines are words. A line belongs to the nearest line above it that is less
// indented; indentation is spaces. A line that starts with # is a comment. At
// the left margin:
//
//	shows TEXT              what the case shows, one sentence; may be repeated
//	root REQUIREMENT        what is asked for (PEP 508)
//	constraint REQUIREMENT  as pip's and uv's constraints file
//	option NAME VALUE       see [Options]
//	also TARGET, …          further targets for the recorder to ask uv about
//	index NAME              an index; earlier ones are asked first. Projects
//	                        outside any index stand on the index "main"
//	package NAME            a project
//	expect …, recorded …, answer …, ours …   answers, see below
//
// Under package:
//
//	status NAME [REASON]    PEP 792 status
//	version VERSION         a release
//
// Under version. Without a wheel, sdist or other line a release has one
// py3-none-any wheel:
//
//	wheel TAGS …            a wheel for each word, which is the end of its file
//	                        name: cp313-cp313t-manylinux_2_28_x86_64, or
//	                        2-py3-none-any with a build tag
//	sdist [zip] [dynamic]   a source distribution; dynamic: its dependencies are
//	                        known only once it is built
//	other FILENAME …        a file under a name written out in full
//
// Under version, for all its files, or under a file, for that one. Under a file
// a requires line replaces the requires lines of the version:
//
//	requires REQUIREMENT    a dependency, or the word nothing
//	extra NAME [: REQUIREMENT]
//	requires-python SPECIFIERS
//	metadata-version N      2.4 if not given
//	yanked [REASON]
//	uploaded TIME           2026-01-02 or RFC 3339
//	size BYTES              the size the page claims; the true one if not given
//	payload BYTES           so many bytes of filling
//	content WORD            makes two files of one name differ
//	digest none|wrong       the sha256 the page claims
//	metadata none|wrong|unreadable   the metadata file beside it (PEP 658): not
//	                        offered, offered with a wrong digest, or broken
//	                        there and in the file itself
//
// # Answers
//
// An answer is a head and its indented lines, one a package:
//
//	answer pip, uv: 3.13t, 3.13
//	  a==2.0 a-2.0.tar.gz
//
// or the one line "fails", after which may stand what the installer said. The
// targets are as in "3.14t macos-arm64"; without a platform they are the
// interpreters of the machine that recorded, which the line
//
//	recorded DATE on PLATFORM: uv 0.13.9, pip 26.3, CPython 3.13.5
//
// names, with its patch version. What stands under answer was said by the installers themselves and is
// written by scripts/record-universes; everything from the line recorded on is
// replaced when it runs. What stands under expect was worked out by rule. Where
// the resolver means to differ, the expected result stands under ours, with the
// reason in a line "because TEXT". After a file name may stand words of
// package vocab that the resolver must use for that package (pure, slower,
// older, …), and a line "problem PACKAGE KIND" names a problem it must report.
package universe
