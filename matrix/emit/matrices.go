package emit

import (
	"bytes"
	"encoding/json"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
)

// GitHubJSON writes an object of matrices, by the names that the workflow of [GitHub]
// has for its jobs, each for a job's key matrix: ${{ fromJSON(…)['build-gil'] }}. Rows
// have what the workflow's have, and the ABI and the Python's version.
func GitHubJSON(plan *matrix.Plan, o Options) ([]byte, error) {
	w, err := newWriter(plan, o, githubRows)
	if err != nil {
		return nil, err
	}
	jobs, err := w.layout(false)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("{")
	for i, j := range jobs {
		if i > 0 {
			b.WriteString(",")
		}
		columns := githubBuildColumns
		if j.purpose == vocab.PurposeTest {
			columns = w.githubTestColumns(j)
		}
		name, err := json.Marshal(j.name)
		if err != nil {
			return nil, err
		}
		b.WriteString("\n  " + string(name) + ": {\"include\": [")
		for k, r := range j.rows {
			if k > 0 {
				b.WriteString(",")
			}
			row := map[string]any{}
			if err := table(columns(r)...).Decode(&row); err != nil {
				return nil, err
			}
			row["abi"], row["version"] = string(r.ABI), r.Python.String()
			text, err := json.Marshal(row)
			if err != nil {
				return nil, err
			}
			b.WriteString("\n    " + string(text))
		}
		b.WriteString("\n  ]}")
	}
	b.WriteString("\n}\n")
	return b.Bytes(), nil
}
