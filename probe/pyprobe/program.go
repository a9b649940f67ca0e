package pyprobe

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe/pyhook"
)

//go:embed program/*.py
var program embed.FS

// parts are the parts of the program that each lane needs, besides its loader.
func parts(lane vocab.Lane) ([]string, error) {
	common := []string{"main", "channel", "errors", "watch", "deadline"}
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

func source(part string) string {
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

// payload returns what the loader reads: the job, the keys and the program. JSON
// is an expression of Python once true, false and null are defined.
func payload(job *Job, k keys) ([]byte, error) {
	names, err := parts(job.Lane)
	if err != nil {
		return nil, err
	}
	sources := map[string]string{"hook": pyhook.Source()}
	for _, name := range names {
		sources[name] = source(name)
	}
	return json.Marshal([]any{job.encode(), k, sources})
}
