// Package schema embeds the JSON Schemas of the documents ftpkg reads and
// writes. README.md says what they promise.
package schema

import (
	"embed"
	"strings"
)

//go:embed *.json
var files embed.FS

// Names returns the schemas' names in alphabetical order: "resolve" for the
// documents whose "schema" field is "ftpkg.resolve/1".
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil // an embedded root can always be read
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".json")
	}
	return names
}

// Get returns the text of the schema of that name.
func Get(name string) ([]byte, bool) {
	b, err := files.ReadFile(name + ".json")
	return b, err == nil
}
