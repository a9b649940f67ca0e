package wheeltags

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"sort"
	"strings"
	"testing"
)

// recorded holds one recorded list: the target as this package names it and the
// tags as the other side wrote them.
type recorded struct {
	target string
	tags   []string
}

// packagingLists returns the 198 lists of packaging 26.3.
func packagingLists(tb testing.TB) []recorded {
	tb.Helper()
	f, err := os.Open("testdata/tag_order_packaging_26_3.json.gz")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	var doc struct {
		Packaging string              `json:"packaging"`
		Targets   map[string][]string `json:"targets"`
	}
	if err := json.NewDecoder(z).Decode(&doc); err != nil {
		tb.Fatal(err)
	}
	if doc.Packaging != "26.3" || len(doc.Targets) != 198 {
		tb.Fatalf("packaging %s with %d targets, want 26.3 with 198", doc.Packaging, len(doc.Targets))
	}
	var lists []recorded
	for key, tags := range doc.Targets {
		lists = append(lists, recorded{recordedTarget(key), tags})
	}
	sort.Slice(lists, func(i, j int) bool { return lists[i].target < lists[j].target })
	return lists
}

// recordedTarget turns "cp314t-linux_x86_64_glibc2_28" into
// "3.14t manylinux_2_28_x86_64".
func recordedTarget(key string) string {
	abi, platform, _ := strings.Cut(key, "-")
	if a, floor, ok := strings.Cut(platform, "_glibc"); ok {
		platform = "manylinux_" + floor + strings.TrimPrefix(a, "linux")
	} else if a, floor, ok := strings.Cut(platform, "_musl"); ok {
		platform = "musllinux_" + floor + strings.TrimPrefix(a, "linux")
	} else if rest, ok := strings.CutPrefix(platform, "macos_"); ok {
		for _, a := range []string{"arm64", "x86_64"} {
			if floor, ok := strings.CutPrefix(rest, a+"_"); ok {
				platform = "macosx_" + floor + "_" + a
			}
		}
	}
	return abi + " " + platform
}

func mustTarget(tb testing.TB, s string) Target {
	tb.Helper()
	target, err := ParseTarget(s)
	if err != nil {
		tb.Fatal(err)
	}
	return target
}

func TestTagsPackaging(t *testing.T) {
	for _, want := range packagingLists(t) {
		compareTags(t, want, PackagingOrder)
	}
}

// TestTagsInterpreter compares with what a free-threaded interpreter said of
// itself.
func TestTagsInterpreter(t *testing.T) {
	f, err := os.Open("testdata/real_313t_sys_tags.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want := recorded{target: "3.13t manylinux_2_36_x86_64"}
	lines := bufio.NewScanner(f)
	lines.Scan() // the first line names the interpreter
	for lines.Scan() {
		want.tags = append(want.tags, lines.Text())
	}
	if err := lines.Err(); err != nil || len(want.tags) != 1060 {
		t.Fatalf("%d tags, %v; want 1060", len(want.tags), err)
	}
	compareTags(t, want, PackagingOrder)
}

func compareTags(t *testing.T, want recorded, o Order) {
	t.Helper()
	got := mustTarget(t, want.target).Tags(o)
	for i := range min(len(got), len(want.tags)) {
		if got[i].String() != want.tags[i] {
			t.Errorf("%s: tag %d is %s, want %s", want.target, i, got[i], want.tags[i])
			return
		}
	}
	if len(got) != len(want.tags) {
		t.Errorf("%s: %d tags, want %d", want.target, len(got), len(want.tags))
	}
}

// TestTagsDigests compares with lists that are recorded as digests only: more
// platforms and debug builds from packaging, and uv's lists. FTPKG_TAG_DIGESTS
// may name a further file that scripts/oracle-tags.py --fresh has written.
func TestTagsDigests(t *testing.T) {
	files := []string{"testdata/digests.json"}
	if fresh := os.Getenv("FTPKG_TAG_DIGESTS"); fresh != "" {
		files = append(files, fresh)
	}
	compared := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]map[string]digest
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		for section, lists := range doc {
			for target, want := range lists {
				compared++
				if got := digestOf(digestLines(t, section, target)); got != want {
					t.Errorf("%s, %s: %v, want %v", section, target, got, want)
				}
			}
		}
	}
	if compared < 39 {
		t.Errorf("compared %d lists, want at least 39", compared)
	}
}

type digest struct {
	Count  int    `json:"count"`
	SHA256 string `json:"sha256"`
}

func digestOf(lines []string) digest {
	h := sha256.New()
	for _, line := range lines {
		h.Write([]byte(line + "\n"))
	}
	return digest{len(lines), hex.EncodeToString(h.Sum(nil))}
}

// digestLines returns what this package says to an entry of digests.json.
func digestLines(t *testing.T, section, name string) (lines []string) {
	t.Helper()
	switch section {
	case "packaging":
		for _, tag := range mustTarget(t, name).Tags(PackagingOrder) {
			lines = append(lines, tag.String())
		}
	case "uv":
		for _, tag := range mustTarget(t, name).Tags(UVOrder) {
			lines = append(lines, tag.String())
		}
	case "uv platforms": // the platform tags alone
		p, err := ParsePlatform(name)
		if err != nil {
			t.Fatal(err)
		}
		lines = p.Tags(UVOrder)
	case "uv one platform": // those of one platform tag, and of any
		_, platform, _ := strings.Cut(name, " ")
		for _, tag := range mustTarget(t, name).Tags(UVOrder) {
			if tag.Platform == platform || tag.Platform == "any" {
				lines = append(lines, tag.String())
			}
		}
	default:
		t.Fatalf("digests.json has a section %q", section)
	}
	return lines
}

// TestTagsOrders states the differences between the orders.
func TestTagsOrders(t *testing.T) {
	tests := []struct {
		platform string
		order    Order
		want     string
	}{
		{"manylinux_2_19_aarch64", PackagingOrder, "linux_aarch64 manylinux_2_19_aarch64 manylinux_2_18_aarch64 manylinux_2_17_aarch64 manylinux2014_aarch64"},
		{"manylinux_2_19_aarch64", UVOrder, "manylinux_2_19_aarch64 manylinux_2_18_aarch64 manylinux_2_17_aarch64 manylinux2014_aarch64 linux_aarch64"},
		{"musllinux_1_1_x86_64", PackagingOrder, "linux_x86_64 musllinux_1_1_x86_64 musllinux_1_0_x86_64"},
		{"musllinux_1_1_x86_64", UVOrder, "musllinux_1_1_x86_64 musllinux_1_0_x86_64 linux_x86_64"},
		{"manylinux_2_32_riscv64", UVOrder, "manylinux_2_32_riscv64 manylinux_2_31_riscv64 linux_riscv64"},
		{"manylinux_2_36_loongarch64", UVOrder, "manylinux_2_36_loongarch64 linux_loongarch64"},
		{"manylinux_2_30_riscv64", UVOrder, "linux_riscv64"},
		{"macosx_10_4_x86_64", PackagingOrder, "macosx_10_4_x86_64 macosx_10_4_intel macosx_10_4_fat64 macosx_10_4_fat3 macosx_10_4_universal2 macosx_10_4_universal"},
		{"macosx_10_4_x86_64", UVOrder, "macosx_10_4_x86_64 macosx_10_4_intel macosx_10_4_fat64 macosx_10_4_fat32 macosx_10_4_universal2 macosx_10_4_universal"},
		{"windows-x86", UVOrder, "win32"},
	}
	for _, tt := range tests {
		p, err := ParsePlatform(tt.platform)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(p.Tags(tt.order), " "); got != tt.want {
			t.Errorf("%s, %s:\n got %s\nwant %s", tt.platform, tt.order, got, tt.want)
		}
	}
}

// TestTagsNone checks that targets that cannot exist accept nothing, rather
// than something odd.
func TestTagsNone(t *testing.T) {
	linux := MainPlatforms()[0]
	set, err := ParseTagSet("py3-none-any")
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []Target{
		{},
		{Platform: linux},
		{Python: Python{Major: 3, Minor: 14, Micro: -1}},
		{Python: Python{Major: 2, Minor: 7}, Platform: linux},
		{Python: Python{Major: 3, Minor: 12, FreeThreaded: true}, Platform: linux},
		{Python: Python{Major: 3, Minor: -1}, Platform: linux},
		{Python: Python{Major: 3, Minor: 1 << 20}, Platform: linux},
	} {
		if tags := target.Tags(PackagingOrder); tags != nil {
			t.Errorf("%v: %d tags, want none", target, len(tags))
		}
		m := NewMatcher(target, UVOrder)
		if rank, ok := m.Rank(&set); ok {
			t.Errorf("%v: rank %d, want none", target, rank)
		}
		if word, text := m.Explain(&set); word != Malformed || text == "" {
			t.Errorf("%v: explained as %s %q", target, word, text)
		}
	}
}
