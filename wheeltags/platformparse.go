package wheeltags

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// MainPlatforms returns the six platforms of the doubled matrix: Linux (glibc),
// macOS and Windows, each on Intel and ARM.
func MainPlatforms() []Platform {
	return []Platform{
		defaultPlatform(famGlibc, archX86_64), defaultPlatform(famGlibc, archAArch64),
		defaultPlatform(famMacOS, archX86_64), defaultPlatform(famMacOS, archARM64),
		defaultPlatform(famWindows, archX86_64), defaultPlatform(famWindows, archARM64),
	}
}

// AllPlatforms returns the nine platforms with a name of their own in the
// documentation: the main ones, musl Linux on Intel and ARM, and 32-bit Windows.
func AllPlatforms() []Platform {
	return []Platform{
		defaultPlatform(famGlibc, archX86_64), defaultPlatform(famGlibc, archAArch64),
		defaultPlatform(famMusl, archX86_64), defaultPlatform(famMusl, archAArch64),
		defaultPlatform(famMacOS, archX86_64), defaultPlatform(famMacOS, archARM64),
		defaultPlatform(famWindows, archX86_64), defaultPlatform(famWindows, archARM64),
		defaultPlatform(famWindows, archI686),
	}
}

// Expand returns the platforms that words name, without repetition, in the
// order they are named. A word is "main" ([MainPlatforms]), "all"
// ([AllPlatforms]), whatever [ParsePlatform] takes, or several of these with
// commas between them.
func Expand(words ...string) ([]Platform, error) {
	var out []Platform
	for _, list := range words {
		for word := range strings.SplitSeq(list, ",") {
			var more []Platform
			switch word = strings.TrimSpace(word); strings.ToLower(word) {
			case "main":
				more = MainPlatforms()
			case "all":
				more = AllPlatforms()
			default:
				p, err := ParsePlatform(word)
				if err != nil {
					return nil, err
				}
				more = []Platform{p}
			}
			for _, p := range more {
				if !slices.Contains(out, p) {
					out = append(out, p)
				}
			}
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no platforms named")
	}
	return out, nil
}

// osWords are the names of operating systems that a platform may begin with.
var osWords = [...]struct {
	word   string
	family osFamily
}{
	{"linux", famGlibc}, {"manylinux", famGlibc}, {"glibc", famGlibc},
	{"musllinux", famMusl}, {"musl", famMusl}, {"alpine", famMusl},
	{"macos", famMacOS}, {"macosx", famMacOS}, {"osx", famMacOS}, {"darwin", famMacOS}, {"mac", famMacOS},
	{"windows", famWindows}, {"win", famWindows},
	{"android", famAndroid}, {"ios", famIOS},
}

// archAliases are other names of architectures, in all families. Dashes are
// already underscores here.
var archAliases = [...]archName{
	{archX86_64, "x86_64"}, {archX86_64, "amd64"}, {archX86_64, "x64"}, {archX86_64, "intel"},
	{archAArch64, "aarch64"}, {archAArch64, "arm64"}, {archAArch64, "arm64_v8a"}, {archAArch64, "arm64_v8"}, {archAArch64, "arm64_iphoneos"},
	{archI686, "i686"}, {archI686, "i386"}, {archI686, "386"}, {archI686, "x86"},
	{archARMv7L, "armv7l"}, {archARMv7L, "armv7"}, {archARMv7L, "armv8l"}, {archARMv7L, "armhf"}, {archARMv7L, "arm_v7"}, {archARMv7L, "armeabi_v7a"},
	{archPPC64LE, "ppc64le"}, {archPPC64LE, "ppc64el"}, {archPPC64LE, "powerpc64le"},
	{archPPC64, "ppc64"}, {archPPC64, "powerpc64"},
	{archS390X, "s390x"},
	{archRISCV64, "riscv64"}, {archRISCV64, "riscv64gc"},
	{archLoongArch64, "loongarch64"}, {archLoongArch64, "loong64"},
	{archSimARM64, "arm64_simulator"}, {archSimARM64, "arm64_iphonesimulator"},
	{archSimX86_64, "x86_64_simulator"}, {archSimX86_64, "x86_64_iphonesimulator"},
}

// ParsePlatform parses a platform as people and tools write it: a name such as
// linux-x86_64, macos-arm64 or musllinux-aarch64, which stands for its default
// floor; a platform tag such as manylinux_2_34_x86_64, manylinux2014_aarch64,
// macosx_14_0_arm64 or win_amd64, which is its own floor; a uv or Rust triple
// such as aarch64-apple-darwin or x86_64-manylinux_2_28; or a pair as Docker and
// Go have it, such as linux/amd64. Case does not matter, and dashes,
// underscores, dots and slashes are the same.
func ParsePlatform(s string) (Platform, error) {
	key := strings.NewReplacer("-", "_", "/", "_", ".", "_", " ", "_").Replace(strings.ToLower(strings.TrimSpace(s)))
	p, err := parsePlatform(key)
	if err != nil {
		return Platform{}, fmt.Errorf("platform %q: %w", s, err)
	}
	return p, nil
}

func parsePlatform(key string) (Platform, error) {
	switch key {
	case "":
		return Platform{}, fmt.Errorf("want one of %s, or a platform tag such as manylinux_2_28_x86_64", names())
	case "win32":
		return defaultPlatform(famWindows, archI686), nil
	case "win64":
		return defaultPlatform(famWindows, archX86_64), nil
	}
	if triple, ok := cutTriple(key); ok {
		key = triple
	}
	f, rest, ok := cutOS(key)
	if !ok {
		return Platform{}, unknown(key)
	}
	floor, rest, err := cutFloor(f, rest)
	if err != nil {
		return Platform{}, err
	}
	if f == famGlibc { // as in linux_x64_musl
		if cut, ok := strings.CutSuffix(rest, "_musl"); ok && floor == nil {
			f, rest = famMusl, cut
		} else if cut, ok := strings.CutSuffix(rest, "_gnu"); ok {
			rest = cut
		}
	}
	a, err := archOf(f, rest)
	if err != nil {
		return Platform{}, err
	}
	p := defaultPlatform(f, a)
	if floor == nil {
		return p, nil
	}
	return p.at(floor)
}

// cutOS splits off the operating system, with nothing but a number or an
// underscore after it.
func cutOS(key string) (f osFamily, rest string, ok bool) {
	for _, w := range osWords {
		after, cut := strings.CutPrefix(key, w.word)
		if cut && (after == "" || after[0] == '_' || isDigit(after[0])) {
			return w.family, strings.TrimPrefix(after, "_"), true
		}
	}
	return 0, "", false
}

// cutTriple turns "x86_64_unknown_linux_musl" into "musllinux_x86_64": the
// operating system first.
func cutTriple(key string) (string, bool) {
	best := ""
	for _, a := range archAliases {
		if strings.HasPrefix(key, a.name+"_") && len(a.name) > len(best) {
			best = a.name
		}
	}
	if best == "" {
		return "", false
	}
	os := key[len(best)+1:]
	for _, vendor := range [...]string{"unknown_", "pc_", "apple_"} {
		os = strings.TrimPrefix(os, vendor)
	}
	simulator := ""
	switch os {
	case "linux_gnu", "linux_gnueabihf":
		os = "linux"
	case "linux_musl", "linux_musleabihf":
		os = "musllinux"
	case "linux_android":
		os = "android"
	case "windows_msvc", "windows_gnu":
		os = "windows"
	case "ios_simulator", "ios_sim":
		os, simulator = "ios", "_simulator"
	}
	if _, _, ok := cutOS(os); !ok {
		return "", false
	}
	return os + "_" + best + simulator, true
}

// cutFloor splits the version off what follows the operating system; nil if
// there is none.
func cutFloor(f osFamily, s string) (floor []int, rest string, err error) {
	switch f {
	case famWindows:
		return nil, s, nil
	case famGlibc:
		for _, l := range legacyManylinux {
			if rest, ok := strings.CutPrefix(s, l.year+"_"); ok {
				return []int{glibcMajor, l.minor}, rest, nil
			}
		}
	default:
	}
	for len(floor) < 2 {
		word, after, _ := strings.Cut(s, "_")
		n, ok := atoi(word)
		if !ok || after == "" && word == "386" {
			break
		}
		floor, s = append(floor, n), after
	}
	if len(floor) == 1 && (f == famGlibc || f == famMusl) {
		return nil, "", errors.New("want the minor version of the C library too, such as 2_28 or 1_2")
	}
	return floor, s, nil
}

// archOf looks up an architecture of a family.
func archOf(f osFamily, name string) (arch, error) {
	fam := &families[f]
	a := lookupArch(archAliases[:], name)
	if archText(fam.archs, a) != "" {
		return a, nil
	}
	var known []string
	for _, n := range fam.archs {
		known = append(known, fam.word+"-"+n.name)
	}
	switch {
	case name == "":
		return 0, fmt.Errorf("which architecture? want %s", strings.Join(known, ", "))
	case f == famMacOS && lookupArch(macFormats[:], name) != noArch:
		return 0, fmt.Errorf("%s is a format of wheels, not a machine; want %s", name, strings.Join(known, ", "))
	}
	return 0, fmt.Errorf("no architecture %q there; want %s", name, strings.Join(known, ", "))
}

// at returns p with another floor.
func (p Platform) at(floor []int) (Platform, error) {
	major, minor := floor[0], 0
	if len(floor) == 2 {
		minor = floor[1]
	}
	if major > maxFloor || minor > maxFloor {
		return Platform{}, fmt.Errorf("there is no version %d.%d", major, minor)
	}
	p.major, p.minor = uint8(major), uint8(minor)
	switch p.family {
	case famGlibc:
		if first := glibcFloor(p.arch, PackagingOrder); major != glibcMajor || minor < first {
			return Platform{}, fmt.Errorf("no wheels are tagged for glibc %s on %s; the first is %d.%d", p.Floor(), p.Arch(), glibcMajor, first)
		}
	case famMusl:
		if major != muslMajor {
			return Platform{}, fmt.Errorf("there is no musl %s", p.Floor())
		}
	case famMacOS:
		if major >= firstARMMacOS {
			p.minor = 0 // the only minor version that tags use
			break
		}
		if p.arch == archARM64 {
			return Platform{}, fmt.Errorf("macOS %s does not run on arm64; the first is %d.0", p.Floor(), firstARMMacOS)
		}
		if major != 10 || minor < firstMacOS10 || minor > lastMacOS10 {
			return Platform{}, fmt.Errorf("no wheels are tagged for macOS %s; the first is 10.%d", p.Floor(), firstMacOS10)
		}
	case famAndroid:
		if len(floor) != 1 {
			return Platform{}, errors.New("want one API level, such as android_24_arm64_v8a")
		}
		p.major, p.minor = 0, uint8(major)
		if major < firstAndroid {
			return Platform{}, fmt.Errorf("no wheels are tagged for Android API level %d; the first is %d", major, firstAndroid)
		}
	case famIOS:
		if major < firstIOS {
			return Platform{}, fmt.Errorf("no wheels are tagged for iOS %s; the first is %d.0", p.Floor(), firstIOS)
		}
	default:
	}
	return p, nil
}

// names lists the names of [AllPlatforms].
func names() string {
	var list []string
	for _, p := range AllPlatforms() {
		list = append(list, p.Name())
	}
	return strings.Join(list, ", ")
}

// unknown is the error for a word that names no platform, with the name that
// is nearest to it.
func unknown(key string) error {
	var list []string
	for f := famGlibc; f <= famIOS; f++ {
		for _, a := range families[f].archs {
			list = append(list, families[f].word+"-"+a.name)
		}
	}
	hint := ""
	if name, ok := nearest(key, list); ok {
		hint = "did you mean " + name + "? "
	}
	return fmt.Errorf("unknown; %sknown are %s, or a platform tag such as manylinux_2_28_x86_64", hint, names())
}

// nearest returns the name that takes the fewest edits to get from word, if
// they are few for its length. The first of several wins.
func nearest(word string, names []string) (name string, ok bool) {
	best := len(word)/3 + 1
	for _, n := range names {
		if d := edits(word, strings.ReplaceAll(n, "-", "_")); d < best || d == best && name == "" {
			name, best = n, d
		}
	}
	return name, name != ""
}

// edits is the Levenshtein distance in bytes.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
