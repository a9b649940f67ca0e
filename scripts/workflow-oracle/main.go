// Command workflow-oracle says how act, which runs workflows of GitHub Actions on
// one's own machine, expands their matrices. Tests hold generated workflows against
// it. It is a module of its own so that nothing of act is needed for ftpkg.
//
//	go run . FILE...
//
// It prints a JSON object: file, then job, then its rows. A job without a matrix has
// one row, which is empty.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/nektos/act/pkg/model"
)

func main() {
	out := map[string]map[string][]map[string]any{}
	for _, file := range os.Args[1:] {
		jobs, err := expand(file)
		if err != nil {
			fmt.Fprintf(os.Stderr, "workflow-oracle: %s: %v\n", file, err)
			os.Exit(1)
		}
		out[file] = jobs
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		fmt.Fprintln(os.Stderr, "workflow-oracle:", err)
		os.Exit(1)
	}
}

// expand reads a workflow, strictly, and expands its matrices.
func expand(file string) (map[string][]map[string]any, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it is only read
	w, err := model.ReadWorkflow(f, true)
	if err != nil {
		return nil, err
	}
	jobs := map[string][]map[string]any{}
	for name, job := range w.Jobs {
		if jobs[name], err = job.GetMatrixes(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return jobs, nil
}
