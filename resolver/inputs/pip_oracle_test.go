package inputs

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// pipLine is what pip makes of a logical line.
type pipLine struct {
	Line           int                 `json:"line"`
	Error          bool                `json:"error"`
	Args           string              `json:"args"`
	Requirements   []string            `json:"requirements"`
	Constraints    []string            `json:"constraints"`
	Editables      []string            `json:"editables"`
	ExtraIndexURLs []string            `json:"extra_index_urls"`
	FindLinks      []string            `json:"find_links"`
	TrustedHosts   []string            `json:"trusted_hosts"`
	Hashes         map[string][]string `json:"hashes"`
	IndexURL       string              `json:"index_url"`
	NoIndex        bool                `json:"no_index"`
	Pre            bool                `json:"pre"`
	PreferBinary   bool                `json:"prefer_binary"`
	RequireHashes  bool                `json:"require_hashes"`
	NoBinary       []string            `json:"no_binary"`
	OnlyBinary     []string            `json:"only_binary"`
	AllReleases    []string            `json:"all_releases"`
	OnlyFinal      []string            `json:"only_final"`
}

// testdata/pip_lines.json holds what pip's own parser makes of 800 random
// files; its "source" and "date" say which and when.
func TestLinesLikePip(t *testing.T) {
	data, err := os.ReadFile("testdata/pip_lines.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Source string
		Env    map[string]string
		Cases  []struct {
			Text  string
			Lines []pipLine
		}
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Cases) < 500 {
		t.Fatalf("%d cases", len(doc.Cases))
	}
	lookup := func(name string) (string, bool) { v, ok := doc.Env[name]; return v, ok }
	for _, c := range doc.Cases {
		got := []pipLine{}
		for _, line := range logicalLines(c.Text, lookup) {
			got = append(got, readLine(line))
		}
		if diff := cmp.Diff(c.Lines, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q (-%s +got):\n%s", c.Text, doc.Source, diff)
		}
	}
}

// readLine does with a line what pip's parser does, before anything acts on it.
func readLine(line logicalLine) pipLine {
	out := pipLine{Line: line.number}
	failed := pipLine{Line: line.number, Error: true}
	requirement, rest := splitArgs(line.text)
	words, err := shellWords(rest)
	if err != nil {
		return failed
	}
	options, _, err := parseOptions(words)
	if err != nil {
		return failed
	}
	out.Args = requirement
	var noBinary, onlyBinary, all, final Names
	for _, o := range options {
		switch o.kind {
		case optRequirement:
			out.Requirements = append(out.Requirements, o.value)
		case optConstraint:
			out.Constraints = append(out.Constraints, o.value)
		case optEditable:
			out.Editables = append(out.Editables, o.value)
		case optExtraIndexURL:
			out.ExtraIndexURLs = append(out.ExtraIndexURLs, o.value)
		case optFindLinks:
			out.FindLinks = append(out.FindLinks, o.value)
		case optTrustedHost:
			out.TrustedHosts = append(out.TrustedHosts, o.value)
		case optHash:
			algorithm, digest, ok := strings.Cut(o.value, ":")
			if !ok || !slices.Contains([]string{"sha256", "sha384", "sha512"}, algorithm) {
				return failed
			}
			if out.Hashes == nil {
				out.Hashes = map[string][]string{}
			}
			out.Hashes[algorithm] = append(out.Hashes[algorithm], digest)
		case optIndexURL:
			out.IndexURL = o.value
		case optNoIndex:
			out.NoIndex = true
		case optPre:
			out.Pre = true
		case optPreferBinary:
			out.PreferBinary = true
		case optRequireHashes:
			out.RequireHashes = true
		case optNoBinary:
			if strings.HasPrefix(o.value, "-") {
				return failed
			}
			noBinary.set(o.value, &onlyBinary)
		case optOnlyBinary:
			if strings.HasPrefix(o.value, "-") {
				return failed
			}
			onlyBinary.set(o.value, &noBinary)
		case optAllReleases:
			all.set(o.value, &final)
		case optOnlyFinal:
			final.set(o.value, &all)
		}
	}
	out.NoBinary, out.OnlyBinary, out.AllReleases, out.OnlyFinal = noBinary.List(), onlyBinary.List(), all.List(), final.List()
	return out
}
