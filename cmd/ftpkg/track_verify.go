package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/tracker/store"
)

func trackVerifyCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "verify", Usage: "read the whole store and say whether it is sound",
		Description: `Reads every fact, recomputes its digest and follows its references. Exit status: 0 sound, 1 it is not.`,
		Flags:       slices.Concat([]cli.Flag{formatFlag("text", "json")}, storeFlags(), settingsFlags()),
		Action: action(env, 0, 0, func(c *cli.Context, env Env) error {
			o, err := readTrackOptions(c, env)
			if err != nil {
				return err
			}
			return o.history(c.Context, env, func(s *store.Store) error {
				r, err := s.Verify(c.Context)
				if err != nil {
					return err
				}
				if enumValue(c, "format") == "json" {
					err = writeJSON(env.Stdout, verifyDocument{"ftpkg.verify/1", r.Store, r.Schema, r.OK(), r.Rows, r.Count, r.Faults})
				} else {
					err = writeVerification(env.Stdout, r)
				}
				if err == nil && !r.OK() {
					err = errNo
				}
				return err
			})
		}),
	}
}

// A verifyDocument is what `track verify --format json` prints.
type verifyDocument struct {
	Schema   string           `json:"schema"` // "ftpkg.verify/1"
	Store    string           `json:"store"`
	Version  int64            `json:"version"` // of the store's tables
	Sound    bool             `json:"sound"`
	Rows     map[string]int64 `json:"rows"`
	Count    int              `json:"count"`
	Problems []store.Fault    `json:"problems"` // as far as they were kept
}

func writeVerification(w io.Writer, r *store.Report) error {
	rows := int64(0)
	for _, n := range r.Rows {
		rows += n
	}
	if r.OK() {
		_, err := fmt.Fprintf(w, "%s: sound, schema %d, %d rows\n", r.Store, r.Schema, rows)
		return err
	}
	for _, f := range r.Faults {
		if _, err := fmt.Fprintln(w, f); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%s: %s in %d rows\n", r.Store, plural(r.Count, "fault"), rows)
	return err
}
