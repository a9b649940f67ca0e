package wheeltags

import "strconv"

// Tags returns every tag that the target accepts, best first: byte for byte
// what the order's installer uses. A target that cannot exist (see
// [Target.Check]) accepts none. The list has hundreds to thousands of entries;
// to judge wheels, use a [Matcher].
func (t Target) Tags(o Order) []Tag {
	if t.Check() != nil {
		return nil
	}
	platforms := t.Platform.Tags(o)
	var tags []Tag
	add := func(python, abi string) {
		for _, p := range platforms {
			tags = append(tags, Tag{python, abi, p})
		}
	}
	own, stable := t.Python.Tag(), "abi3"
	if t.Python.FreeThreaded {
		stable = "abi3t"
	}
	for _, abi := range t.Python.abis() {
		add(own, abi)
	}
	add(own, stable)
	add(own, "none")
	for minor := t.Python.Minor - 1; minor >= firstStableABI; minor-- {
		add("cp3"+strconv.Itoa(minor), stable)
	}
	generic := t.Python.generic()
	for _, python := range generic {
		add(python, "none")
	}
	for _, python := range append([]string{own}, generic...) {
		tags = append(tags, Tag{python, "none", "any"})
	}
	return tags
}

// abis returns the ABI tags an interpreter accepts for its own version. A debug
// build loads release extensions too.
func (p Python) abis() []string {
	if !p.Debug {
		return []string{p.ABI()}
	}
	release := p
	release.Debug = false
	return []string{p.ABI(), release.ABI()}
}

// generic returns the py tags an interpreter accepts: its own version, the
// major version, then the older ones.
func (p Python) generic() []string {
	major := "py" + strconv.Itoa(p.Major)
	tags := []string{major + strconv.Itoa(p.Minor), major}
	for minor := p.Minor - 1; minor >= 0; minor-- {
		tags = append(tags, major+strconv.Itoa(minor))
	}
	return tags
}

// Tags returns the platform tags that the platform accepts, best first, without
// "any".
func (p Platform) Tags(o Order) []string {
	var tags []string
	switch p.family {
	case famGlibc, famMusl:
		a := "_" + p.Arch()
		if p.family == famGlibc {
			tags = manylinux(int(p.minor), glibcFloor(p.arch, o), a)
		} else {
			for minor := int(p.minor); minor >= 0; minor-- {
				tags = append(tags, "musllinux_1_"+strconv.Itoa(minor)+a)
			}
		}
		if o == UVOrder {
			return append(tags, "linux"+a)
		}
		return append([]string{"linux" + a}, tags...)
	case famMacOS:
		return p.macOSTags(o)
	case famWindows:
		return []string{p.Tag()}
	case famAndroid:
		for api := int(p.minor); api >= firstAndroid; api-- {
			tags = append(tags, "android_"+strconv.Itoa(api)+"_"+p.Arch())
		}
	case famIOS:
		multiarch := "_" + archText(iosMultiarchs[:], p.arch)
		minor := int(p.minor)
		for major := int(p.major); major >= firstIOS; major-- {
			for ; minor >= 0; minor-- {
				tags = append(tags, "ios_"+strconv.Itoa(major)+"_"+strconv.Itoa(minor)+multiarch)
			}
			minor = lastIOSMinor
		}
	}
	return tags
}

// lastIOSMinor is the minor version that the list begins with for every major
// version but the floor's own; none ever came so far.
const lastIOSMinor = 9

// manylinux returns the glibc tags from minor down to the first version, each
// legacy policy right after its twin.
func manylinux(minor, first int, suffix string) []string {
	var tags []string
	for ; minor >= first; minor-- {
		tags = append(tags, "manylinux_2_"+strconv.Itoa(minor)+suffix)
		for _, l := range legacyManylinux {
			if l.minor == minor {
				tags = append(tags, "manylinux"+l.year+suffix)
			}
		}
	}
	return tags
}

// macOSTags returns the tags of macOS: from 11 on one version a year with minor
// 0, whether or not it was released, then the minor versions of 10, for ARM
// only as a part of universal2.
func (p Platform) macOSTags(o Order) []string {
	var tags []string
	add := func(version string, formats []archName) {
		for _, f := range formats {
			tags = append(tags, "macosx_"+version+"_"+f.name)
		}
	}
	formats := formatsFor(p.arch, o)
	for major := int(p.major); major >= firstARMMacOS; major-- {
		add(strconv.Itoa(major)+"_0", formats)
	}
	minor := lastMacOS10
	if p.major < firstARMMacOS {
		minor = int(p.minor)
	}
	if p.arch == archARM64 {
		formats = formats[1:]
	}
	for ; minor >= firstMacOS10; minor-- {
		add("10_"+strconv.Itoa(minor), formats)
	}
	return tags
}
