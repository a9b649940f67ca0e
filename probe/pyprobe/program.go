package pyprobe

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/pyhook"
)

//go:embed program/*.py
var program embed.FS

// parts are the parts of the program that each lane needs, besides its loader.
func parts(lane vocab.Lane) ([]string, error) {
	common := []string{"hook", "main", "channel", "errors", "watch", "deadline"}
	switch lane {
	case vocab.LaneCreate, vocab.LaneImport, vocab.LaneSurvey:
		return append(common, "imports"), nil
	case vocab.LaneThreads:
		return append(common, "threads"), nil
	case vocab.LaneStress:
		return append(common, "stress", "imports"), nil
	case vocab.LaneTests:
		return append(common, "suite", "imports"), nil
	}
	return nil, fmt.Errorf("no lane %q", lane)
}

// allParts are those of all lanes.
func allParts() []string {
	all := map[string]bool{}
	for _, lane := range vocab.Lanes().Names() {
		names, err := parts(vocab.Lane(lane))
		if err != nil {
			panic("pyprobe: " + err.Error()) // see the list above
		}
		for _, name := range names {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func source(part string) string {
	if part == "hook" {
		return pyhook.Source()
	}
	text, err := program.ReadFile(path.Join("program", part+".py"))
	if err != nil {
		panic("pyprobe: " + err.Error()) // embedded: see the list above
	}
	return string(text)
}

// loader returns what the interpreter is started with, given the Python
// expressions for the two descriptors.
func loader(input, output string) string {
	return strings.NewReplacer("{input}", input, "{output}", output).Replace(source("loader"))
}

// payload returns what the loader reads: a line with the job, the keys and what
// follows, and then the parts of the program, as sources or, if it has been
// compiled, as code. JSON is an expression of Python once true, false and null are
// defined.
func payload(job *Job, k keys) ([]byte, error) {
	names, err := parts(job.Lane)
	if err != nil {
		return nil, err
	}
	sizes := map[string]int{}
	var all []byte
	slices.Sort(names)
	for _, name := range names {
		part := []byte(source(name))
		if job.Code != nil {
			part = job.Code.parts[name]
		}
		sizes[name] = len(part)
		all = append(all, part...)
	}
	head, err := json.Marshal([]any{job.encode(), k, sizes, job.Code != nil})
	if err != nil {
		return nil, err
	}
	return slices.Concat(head, []byte("\n"), all), nil
}
