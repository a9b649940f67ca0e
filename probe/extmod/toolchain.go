package extmod

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/ftpkg/ftpkg/internal/vocab"
)

// A mark of a toolchain is a text that its modules have among their constants.
type mark struct {
	toolchain vocab.Toolchain
	text      string
	version   func(behind string) string // reads it from what follows the text
}

// marks are in the order in which they decide, where a file has several: a module
// that Cython or Rust made may well hold what others leave.
var marks = []mark{
	{vocab.ToolchainPyO3, "pyo3_runtime.", nil},
	{vocab.ToolchainPyO3, "pyo3-", crateVersion},
	{vocab.ToolchainCython, "_cython_", cythonVersion},
	{vocab.ToolchainCython, "cython_runtime", nil},
	{vocab.ToolchainPythran, "__pythran__", nil},
	{vocab.ToolchainMypyc, "__mypyc.", nil},
	{vocab.ToolchainMypyc, "__mypyc_attrs__", nil},
	{vocab.ToolchainMypyc, "mypyc_interned_str", nil},
	{vocab.ToolchainF2py, "auto-generated with f2py (version:", untilParenthesis},
	{vocab.ToolchainNanobind, "nanobind::detail::", nil},
	{vocab.ToolchainPybind11, "__pybind11_internals_v", pybind11Version},
	{vocab.ToolchainSWIG, "swig_runtime_data", nil},
	{vocab.ToolchainCFFI, "_init_cffi_1_0_external_module", nil},
}

const (
	markChunk = 128 << 10
	markSpan  = 64 // of a text and the version behind
	// maxMarked bounds how much of a file's constants is searched: 64 MB.
	maxMarked = 64 << 20
)

// toolchain finds what made the module, and whether that writes declarations of
// its own.
func (m *image) toolchain(f *File) {
	found := make([]bool, len(marks))
	versions := make([]string, len(marks))
	buffer := m.file.buffer(markChunk + markSpan)
	first := len(marks) // of those found
	left := int64(maxMarked)
	for i := range m.segments {
		s := &m.segments[i]
		if s.write || s.exec && m.apart() {
			continue
		}
		for at := int64(0); at < s.filed && left > 0; at += markChunk {
			b := buffer[:min(int64(len(buffer)), s.filed-at)]
			if !m.file.fill(b, m.base+s.off+at) {
				break
			}
			left -= int64(len(b))
			for k := range marks {
				if found[k] || k > first && marks[k].toolchain != marks[first].toolchain {
					continue // it decides nothing
				}
				if found[k], versions[k] = marks[k].in(b); found[k] {
					first = min(first, k)
				}
			}
		}
	}
	f.Toolchain = vocab.ToolchainC
	for k, ok := range found {
		if !ok {
			continue
		}
		if f.Toolchain == vocab.ToolchainC {
			f.Toolchain = marks[k].toolchain
		}
		if f.Toolchain == marks[k].toolchain && f.ToolchainVersion == "" {
			f.ToolchainVersion = versions[k]
		}
	}
	f.ByDefault = byDefault(f)
}

// apart reports whether constants are kept apart from instructions, as linkers
// have done since 2018.
func (m *image) apart() bool {
	for i := range m.segments {
		if s := &m.segments[i]; s.exec && s.off == 0 && m.format == FormatELF {
			return false
		}
	}
	return true
}

// in finds the first place of the text that is followed by a version, if it is to
// be.
func (k *mark) in(b []byte) (found bool, version string) {
	for {
		i := bytes.Index(b, []byte(k.text))
		if i < 0 {
			return false, ""
		}
		b = b[i+len(k.text):]
		if k.version == nil {
			return true, ""
		}
		if version = k.version(string(b[:min(len(b), 24)])); version != "" {
			return true, version
		}
	}
}

// numbers reads numbers with separators between, at the start of a text, and
// returns them with dots, and what follows.
func numbers(s string, separator byte) (version, rest string) {
	i := 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == separator) {
		i++
	}
	return strings.ReplaceAll(strings.Trim(s[:i], string(separator)), string(separator), "."), s[i:]
}

// crateVersion reads that of a crate from a path: pyo3-0.26.0/src/lib.rs.
func crateVersion(behind string) string {
	v, rest := numbers(behind, '.')
	if strings.Count(v, ".") == 2 && (strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, `\`)) {
		return v
	}
	return ""
}

// cythonVersion reads that of the module in which Cython keeps what its modules
// share: _cython_3_1_4
func cythonVersion(behind string) string {
	v, _ := numbers(behind, '_')
	if !strings.Contains(v, ".") {
		return ""
	}
	return v
}

func untilParenthesis(behind string) string {
	v, _, ok := strings.Cut(behind, ")")
	if !ok || !strings.ContainsAny(v, "0123456789") {
		return ""
	}
	return strings.TrimSpace(v)
}

// pybind11Version reads that of the structures that pybind11's modules share, which
// is 11 since 3.0 and was at most 7 before.
func pybind11Version(behind string) string {
	v, _ := numbers(behind, '.')
	switch n, err := strconv.Atoi(v); {
	case err != nil:
		return ""
	case n >= 11:
		return "3"
	}
	return "2"
}

// byDefault reports whether the toolchain writes the module's declaration unasked:
// Cython an explicit USED since 3.1, PyO3 USED up to 0.27 and NOT_USED since, mypyc
// NOT_USED.
func byDefault(f *File) bool {
	switch f.Toolchain {
	case vocab.ToolchainCython:
		return f.Declaration == vocab.DeclarationUsed
	case vocab.ToolchainMypyc:
		return f.Declaration == vocab.DeclarationNotUsed
	case vocab.ToolchainPyO3:
		modern := f.MultiplePhases // for want of a version: from 0.28 on
		if major, minor, ok := strings.Cut(f.ToolchainVersion, "."); ok {
			minor, _, _ = strings.Cut(minor, ".")
			n, err := strconv.Atoi(minor)
			modern = err == nil && (major != "0" || n >= 28)
		}
		return modern && f.Declaration == vocab.DeclarationNotUsed || !modern && f.Declaration == vocab.DeclarationUsed
	case vocab.ToolchainC, vocab.ToolchainPybind11, vocab.ToolchainNanobind, vocab.ToolchainF2py, vocab.ToolchainPythran, vocab.ToolchainSWIG, vocab.ToolchainCFFI:
	}
	return false
}
