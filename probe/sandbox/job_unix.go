//go:build unix

package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"time"
)

// A job is what a warden is told about its run, and it tells the jail.
type job struct {
	Path  text   `json:"path"`
	Argv  []text `json:"argv"`
	Env   []text `json:"env"`
	Dir   text   `json:"dir"`
	Extra int    `json:"extra"` // how many descriptors follow the standard ones

	Read    []text `json:"read"`
	Write   []text `json:"write"`
	Scratch text   `json:"scratch"`

	ScratchBytes int64         `json:"scratch_bytes"`
	FileSize     int64         `json:"file_size"`
	Memory       int64         `json:"memory"`
	AddressSpace int64         `json:"address_space"`
	CPU          time.Duration `json:"cpu"`
	Wall         time.Duration `json:"wall"`
	Processes    int           `json:"processes"`
	OpenFiles    int           `json:"open_files"`
	UnixSockets  bool          `json:"unix_sockets"`

	Layers layers `json:"layers"`
	UID    int    `json:"uid"`    // the user to become; 0 to stay who we are
	Warden int    `json:"warden"` // its process, as the program sees it
	Tasks  int    `json:"tasks"`  // of the same user, that count against the limit
}

// A verdict is what a warden tells about its run.
type verdict struct {
	Error  string        `json:"error,omitempty"` // why there was no run
	Status uint32        `json:"status"`          // of wait4
	Killed Kill          `json:"killed"`
	CPU    time.Duration `json:"cpu"`
	MaxRSS int64         `json:"max_rss"`
	Left   int           `json:"left"`
}

// text is a string that need not be UTF-8, as paths and environments need not.
type text string

// MarshalJSON encodes the bytes of s.
func (s text) MarshalJSON() ([]byte, error) {
	return []byte(`"` + base64.StdEncoding.EncodeToString([]byte(s)) + `"`), nil
}

// UnmarshalJSON decodes what MarshalJSON wrote.
func (s *text) UnmarshalJSON(data []byte) error {
	var b []byte
	err := json.Unmarshal(data, &b)
	*s = text(b)
	return err
}

func texts(list []string) []text {
	out := make([]text, len(list))
	for i, s := range list {
		out[i] = text(s)
	}
	return out
}

func stringsOf(list []text) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}
