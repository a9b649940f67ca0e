package main

import (
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/matrix/expect"
)

func matrixExpectCommand(env Env) *cli.Command {
	return &cli.Command{
		Name: "expect", ArgsUsage: "[DIR]", Usage: "list the files that the matrix is to produce",
		Description: `Writes, for the project in DIR or here, which wheels the matrix is to build: the tags of each, with the newest system it may need, and whether there is to be a source distribution. ftpkg check --expect holds what was built against it before it is uploaded.

  $ ftpkg matrix expect -o expected.json
  $ ftpkg check dist --expect expected.json

Write it again, with the same flags, whenever the matrix is.`,
		Flags: slices.Concat(matrixFlags(), []cli.Flag{
			&cli.BoolFlag{Name: "no-sdist", Category: groupMatrix, Usage: "expect no source distribution"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupAnswer, Usage: "write the answer to `FILE`"},
		}, settingsFlags()),
		Action: action(env, 0, 1, func(c *cli.Context, env Env) error {
			o, err := readMatrixOptions(c, env)
			if err != nil {
				return err
			}
			p, plan, err := planMatrix(c.Context, env, o)
			if err != nil {
				return err
			}
			d := expect.New(plan, p.Name, !c.Bool("no-sdist"))
			return writeTo(env, c.String("output"), func(w io.Writer) error { return writeJSON(w, d) })
		}),
	}
}
