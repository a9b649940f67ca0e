package emit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/matrix"
)

// Cibuildwheel writes the table [tool.cibuildwheel] with which cibuildwheel alone
// builds and tests the cells: its selectors, architectures and images.
func Cibuildwheel(plan *matrix.Plan, o Options) ([]byte, error) {
	w, err := newWriter(plan, o, githubRows)
	if err != nil {
		return nil, err
	}
	if w.pure {
		return nil, errors.New("the project has no compiled code: cibuildwheel has no wheel to build")
	}
	jobs, err := w.layout(true)
	if err != nil {
		return nil, err
	}
	var built, freeTests []*row
	tested := map[string]bool{}
	for _, j := range jobs {
		for _, r := range j.rows {
			if j.purpose == vocab.PurposeBuild {
				built = append(built, r)
				continue
			}
			tested[r.Wheel] = true
			if j.free {
				freeTests = append(freeTests, r)
			}
		}
	}
	var b strings.Builder
	b.WriteString(w.header() + "\n[tool.cibuildwheel]\nbuild = [\n")
	for i, r := range built {
		b.WriteString(strings.TrimRight("  "+tomlString(r.Identifier)+", "+because(built, i), " ") + "\n")
	}
	b.WriteString("]\n")
	var untested []string
	for _, r := range built {
		if !tested[r.Identifier] {
			untested = append(untested, r.Identifier)
		}
	}
	writeList(&b, "test-skip", untested)
	for _, os := range []string{"linux", "macos", "windows"} {
		var archs, images []string
		for _, r := range built {
			if r.Platform.OS() != os {
				continue
			}
			if arch := r.Platform.Arch(); !slices.Contains(archs, arch) {
				archs = append(archs, arch)
			}
			if i := slices.IndexFunc(w.Tables.Images.Linux[r.Platform.Word], func(m matrix.Image) bool { return m.Floor == r.Platform.Floor }); i >= 0 {
				libc, arch, _ := strings.Cut(r.Platform.Word, "_")
				line := libc + "-" + arch + "-image = " + tomlString(w.Tables.Images.Linux[r.Platform.Word][i].Name)
				if !slices.Contains(images, line) {
					images = append(images, line)
				}
			}
		}
		if len(archs) == 0 {
			continue
		}
		b.WriteString("\n[tool.cibuildwheel." + os + "]\n")
		writeList(&b, "archs", archs)
		for _, line := range images {
			b.WriteString(line + "\n")
		}
	}
	w.writeAudit(&b, built)
	w.writeFreeTests(&b, freeTests)
	return []byte(b.String()), nil
}

// writeAudit turns the audit off where it is wrong, in release lines that have one.
func (w *writer) writeAudit(b *strings.Builder, built []*row) {
	var ids []string
	for _, r := range built {
		if r.ABI == vocab.ABI3T {
			ids = append(ids, r.Identifier)
		}
	}
	line, ok := w.Tables.Line(w.Cibuildwheel)
	if len(ids) == 0 || !ok || !slices.Contains(line.Options, "audit-command") {
		return
	}
	b.WriteString("\n" + strings.Replace(auditComment, "The last job looks.", "ftpkg check looks.", 1) + "\n[[tool.cibuildwheel.overrides]]\n")
	writeList(b, "select", ids)
	b.WriteString("audit-command = \"\"\n")
}

// writeFreeTests writes an override for each way that wheels are tested on
// free-threaded Python.
func (w *writer) writeFreeTests(b *strings.Builder, tests []*row) {
	type way struct{ command, requires string }
	selected := map[way][]string{}
	var order []way
	for _, r := range tests {
		x := w.testing(&r.test, true, "{project}")
		if !x.threads {
			continue
		}
		var requires []string
		for _, q := range x.requirements {
			requires = append(requires, tomlString(q))
		}
		k := way{x.command, strings.Join(requires, ", ")}
		if selected[k] == nil {
			order = append(order, k)
		}
		if !slices.Contains(selected[k], r.Wheel) {
			selected[k] = append(selected[k], r.Wheel)
		}
	}
	for _, k := range order {
		b.WriteString("\n# On free-threaded Python each test runs in several threads at once.\n[[tool.cibuildwheel.overrides]]\n")
		writeList(b, "select", selected[k])
		fmt.Fprintf(b, "test-requires = [%s]\ntest-command = %s\n", k.requires, tomlString(k.command))
	}
}

// tomlString is a basic string of TOML, whose escapes are those of JSON.
func tomlString(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(strings.ToValidUTF8(s, "\uFFFD")); err != nil {
		return `""` // there is nothing in a string that cannot be written
	}
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\x7f", `\u007f`)
}

// writeList writes a list of strings, if it has any.
func writeList(b *strings.Builder, key string, values []string) {
	switch len(values) {
	case 0:
		return
	case 1:
		fmt.Fprintf(b, "%s = [%s]\n", key, tomlString(values[0]))
		return
	}
	b.WriteString(key + " = [\n")
	for _, v := range values {
		b.WriteString("  " + tomlString(v) + ",\n")
	}
	b.WriteString("]\n")
}
