package wheeltags

// A platformList is the list of [Platform.Tags] as arithmetic.
type platformList struct {
	family       osFamily
	arch         arch
	major, minor int // the floor
	first        int // the oldest glibc asked for
	before       int // how many tags stand before those with a version
	linux        int // position of linux_*
	formats      [numArchs]int8
	nFormats     int
}

// newPlatformList returns the list of a platform and its length.
func newPlatformList(p Platform, o Order) (l platformList, length int32) {
	l = platformList{family: p.family, arch: p.arch, major: int(p.major), minor: int(p.minor)}
	n := 0
	switch p.family {
	case famGlibc:
		l.first = glibcFloor(p.arch, o)
		n = max(0, l.minor-l.first+1) + l.legaciesFrom(l.first)
	case famMusl:
		n = l.minor + 1
	case famMacOS:
		l.setFormats(p.arch, o)
		if l.major < firstARMMacOS {
			n = (l.minor - firstMacOS10 + 1) * l.nFormats
			break
		}
		n = (l.major-firstARMMacOS+1)*l.nFormats + (lastMacOS10-firstMacOS10+1)*l.formats10()
	case famWindows:
		n = 1
	case famAndroid:
		n = l.minor - firstAndroid + 1
	case famIOS:
		n = l.minor + 1 + (l.major-firstIOS)*(lastIOSMinor+1)
	}
	if p.family == famGlibc || p.family == famMusl {
		l.linux = n
		if o == PackagingOrder {
			l.linux, l.before = 0, 1
		}
		n++
	}
	return l, int32(n)
}

// setFormats numbers the formats of an architecture.
func (l *platformList) setFormats(a arch, o Order) {
	for i := range l.formats {
		l.formats[i] = -1
	}
	for i, f := range formatsFor(a, o) {
		l.formats[f.arch] = int8(i)
	}
	l.nFormats = len(formatsFor(a, o))
}

// formats10 returns how many formats the versions of macOS 10 have.
func (l *platformList) formats10() int {
	if l.arch == archARM64 {
		return 1 // universal2
	}
	return l.nFormats
}

// legaciesFrom returns how many legacy policies have a glibc from minor up to
// the floor.
func (l *platformList) legaciesFrom(minor int) int {
	n := 0
	for _, legacy := range legacyManylinux {
		if minor <= legacy.minor && legacy.minor <= l.minor {
			n++
		}
	}
	return n
}

// position returns the index of a platform tag in the list, -1 if it is not
// there.
func (l *platformList) position(c code) int32 {
	switch kind := c.kind(); kind {
	case platGlibc, platLegacy:
		if l.family == famGlibc && c.platArch() == l.arch && c.platMajor() == glibcMajor {
			return l.glibc(c.platMinor(), kind == platLegacy)
		}
	case platLinux:
		if (l.family == famGlibc || l.family == famMusl) && c.platArch() == l.arch {
			return int32(l.linux)
		}
	case platMusl:
		if minor := c.platMinor(); l.family == famMusl && c.platArch() == l.arch && c.platMajor() == muslMajor && minor <= l.minor {
			return int32(l.before + l.minor - minor)
		}
	case platMacOS:
		if l.family == famMacOS {
			return l.macOS(c)
		}
	case platWindows:
		if l.family == famWindows && c.platArch() == l.arch {
			return 0
		}
	case platAndroid:
		if api := c.platMinor(); l.family == famAndroid && c.platArch() == l.arch && firstAndroid <= api && api <= l.minor {
			return int32(l.minor - api)
		}
	case platIOS:
		if l.family == famIOS && c.platArch() == l.arch {
			return l.iOS(c.platMajor(), c.platMinor())
		}
	}
	return -1
}

func (l *platformList) glibc(minor int, legacy bool) int32 {
	if minor < l.first || minor > l.minor {
		return -1
	}
	p := l.before + l.minor - minor + l.legaciesFrom(minor+1)
	if legacy {
		p++
	}
	return int32(p)
}

func (l *platformList) macOS(c code) int32 {
	format := int(l.formats[c.platArch()])
	major, minor := c.platMajor(), c.platMinor()
	if format < 0 || major > l.major {
		return -1
	}
	if major >= firstARMMacOS {
		if minor != 0 {
			return -1
		}
		return int32((l.major-major)*l.nFormats + format)
	}
	newest, before := l.minor, 0
	if l.major >= firstARMMacOS {
		newest, before = lastMacOS10, (l.major-firstARMMacOS+1)*l.nFormats
	}
	if major != 10 || minor < firstMacOS10 || minor > newest {
		return -1
	}
	if l.arch == archARM64 {
		format-- // universal2 stands alone
		if format < 0 {
			return -1
		}
	}
	return int32(before + (newest-minor)*l.formats10() + format)
}

func (l *platformList) iOS(major, minor int) int32 {
	switch {
	case major == l.major && minor <= l.minor:
		return int32(l.minor - minor)
	case firstIOS <= major && major < l.major && minor <= lastIOSMinor:
		return int32(l.minor + 1 + (l.major-1-major)*(lastIOSMinor+1) + lastIOSMinor - minor)
	}
	return -1
}
