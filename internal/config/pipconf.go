package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Pip is what pip's configuration says about indexes. A field that is empty or
// nil was not set.
type Pip struct {
	IndexURL      string
	ExtraIndexURL []string
	FindLinks     []string
	NoIndex       *bool
}

// PipFiles returns the names of pip's configuration files on an operating system
// (a GOOS), in the order pip reads them: a later file overrides an earlier one.
// They need not exist. home is the user's home directory.
func PipFiles(goos, home string, getenv func(string) string) []string {
	env := getenv("PIP_CONFIG_FILE")
	if env == os.DevNull {
		return nil // pip's way to say: none at all
	}
	var system, user []string
	base := "pip.conf"
	switch goos {
	case "windows":
		base = "pip.ini"
		system = dirs("pip", getenv("PROGRAMDATA"))
		user = append(dirs("pip", home), dirs("pip", getenv("APPDATA"))...)
	case "darwin":
		system = []string{"/Library/Application Support/pip"}
		user = dirs(".pip", home)
		user = append(user, dirs(filepath.Join(".config", "pip"), home)...)
		user = append(user, dirs(filepath.Join("Library", "Application Support", "pip"), home)...)
	default:
		xdg := getenv("XDG_CONFIG_DIRS")
		if xdg == "" {
			xdg = "/etc/xdg"
		}
		system = append(dirs("pip", filepath.SplitList(xdg)...), "/etc")
		user = dirs(".pip", home)
		if config := getenv("XDG_CONFIG_HOME"); config != "" {
			user = append(user, filepath.Join(config, "pip"))
		} else {
			user = append(user, dirs(filepath.Join(".config", "pip"), home)...)
		}
	}
	all := system
	if env == "" || !exists(env) {
		all = append(all, user...) // PIP_CONFIG_FILE stands in for the user's
	}
	all = append(all, dirs("", getenv("VIRTUAL_ENV"))...)
	for i := range all {
		all[i] = filepath.Join(all[i], base)
	}
	if env != "" {
		all = append(all, env)
	}
	return all
}

// dirs joins sub to each parent that is known.
func dirs(sub string, parents ...string) []string {
	var all []string
	for _, p := range parents {
		if p != "" {
			all = append(all, filepath.Join(p, sub))
		}
	}
	return all
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// LoadPip reads the files that exist; a later one overrides an earlier one.
func LoadPip(files []string) (Pip, error) {
	o := pipOptions{}
	for _, name := range files {
		text, err := readFile(name)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			continue
		}
		if err != nil {
			return Pip{}, err
		}
		if err := o.read(text, name); err != nil {
			return Pip{}, err
		}
	}
	return o.pip()
}

// ParsePip reads one configuration file of pip's. An error names the file and
// line.
func ParsePip(text, name string) (Pip, error) {
	o := pipOptions{}
	if err := o.read(text, name); err != nil {
		return Pip{}, err
	}
	return o.pip()
}

// pipOptions are the options of all files read, by section and key.
type pipOptions map[string]map[string]*pipOption

type pipOption struct {
	where string // file:line
	value string
}

// read reads the INI dialect of Python's configparser as pip sets it up: comment
// lines begin with # or ;, an indented line continues the value before it, and
// nothing is interpolated. As in pip, an empty value counts as none.
func (o pipOptions) read(text, name string) error {
	section, last := "", (*pipOption)(nil)
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line = strings.TrimRight(line, " \t\r")
		body := strings.TrimLeft(line, " \t")
		where := fmt.Sprintf("%s:%d", name, i+1)
		switch {
		case body == "" || body[0] == '#' || body[0] == ';':
			continue
		case len(body) < len(line) && last != nil:
			last.value = strings.TrimLeft(last.value+"\n"+body, "\n")
			continue
		case body[0] == '[':
			end := strings.IndexByte(body, ']')
			if end < 0 {
				return fmt.Errorf("%s: the section's name has no ]", where)
			}
			section, last = body[1:end], nil
			if o[section] == nil {
				o[section] = map[string]*pipOption{}
			}
			continue
		}
		sep := strings.IndexAny(body, "=:")
		switch {
		case o[section] == nil:
			return fmt.Errorf("%s: %q stands before any section", where, body)
		case sep <= 0:
			return fmt.Errorf("%s: %q is neither a section nor key = value", where, body)
		}
		key := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(body[:sep]), "_", "-"))
		key = strings.TrimPrefix(key, "--")
		last = &pipOption{where, strings.TrimSpace(body[sep+1:])}
		if old := o[section][key]; last.value == "" && old != nil {
			last.value = old.value
		}
		o[section][key] = last
	}
	return nil
}

// pip picks out what concerns indexes. The section of a command, whatever file it
// stands in, goes before [global]; ours is the one that resolves: install.
func (o pipOptions) pip() (Pip, error) {
	get := func(key string) pipOption {
		for _, section := range []string{"install", "global"} {
			if v := o[section][key]; v != nil && v.value != "" {
				return *v
			}
		}
		return pipOption{}
	}
	p := Pip{
		IndexURL:      get("index-url").value,
		ExtraIndexURL: strings.Fields(get("extra-index-url").value),
		FindLinks:     strings.Fields(get("find-links").value),
	}
	if v := get("no-index"); v.value != "" {
		b, err := ParsePipBool(v.value)
		if err != nil {
			return Pip{}, fmt.Errorf("%s: no-index: %w", v.where, err)
		}
		p.NoIndex = &b
	}
	return p, nil
}

// ParsePipBool reads a switch as pip does, in its files and its environment variables.
func ParsePipBool(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "y", "yes", "on":
		return true, nil
	case "n", "no", "off":
		return false, nil
	}
	b, err := strconv.ParseBool(s)
	if err != nil {
		return false, fmt.Errorf("%q is not true or false", s)
	}
	return b, nil
}
