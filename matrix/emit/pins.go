package emit

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed actions.json
var actions []byte

// Pins are the releases of what workflows use.
type Pins struct {
	Source string `json:"source"`
	// Date is the day of the newest release among them that was looked at.
	Date    string         `json:"date"`
	Actions map[string]Pin `json:"actions"` // "actions/checkout"
}

// A Pin is a release of an action.
type Pin struct {
	// Commit is the whole hash, which cannot be moved as a tag can.
	Commit string `json:"commit"`
	// Version is the tag it had: "v7.0.1".
	Version string `json:"version"`
}

// DefaultPins returns the releases that stand in the program.
func DefaultPins() (*Pins, error) {
	var p Pins
	if err := json.Unmarshal(actions, &p); err != nil {
		return nil, fmt.Errorf("table of actions: %w", err)
	}
	return &p, nil
}

// use returns what the key uses names, and the comment behind it.
func (p *Pins) use(action string) (text, comment string) {
	pin := p.Actions[action]
	return action + "@" + pin.Commit, pin.Version
}
