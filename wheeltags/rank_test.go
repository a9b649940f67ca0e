package wheeltags

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestRankOfEveryTag holds the closed form to the list, for every tag of every
// recorded target in both orders: 470,000 tags.
func TestRankOfEveryTag(t *testing.T) {
	for _, list := range packagingLists(t) {
		target := mustTarget(t, list.target)
		for _, order := range []Order{PackagingOrder, UVOrder} {
			m := NewMatcher(target, order)
			for i, tag := range target.Tags(order) {
				set, err := ParseTagSet(tag.String())
				if err != nil {
					t.Fatal(err)
				}
				best, rank, ok := m.Best(&set)
				if !ok || int(rank) != i || best != tag {
					t.Fatalf("%s, %s: %s has rank %d (%t) as %s, want %d", target, order, tag, rank, ok, best, i)
				}
				if word, text := m.Explain(&set); word != NoMismatch || text != "" {
					t.Fatalf("%s: %s is accepted, but explained as %s: %s", target, tag, word, text)
				}
			}
		}
	}
}

// Components of tags: those in lists, and near misses of each.
var (
	pythonTags = strings.Fields(`cp314 cp313 cp315 cp312 cp32 cp31 cp30 cp39 cp310 cp3 cp316 cp317 cp27 cp0314 cp3014 cp314t cp315t cp3_14
		py3 py2 py314 py313 py315 py30 py39 py310 py2 py27 py4 py03 py300 py pp310 graalpy311 ip27 foo cp c p`)
	abiTags = strings.Fields(`cp314 cp314t cp313 cp313t cp315 cp315t cp314td cp314d cp314dt cp313d cp37m cp36mu cp3 cp cp0314t
		abi3 abi3t abi4 abi3d none none2 pypy310_pp73 cp314tt`)
	platformTags = strings.Fields(`any linux_x86_64 linux_aarch64 linux_armv6l linux_ linux
		manylinux1_x86_64 manylinux2010_x86_64 manylinux2014_x86_64 manylinux2014_aarch64 manylinux2010_aarch64 manylinux1_i686 manylinux2014_riscv64
		manylinux_2_5_x86_64 manylinux_2_4_x86_64 manylinux_2_12_x86_64 manylinux_2_11_x86_64 manylinux_2_16_x86_64 manylinux_2_17_x86_64
		manylinux_2_17_aarch64 manylinux_2_16_aarch64 manylinux_2_28_x86_64 manylinux_2_28_aarch64 manylinux_2_29_x86_64 manylinux_2_31_riscv64
		manylinux_2_30_riscv64 manylinux_2_36_x86_64 manylinux_2_39_riscv64 manylinux_2_36_loongarch64 manylinux_3_0_x86_64 manylinux_1_5_x86_64
		manylinux_2_017_x86_64 manylinux_2_1023_x86_64 manylinux_2_9999999_x86_64 manylinux_2_x86_64 manylinux_2_28 manylinux_2_28_ manylinux2014
		musllinux_1_0_x86_64 musllinux_1_1_aarch64 musllinux_1_2_x86_64 musllinux_1_2_aarch64 musllinux_1_3_x86_64 musllinux_2_0_x86_64 musllinux_0_9_x86_64
		macosx_10_3_x86_64 macosx_10_4_x86_64 macosx_10_9_x86_64 macosx_10_9_universal2 macosx_10_9_intel macosx_10_9_fat3 macosx_10_9_fat32
		macosx_10_9_fat64 macosx_10_9_universal macosx_10_15_x86_64 macosx_10_16_universal2 macosx_10_17_universal2 macosx_10_12_arm64 macosx_10_9_ppc
		macosx_11_0_arm64 macosx_11_1_arm64 macosx_11_0_universal2 macosx_12_0_x86_64 macosx_13_0_arm64 macosx_13_0_x86_64 macosx_14_0_arm64
		macosx_15_0_universal2 macosx_26_0_arm64 macosx_27_0_arm64 macosx_9_0_x86_64 macosx_11_0_intel macosx_11_0_fat3 macosx_11_0_fat32
		win_amd64 win_arm64 win32 win_ia64 win win64
		android_15_arm64_v8a android_16_arm64_v8a android_21_arm64_v8a android_24_arm64_v8a android_25_arm64_v8a android_21_x86_64 android_24arm64_v8a
		ios_11_9_arm64_iphoneos ios_12_0_arm64_iphoneos ios_12_9_arm64_iphoneos ios_12_10_arm64_iphoneos ios_13_0_arm64_iphoneos
		ios_13_1_arm64_iphoneos ios_13_0_arm64_iphonesimulator ios_13_0_x86_64_iphonesimulator
		pyemscripten_2026_0_wasm32 pyodide_2024_0_wasm32 emscripten_4_0_9_wasm32 freebsd_14_1_release_amd64`)
)

// target draws any target, its floor included.
func drawTarget(t *rapid.T) Target {
	python := Python{Major: 3, Minor: rapid.IntRange(oldestMinor, 20).Draw(t, "minor"), Micro: -1, Debug: rapid.Bool().Draw(t, "debug")}
	if python.Minor >= firstFreeThreads {
		python.FreeThreaded = rapid.Bool().Draw(t, "free-threaded")
	}
	f := osFamily(rapid.IntRange(int(famGlibc), int(famIOS)).Draw(t, "family"))
	names := families[f].archs
	p := defaultPlatform(f, names[rapid.IntRange(0, len(names)-1).Draw(t, "arch")].arch)
	floor := []int{0, rapid.IntRange(0, 45).Draw(t, "floor")}
	switch f {
	case famGlibc:
		floor[0] = glibcMajor
	case famMusl:
		floor[0] = muslMajor
	case famMacOS:
		floor = []int{rapid.IntRange(10, 28).Draw(t, "major"), floor[1] % 20}
	case famAndroid:
		floor = floor[1:]
	case famIOS:
		floor = []int{rapid.IntRange(12, 27).Draw(t, "major"), floor[1] % 20}
	default:
	}
	if q, err := p.at(floor); err == nil && f != famWindows {
		p = q
	}
	return Target{python, p}
}

func drawTagSet(t *rapid.T, target Target, order Order) string {
	own := target.Tags(order)
	part := func(name string, words []string, of func(Tag) string) string {
		word := rapid.OneOf(rapid.SampledFrom(words), rapid.Map(rapid.SampledFrom(own), of))
		return strings.Join(rapid.SliceOfN(word, 1, 4).Draw(t, name), ".")
	}
	return part("python", pythonTags, func(t Tag) string { return t.Python }) + "-" +
		part("abi", abiTags, func(t Tag) string { return t.ABI }) + "-" +
		part("platform", platformTags, func(t Tag) string { return t.Platform })
}

// TestRankIsIndex holds Rank to the list on random targets and compressed sets.
func TestRankIsIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := drawTarget(t)
		order := rapid.SampledFrom([]Order{PackagingOrder, UVOrder}).Draw(t, "order")
		checkRank(t, target, order, drawTagSet(t, target, order))
	})
}

// checkRank compares Rank and Best with the smallest index in the list of any
// tag of the set.
func checkRank(t interface {
	Fatalf(string, ...any)
	Fatal(...any)
}, target Target, order Order, text string) {
	set, err := ParseTagSet(text)
	if err != nil {
		t.Fatal(err)
	}
	index := map[Tag]int32{}
	for i, tag := range target.Tags(order) {
		if _, twice := index[tag]; twice {
			t.Fatalf("%s: %s is listed twice", target, tag)
		}
		index[tag] = int32(i)
	}
	want := int32(-1)
	for _, tag := range set.Tags() {
		if i, ok := index[tag]; ok && (want < 0 || i < want) {
			want = i
		}
	}
	m := NewMatcher(target, order)
	rank, ok := m.Rank(&set)
	if rank != want || ok != (want >= 0) {
		t.Fatalf("%s, %s: %s has rank %d (%t), want %d", target, order, text, rank, ok, want)
	}
	tag, rank, ok := m.Best(&set)
	if ok && (index[tag] != want || rank != want) || !ok && tag != (Tag{}) {
		t.Fatalf("%s, %s: best of %s is %s with rank %d, want index %d", target, order, text, tag, rank, want)
	}
	word, why := m.Explain(&set)
	if ok != (word == NoMismatch) || ok != (why == "") {
		t.Fatalf("%s, %s: %s has rank %d, explained as %s: %q", target, order, text, rank, word, why)
	}
	if ok {
		if reason := set.impossible(); reason != "" {
			t.Fatalf("%s, %s: %s is accepted as %s, but called impossible: %s", target, order, text, tag, reason)
		}
	}
}

// TestPreference states which of several wheels a target takes, best first; the
// rest it refuses.
func TestPreference(t *testing.T) {
	tests := []struct{ target, accepted, refused string }{
		{
			"3.14t linux-x86_64",
			`cp314-cp314t-linux_x86_64 cp314-cp314t-manylinux_2_28_x86_64 cp314-cp314t-manylinux_2_17_x86_64.manylinux2014_x86_64
			cp314-cp314t-manylinux2014_x86_64 cp314-abi3t-manylinux1_x86_64 cp314-none-manylinux1_x86_64 cp313-abi3t-manylinux_2_28_x86_64
			py314-none-linux_x86_64 py3-none-linux_x86_64 py313-none-linux_x86_64 cp314-none-any py314-none-any py3-none-any py313-none-any py30-none-any`,
			`cp314-cp314-linux_x86_64 cp314-abi3-linux_x86_64 cp39-abi3-manylinux_2_28_x86_64 cp313-cp313t-linux_x86_64 cp313-none-any
			cp315-abi3.abi3t-linux_x86_64 py315-none-any cp314-cp314t-manylinux_2_29_x86_64 cp314-cp314t-musllinux_1_2_x86_64`,
		},
		{
			"3.14 linux-x86_64",
			`cp314-cp314-manylinux_2_28_x86_64 cp314-abi3-manylinux_2_28_x86_64 cp313.cp314-abi3-manylinux_2_17_x86_64 cp314-none-linux_x86_64
			cp39-abi3.abi3t-manylinux_2_28_x86_64 py3-none-manylinux_2_28_x86_64 py2.py3-none-any`,
			`cp314-cp314t-manylinux_2_28_x86_64 cp314-abi3t-manylinux_2_28_x86_64 cp315-abi3-manylinux_2_28_x86_64 py2-none-any`,
		},
		{
			"3.14t macos-arm64",
			`cp314-cp314t-macosx_13_0_arm64 cp314-cp314t-macosx_13_0_universal2 cp314-cp314t-macosx_11_0_arm64 cp314-cp314t-macosx_11_0_universal2
			cp314-cp314t-macosx_10_16_universal2 cp314-cp314t-macosx_10_9_universal2 py3-none-any`,
			`cp314-cp314t-macosx_14_0_arm64 cp314-cp314t-macosx_12_0_x86_64 cp314-cp314t-macosx_10_9_x86_64 cp314-cp314t-macosx_12_1_arm64`,
		},
		{
			"3.14td windows-arm64",
			`cp314-cp314td-win_arm64 cp314-cp314t-win_arm64 cp314-abi3t-win_arm64`,
			`cp314-cp314d-win_arm64 cp314-cp314t-win_amd64 cp314-cp314t-win32`,
		},
	}
	for _, tt := range tests {
		m := NewMatcher(mustTarget(t, tt.target), PackagingOrder)
		last := int32(-1)
		for text := range strings.FieldsSeq(tt.accepted) {
			set, err := ParseTagSet(text)
			if err != nil {
				t.Fatal(err)
			}
			rank, ok := m.Rank(&set)
			if !ok || rank <= last {
				t.Errorf("%s: %s has rank %d (%t), want above %d", tt.target, text, rank, ok, last)
			}
			last = rank
		}
		for text := range strings.FieldsSeq(tt.refused) {
			set, err := ParseTagSet(text)
			if err != nil {
				t.Fatal(err)
			}
			if rank, ok := m.Rank(&set); ok {
				t.Errorf("%s: %s is accepted with rank %d", tt.target, text, rank)
			}
		}
	}
}

// TestRankNearMisses goes through all triples of the components above for the
// main targets and a few odd ones, against the list.
func TestRankNearMisses(t *testing.T) {
	targets := []string{
		"3.14t linux-x86_64", "3.14 linux-x86_64", "3.14td manylinux_2_17_x86_64", "3.13t linux-aarch64", "3.15t linux-riscv64",
		"3.14t macos-arm64", "3.14 macos-x86_64", "3.14t macosx_10_15_x86_64", "3.14t windows-x86_64", "3.9 windows-x86",
		"3.14t musllinux-aarch64", "3.14t android_24_arm64_v8a", "3.14 ios_13_0_arm64_iphoneos",
	}
	var texts []string
	var sets []TagSet
	for _, py := range pythonTags {
		for _, abi := range abiTags {
			for _, platform := range platformTags {
				text := py + "-" + abi + "-" + platform
				set, err := ParseTagSet(text)
				if err != nil {
					t.Fatal(err)
				}
				texts, sets = append(texts, text), append(sets, set)
			}
		}
	}
	for _, name := range targets {
		target := mustTarget(t, name)
		for _, order := range []Order{PackagingOrder, UVOrder} {
			index := map[string]int32{}
			for i, tag := range target.Tags(order) {
				index[tag.String()] = int32(i)
			}
			m := NewMatcher(target, order)
			for i, text := range texts {
				want, ok := index[text]
				if !ok {
					want = -1
				}
				if rank, got := m.Rank(&sets[i]); rank != want || got != ok {
					t.Fatalf("%s, %s: %s has rank %d, want %d", target, order, text, rank, want)
				}
			}
		}
	}
}

// TestExplainNearMisses checks that a set is explained just when it does not
// match.
func TestExplainNearMisses(t *testing.T) {
	for _, name := range []string{"3.14t linux-x86_64", "3.14d macos-arm64", "3.15 windows-x86_64"} {
		m := NewMatcher(mustTarget(t, name), UVOrder)
		for _, py := range pythonTags {
			for _, abi := range abiTags {
				for _, platform := range platformTags {
					set, err := ParseTagSet(py + "-" + abi + "-" + platform)
					if err != nil {
						t.Fatal(err)
					}
					_, ok := m.Rank(&set)
					word, why := m.Explain(&set)
					if (word == NoMismatch) != ok || (why == "") != ok {
						t.Fatalf("%s: %s is accepted: %t, explained as %s: %q", name, &set, ok, word, why)
					}
				}
			}
		}
	}
}

// TestRaisedForIsLowest checks that the raised floor accepts a platform tag of
// the set and that no lower one at or above the target's own does.
func TestRaisedForIsLowest(t *testing.T) {
	accepts := func(p Platform, set *TagSet) bool {
		list, _ := newPlatformList(p, PackagingOrder)
		for _, c := range set.platforms() {
			if c.kind() == platAny || list.position(c) >= 0 {
				return true
			}
		}
		return false
	}
	rapid.Check(t, func(t *rapid.T) {
		p := drawTarget(t).Platform
		set, err := ParseTagSet("cp314-cp314t-" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(platformTags), 1, 5).Draw(t, "platforms"), "."))
		if err != nil {
			t.Fatal(err)
		}
		raised, ok := p.RaisedFor(&set)
		// On iOS a newer floor can accept less: 12.10, which never was, by no
		// floor but its own.
		if newest, has := p.WithNewestFloor(); has && p.family != famIOS && ok != accepts(newest, &set) && !accepts(p, &set) {
			t.Fatalf("%s, %s: raised: %t, the newest floor accepts: %t", p, &set, ok, !ok)
		}
		if !ok {
			if accepts(p, &set) {
				t.Fatalf("%s, %s: accepted, but no floor found", p, &set)
			}
			return
		}
		if !accepts(raised, &set) || raised.older(p) {
			t.Fatalf("%s, %s: raised to %s", p.Tag(), &set, raised.Tag())
		}
		for q := p; q.older(raised); q = q.next() {
			if accepts(q, &set) {
				t.Fatalf("%s, %s: raised to %s, but %s suffices", p.Tag(), &set, raised.Tag(), q.Tag())
			}
		}
	})
}

// next returns the next newer floor.
func (p Platform) next() Platform {
	switch {
	case p.family == famMacOS && p.major >= firstARMMacOS:
		p.major++
	case p.family == famMacOS && p.minor == lastMacOS10:
		p.major, p.minor = firstARMMacOS, 0
	case p.family == famIOS && p.minor >= 20:
		p.major, p.minor = p.major+1, 0
	default:
		p.minor++
	}
	return p
}

func TestRankDoesNotAllocate(t *testing.T) {
	m := NewMatcher(mustTarget(t, "3.14t linux-x86_64"), UVOrder)
	for _, text := range []string{
		"cp314-cp314t-manylinux_2_27_x86_64.manylinux_2_28_x86_64",
		"cp312.cp313.cp314-cp312.cp313.cp314t-manylinux_2_17_x86_64.manylinux2014_x86_64.manylinux_2_28_x86_64",
		"py2.py3-none-any",
	} {
		set, err := ParseTagSet(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := m.Rank(&set); !ok {
			t.Fatalf("%s does not match", text)
		}
		if n := testing.AllocsPerRun(100, func() { m.Rank(&set); m.Best(&set); set.Mislabelled() }); n != 0 {
			t.Errorf("%s: %v allocations", text, n)
		}
	}
}

func twelve(tb testing.TB, o Order) []*Matcher {
	tb.Helper()
	var all []*Matcher
	for _, python := range []string{"3.14", "3.14t"} {
		for _, p := range MainPlatforms() {
			py, err := ParsePython(python)
			if err != nil {
				tb.Fatal(err)
			}
			all = append(all, NewMatcher(Target{py, p}, o))
		}
	}
	return all
}

var benchmarkSets = []string{
	"cp314-cp314t-manylinux_2_27_x86_64.manylinux_2_28_x86_64",
	"cp311-abi3-manylinux_2_17_aarch64.manylinux2014_aarch64",
	"py3-none-any",
	"cp37.cp38.cp39.cp310-abi3.abi3t-macosx_10_12_x86_64.macosx_11_0_arm64.macosx_10_12_universal2",
}

// BenchmarkMatch12 matches one wheel with twelve targets.
func BenchmarkMatch12(b *testing.B) {
	matchers := twelve(b, UVOrder)
	for _, text := range benchmarkSets {
		set, err := ParseTagSet(text)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, m := range matchers {
					m.Rank(&set)
				}
			}
		})
	}
}

func BenchmarkParseTagSet(b *testing.B) {
	for _, text := range benchmarkSets {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ParseTagSet(text)
			}
		})
	}
}

func BenchmarkParseFilename(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ParseFilename("numpy-2.5.5-cp314-cp314t-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl")
	}
}
