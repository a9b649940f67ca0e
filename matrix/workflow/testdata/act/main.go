// Command act expands matrices made at random with act's pkg/model, and writes them
// with their cells to act.json beside this directory: go run . > ../act.json. It is
// a module of its own so that the project does not depend on act.
//
// Not made: what act is known to do otherwise than GitHub's own MatrixBuilder. It
// compares values by type ("1" and 1 differ), fits nested rows as a whole only, and
// makes a cell of a matrix that has none.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"os"
	"strings"

	"github.com/nektos/act/pkg/model"
	"gopkg.in/yaml.v3"
)

type golden struct {
	Matrix string           `json:"matrix"`
	Cells  []map[string]any `json:"cells"`
}

func main() {
	r := rand.New(rand.NewSource(1))
	var list []golden
	for len(list) < 200 {
		text := matrix(r)
		var strategy model.Strategy
		if err := yaml.Unmarshal([]byte(text), &strategy.RawMatrix); err != nil {
			log.Fatal(err)
		}
		strategy.RawMatrix = *strategy.RawMatrix.Content[0]
		job := model.Job{Strategy: &strategy}
		cells, err := job.GetMatrixes()
		if err != nil || len(cells) == 1 && len(cells[0]) == 0 {
			continue
		}
		list = append(list, golden{text, cells})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, g := range list { // one a line
		if err := enc.Encode(g); err != nil {
			log.Fatal(err)
		}
	}
	if _, err := os.Stdout.Write(b.Bytes()); err != nil {
		log.Fatal(err)
	}
}

var values = map[string][]string{
	"os":     {"ubuntu-24.04", "windows-2025", "macos-15", "[linux, x64]"},
	"python": {`"3.13"`, `"3.14"`, `"3.14t"`, "3.10", "pypy3.11"},
	"arch":   {"x64", "arm64", "{name: x86, bits: 32}"},
	"extra":  {"true", "false", "1", "null", "word"},
	"note":   {"a", "b"},
}

// matrix writes a matrix.
func matrix(r *rand.Rand) string {
	var b strings.Builder
	var axes []string
	for _, k := range []string{"os", "python", "arch"} {
		if r.Intn(4) == 0 {
			continue
		}
		axes = append(axes, k)
		list := append([]string(nil), values[k]...)
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		fmt.Fprintf(&b, "%s: [%s]\n", k, strings.Join(list[:1+r.Intn(len(list))], ", "))
	}
	rows := func(name string, keys []string) {
		if len(keys) == 0 || r.Intn(3) == 0 {
			return
		}
		b.WriteString(name + ":\n")
		for range 1 + r.Intn(4) {
			var pairs []string
			for _, k := range keys {
				if r.Intn(2) == 0 {
					pairs = append(pairs, k+": "+values[k][r.Intn(len(values[k]))])
				}
			}
			if len(pairs) == 0 {
				pairs = []string{keys[0] + ": " + values[keys[0]][0]}
			}
			b.WriteString("- {" + strings.Join(pairs, ", ") + "}\n")
		}
	}
	rows("include", []string{"os", "python", "arch", "extra", "note"})
	rows("exclude", axes)
	if b.Len() == 0 {
		return "os: [ubuntu-24.04]\n"
	}
	return b.String()
}
