package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/docs/schema"
	"github.com/ftpkg/ftpkg/internal/suggest"
)

func schemaCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "schema",
		Usage:     "print the JSON Schema of a document ftpkg reads or writes",
		ArgsUsage: "[NAME]",
		Description: `Without NAME, lists the schemas. NAME is as listed, or as the document's own schema field has it: "resolve" and "ftpkg.resolve/1" are the same.

docs/schema/README.md says what may change within a version and what may not.`,
		Action: action(env, 0, 1, func(c *cli.Context, env Env) error {
			return runSchema(c.Context, env, c.Args().First())
		}),
	}
}

func runSchema(_ context.Context, env Env, name string) error {
	if name == "" {
		for _, n := range schema.Names() {
			if _, err := fmt.Fprintln(env.Stdout, n); err != nil {
				return err
			}
		}
		return nil
	}
	if text, ok := schema.Get(schemaName(name)); ok {
		_, err := env.Stdout.Write(text)
		return err
	}
	err := usagef("no schema is named %q", name)
	if near, ok := suggest.Closest(schemaName(name), schema.Names()); ok {
		return hintf(err, "did you mean: ftpkg schema %s", near)
	}
	return hintf(err, "run: ftpkg schema")
}

// schemaName reads a schema's name as documents have it: ftpkg.resolve/1.
func schemaName(s string) string {
	s = strings.TrimPrefix(s, "ftpkg.")
	name, _, _ := strings.Cut(s, "/")
	return name
}
