package build

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// pin compares a source with the one its version was built from before, and
// notes it down. A digest that the caller gave, and that the source has, takes
// the place of what was noted.
func (o *Options) pin(s *source) error {
	name := filepath.Join(o.Work, "sources.json")
	pins := map[string]string{}
	text, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(text, &pins)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", name, err)
	}
	version := s.version.FullVersion()
	switch pinned := pins[version]; {
	case pinned == s.digest:
		return nil
	case pinned != "" && o.SHA256 == "":
		return &DigestError{Source: o.Source, Want: pinned, Got: s.digest, Version: version}
	}
	pins[version] = s.digest
	if text, err = json.MarshalIndent(pins, "", "  "); err != nil {
		return err
	}
	return replaceFile(name, append(text, '\n'))
}

// replaceFile writes a file that is either as it was or wholly new, whenever the
// machine stops.
func replaceFile(name string, text []byte) error {
	temp := name + ".part"
	if err := os.WriteFile(temp, text, 0o644); err != nil {
		return err
	}
	return os.Rename(temp, name)
}
