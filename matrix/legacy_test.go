package matrix

import (
	"strings"
	"testing"
	"testing/fstest"
)

// What setup.py gives to python_requires is what cibuildwheel finds in its syntax
// tree: a plain string in a call that stands by itself.
func TestKeywordOf(t *testing.T) {
	t.Parallel()
	for program, want := range map[string]string{
		"setup(python_requires='>=3.9')":                                                                       ">=3.9",
		"setup(\n  python_requires = \">=3.9\"  # why\n  , x=1)":                                               ">=3.9",
		"setup(python_requires='>=3' '.9')":                                                                    ">=3.9",
		"x = setup(name='a', python_requires=r'>=3.9')":                                                        ">=3.9",
		"if __name__ == '__main__':\n    setup(python_requires='>=3')":                                         ">=3",
		"setup(a=dict(python_requires='>=3'))":                                                                 "",
		"def f():\n    setup(python_requires='>=3')":                                                           "",
		"if x:\n    setup(python_requires='>=3')":                                                              "",
		"setup(python_requires=f'>=3')":                                                                        "",
		"setup(python_requires='>=' + '3')":                                                                    "",
		"setup(python_requires=V)":                                                                             "",
		"'''setup(python_requires='>=3')'''\n# setup(python_requires='>=4')\nsetup()":                          "",
		"\"\"\"\ntext\n\"\"\"\nsetup(\\\n  python_requires='>=3')":                                             ">=3",
		"if __name__ == '__main__':\n  main()\nsetup(python_requires='>=3.7')\nsetup(python_requires='>=3.8')": ">=3.8",
		"": "",
	} {
		if got, _, _ := keywordOf(program, "python_requires"); got != want {
			t.Errorf("keywordOf(%q) = %q, want %q", program, got, want)
		}
	}
	if _, line, _ := keywordOf("'''a\n\nb'''\n\nsetup(\n  python_requires='>=3')", "python_requires"); line != 6 {
		t.Errorf("the keyword is in line %d, want 6", line)
	}
}

func TestIniValue(t *testing.T) {
	t.Parallel()
	text := "# first\n[options.extras_require]\npython_requires = no\n[options]\nx = 1\n  2\nPython_Requires:\n  >=3.9\n  , <4\n\n[y]\npython_requires = no\n"
	if value, line, ok := iniValue(text, "options", "python_requires"); value != ">=3.9\n, <4" || line != 7 || !ok {
		t.Errorf("iniValue: %q in line %d, %v", value, line, ok)
	}
	if _, _, ok := iniValue(text, "options", "y"); ok {
		t.Error("iniValue finds what is not there")
	}
}

// Whatever the files of a project hold, they are read or refused, with the file and
// the line.
func FuzzRead(f *testing.F) {
	f.Add("[project]\nrequires-python = \">=3.9\"\n[tool.cibuildwheel]\nbuild = [\"cp3*\"]\n[[tool.cibuildwheel.overrides]]\nselect = \"*\"\ninherit.build = \"append\"\n", "[options]\npython_requires = >=3\n", "setup(python_requires='>=3')", "[dependencies]\npyo3 = {version = \"0.29\", features = [\"abi3-py39\"]}\n")
	f.Add("[build-system]\nbuild-backend = \"maturin\"\n[tool.maturin]\nmanifest-path = \"../x/Cargo.toml\"\n", "", "'''", "[features]\na = [\"a\", \"b\"]\nb = [\"a\"]\n")
	f.Fuzz(func(t *testing.T, project, cfg, setup, cargo string) {
		files := fstest.MapFS{}
		for name, text := range map[string]string{"pyproject.toml": project, "setup.cfg": cfg, "setup.py": setup, "Cargo.toml": cargo} {
			files[name] = &fstest.MapFile{Data: []byte(text)}
		}
		p, err := Read(files)
		if err != nil {
			if msg := err.Error(); !strings.Contains(msg, ".toml") && !strings.Contains(msg, "setup.") {
				t.Errorf("no file is named: %s", msg)
			}
			return
		}
		s := Settings{Platforms: []string{"macosx_x86_64", "manylinux_i686", "win32"}}
		if plan, err := Derive(t.Context(), p, s, nil); err == nil && len(plan.Cells) == 0 {
			t.Error("an empty plan")
		}
	})
}
