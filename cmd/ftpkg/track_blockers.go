package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/tracker/evidence"
	"github.com/ftpkg/ftpkg/tracker/status"
	"github.com/ftpkg/ftpkg/tracker/store"
)

// blockersDocument is what blockers prints as JSON.
type blockersDocument struct {
	Schema      string             `json:"schema"` // "ftpkg.blockers/1"
	Hindrances  []status.Hindrance `json:"blockers"`
	Application []string           `json:"application,omitempty"`
	Unblock     []string           `json:"unblock,omitempty"`
	Unknown     []string           `json:"unknown,omitempty"`
}

func trackBlockersCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "blockers", Usage: "rank the packages that keep others from going without the GIL",
		Description: `Ranks the packages that are in the way of others, by how many they block or, with --by-downloads, by how often what they block is downloaded, which lists say that were imported: see ftpkg track import. With -r, says what has to change before an application can go: the packages that are in its way, and those of which it is not known.

  $ ftpkg track blockers
  $ ftpkg track blockers -r uv.lock

Exit status: 0, or with -r 1 if something is in the way and 3 if something is unknown.`,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringSliceFlag{Name: "requirements", Aliases: []string{"r"}, Category: groupInput, Usage: "of the application that `FILE` names"},
			&cli.BoolFlag{Name: "by-downloads", Category: groupInput, Usage: "rank by the downloads of what they block"},
			asOfFlag(), formatFlag("table", "json"),
		}, storeFlags(), settingsFlags()),
		Action: action(env, 0, 0, func(c *cli.Context, env Env) error {
			o, err := readTrackOptions(c, env)
			if err != nil {
				return err
			}
			doc := blockersDocument{Schema: "ftpkg.blockers/1"}
			for _, file := range c.StringSlice("requirements") {
				cohort, err := readCohort(c.Context, env, file, "", 0)
				if err != nil {
					return err
				}
				doc.Application = append(doc.Application, cohort.Packages...)
			}
			all, err := o.document(c.Context, env)
			if err != nil {
				return err
			}
			doc.Hindrances = status.Hindrances(all.Packages, c.Bool("by-downloads"))
			if c.Bool("by-downloads") {
				if err := checkCounts(env, all.Packages, doc.Hindrances); err != nil {
					return err
				}
			}
			if len(doc.Application) > 0 {
				doc.Unblock, doc.Unknown = status.Unblock(all.Packages, doc.Application)
			}
			if enumValue(c, "format") == "json" {
				err = writeJSON(env.Stdout, doc)
			} else {
				err = writeBlockers(env.Stdout, &doc, env.Color)
			}
			switch {
			case err != nil:
				return err
			case len(doc.Unblock) > 0:
				return errNo
			case len(doc.Unknown) > 0:
				return fmt.Errorf("not known of %s", strings.Join(doc.Unknown, ", "))
			}
			return nil
		}),
	}
}

func writeBlockers(w io.Writer, doc *blockersDocument, color bool) error {
	if len(doc.Application) > 0 {
		if len(doc.Unblock) == 0 {
			_, err := fmt.Fprintln(w, "nothing that is known is in the way")
			return err
		}
		for _, name := range doc.Unblock {
			if _, err := fmt.Fprintln(w, name); err != nil {
				return err
			}
		}
		return nil
	}
	if len(doc.Hindrances) == 0 {
		_, err := fmt.Fprintln(w, "no tracked package is in the way of another")
		return err
	}
	counted := slices.ContainsFunc(doc.Hindrances, func(h status.Hindrance) bool { return h.Downloads > 0 })
	var t table
	header := []string{"package", "state", "blocks", "alone", "why"}
	if counted {
		header = slices.Insert(header, 4, "downloads")
	}
	t.header(header...)
	for i := range doc.Hindrances {
		h := &doc.Hindrances[i]
		row := []cell{
			{text: h.Name}, {text: string(h.State), style: stateStyle(h.State)},
			{text: strconv.Itoa(len(h.Blocks)), right: true}, {text: strconv.Itoa(h.Alone), right: true}, {text: h.Reason},
		}
		if counted {
			row = slices.Insert(row, 4, cell{text: downloads(h), right: true})
		}
		t.add(row...)
	}
	return t.write(w, color)
}

// downloads are those of what is blocked: at least so many if not all are known.
func downloads(h *status.Hindrance) string {
	switch {
	case h.Downloads == 0:
		return "-"
	case h.Uncounted > 0:
		return "≥" + thousands(h.Downloads)
	}
	return thousands(h.Downloads)
}

// thousands writes a number with its digits in threes.
func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// checkCounts refuses to rank by what is not known, and warns of what is not known in
// part.
func checkCounts(env Env, packages []*status.Package, found []status.Hindrance) error {
	blocked, unknown := map[string]bool{}, 0
	for i := range found {
		for _, name := range found[i].Blocks {
			blocked[name] = true
		}
	}
	for _, p := range packages {
		if blocked[p.Name] && p.Downloads == 0 {
			unknown++
		}
	}
	const how = "run: ftpkg track import top-packages.json --downloads (a list of the most downloaded packages, a file or a URL)"
	switch {
	case unknown == 0:
		return nil
	case unknown == len(blocked):
		return hintf(fmt.Errorf("it is not known how often what is blocked is downloaded (%s)", plural(unknown, "package")), how)
	}
	warnf(env.Stderr, "of %d of %s that are blocked it is not known how often they are downloaded", unknown, plural(len(blocked), "package"))
	return nil
}

func trackExportCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "export", ArgsUsage: "json|jsonl", Usage: "print the status of all packages, or all facts",
		Description: `export json prints what follows from the facts: the document of track status, of all packages. export jsonl prints the facts themselves, one history a line.

  $ ftpkg track export json > status.json
  $ ftpkg track export jsonl > facts.jsonl`,
		Flags: slices.Concat([]cli.Flag{asOfFlag()}, storeFlags(), settingsFlags()),
		Action: action(env, 1, 1, func(c *cli.Context, env Env) error {
			o, err := readTrackOptions(c, env)
			if err != nil {
				return err
			}
			switch format := c.Args().First(); format {
			case "json":
				doc, err := o.document(c.Context, env)
				if err != nil {
					return err
				}
				return writeJSON(env.Stdout, doc)
			case "jsonl":
				return o.history(c.Context, env, func(s *store.Store) error {
					projects, err := s.Projects(c.Context)
					if err != nil {
						return err
					}
					for i := range projects {
						h, err := s.History(c.Context, projects[i].Name)
						if err != nil {
							return err
						}
						if err := writeLinesOfJSON(env.Stdout, []*evidence.History{h}); err != nil {
							return err
						}
					}
					return nil
				})
			default:
				return usagef("%s is neither json nor jsonl", format)
			}
		}),
	}
}

// writeLinesOfJSON prints values as JSON, one a line.
func writeLinesOfJSON[T any](w io.Writer, values []T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range values {
		if err := enc.Encode(values[i]); err != nil {
			return err
		}
	}
	return nil
}

func trackBackupCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "backup", ArgsUsage: "FILE", Usage: "copy the store, as of one moment, to a file that can be used like it",
		Flags: slices.Concat(storeFlags(), settingsFlags()),
		Action: action(env, 1, 1, func(c *cli.Context, env Env) error {
			o, err := readTrackOptions(c, env)
			if err != nil {
				return err
			}
			s, err := o.readStore(c.Context, env)
			if err != nil {
				return err
			}
			path := env.path(c.Args().First())
			if err := errors.Join(s.Backup(c.Context, path), s.Close()); err != nil {
				return err
			}
			_, err = fmt.Fprintln(env.Stdout, path)
			return err
		}),
	}
}
