package wheeltags

import (
	"fmt"
	"strings"
)

// Mislabelled reports whether the set's tags cannot be true, and why. Two things
// are looked for. First, abi3t below cp315: installers accept such a wheel on
// every free-threaded build from that version on, but abi3t cannot be built for
// an older Python than 3.15 (PEP 803 keeps the tags reserved), so what is inside
// was built for something else. Second, sets of which no interpreter accepts
// any tag, whatever its version and platform: a python tag with a t, python and
// ABI tags that disagree, macosx_14_2_arm64.
//
// A compressed set has impossible members as a matter of course, being a cross
// product; only the absence of possible ones counts.
func (s *TagSet) Mislabelled() (reason string, mislabelled bool) {
	if s.text == "" {
		return "", false
	}
	for i, py := range s.pythons() {
		for j, abi := range s.abis() {
			if abi.kind() == abiABI3T && py.kind() == pyCPython && py.pyMinor() < firstABI3T && py.pyMajor() == 3 {
				t := s.tag(i, j, 0)
				return fmt.Sprintf("%s-%s: abi3t can be built for CPython 3.%d and newer only (PEP 803)", t.Python, t.ABI, firstABI3T), true
			}
		}
	}
	reason = s.impossible()
	return reason, reason != ""
}

// impossible says why no interpreter accepts any tag of s, "" if one might.
func (s *TagSet) impossible() string {
	reason, first := "", true
	for i, py := range s.pythons() {
		for j, abi := range s.abis() {
			t := s.tag(i, j, 0)
			why := impossiblePair(py, abi, t.Python, t.ABI)
			if why == "" && !s.hasPlatform(abi) {
				why = fmt.Sprintf("%s-%s-any: compiled code is never for any platform", t.Python, t.ABI)
			}
			if why == "" {
				return s.impossiblePlatforms()
			}
			if first {
				reason, first = why, false
			}
		}
	}
	return reason
}

// hasPlatform reports whether an ABI goes with some platform of s: any
// platform at all goes with none only.
func (s *TagSet) hasPlatform(abi code) bool {
	if abi.kind() == abiNone {
		return true
	}
	for _, p := range s.platforms() {
		if p.kind() != platAny {
			return true
		}
	}
	return false
}

// impossiblePair says why no interpreter has both a python and an ABI tag, ""
// if one might. Only the tags of CPython are judged.
func impossiblePair(py, abi code, python, abiText string) string {
	switch {
	case py.kind() == other && carriesT(python):
		return python + ": a python tag never carries the t of free threading, which belongs to the ABI tag"
	case py.kind() == other:
		return ""
	case py.kind() == pyGeneric:
		if abi.kind() != abiNone {
			return fmt.Sprintf("%s-%s: a py tag goes with the ABI none only", python, abiText)
		}
	case py.pyMinor() == noMinor:
		return python + ": names no minor version"
	case abi.kind() == abiCPython && abi.abiVersion() != py.abiVersion():
		return fmt.Sprintf("%s-%s: the python and the ABI tag are of two versions", python, abiText)
	case abi.kind() == abiCPython && abi.abiFlags()&flagFreeThreaded != 0 && py.pyMajor() == 3 && py.pyMinor() < firstFreeThreads:
		return fmt.Sprintf("%s: there is no free-threaded build before 3.%d", abiText, firstFreeThreads)
	case abi.kind() == abiABI3 || abi.kind() == abiABI3T:
		if py.pyMajor() != 3 || py.pyMinor() < firstStableABI {
			return fmt.Sprintf("%s-%s: the stable ABI began with 3.%d", python, abiText, firstStableABI)
		}
	}
	return ""
}

// carriesT reports whether a python tag is cp315t or like it.
func carriesT(python string) bool {
	body, ok := strings.CutSuffix(python, "t")
	return ok && parsePythonTag(body) != other
}

// impossiblePlatforms says why no machine has any platform of s, "" if one might.
func (s *TagSet) impossiblePlatforms() string {
	for _, c := range s.platforms() {
		if c.kind() != platMacOS || c.platArch() == noArch {
			return ""
		}
		if c.platMajor() < firstARMMacOS || c.platMinor() == 0 {
			return ""
		}
	}
	platform := s.tag(0, 0, 0).Platform
	c := s.platforms()[0]
	return fmt.Sprintf("%s: from macOS %d on tags have the minor version 0, so installers never ask for %d.%d",
		platform, firstARMMacOS, c.platMajor(), c.platMinor())
}
