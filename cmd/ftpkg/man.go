package main

import (
	"context"
	_ "embed"
	"go/doc/comment"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

//go:embed doc.go
var docGo string

func manCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:        "man",
		Usage:       "print the manual page",
		Description: "Prints the manual page in roff:\n\n  $ ftpkg man > /usr/local/share/man/man1/ftpkg.1",
		Action: action(env, 0, 0, func(c *cli.Context, env Env) error {
			return runMan(c.Context, env)
		}),
	}
}

func runMan(_ context.Context, env Env) error {
	root := newRoot(env)
	app := newApp(env, root)
	app.Description = manual()
	app.UsageText = usageLine(root.Name, root)
	for _, path := range leaves(root) {
		cmd := root
		for _, name := range path {
			cmd = cmd.Command(name)
		}
		cmd.Usage = sentence(cmd.Usage)
		cmd.UsageText = usageLine("ftpkg "+strings.Join(path, " "), cmd)
	}
	page, err := app.ToManWithSection(1)
	if err != nil {
		return err
	}
	// cli's synopsis lists the flags before the command, of which there are none.
	page = strings.Replace(page, ".SH SYNOPSIS\nftpkg\n", ".SH SYNOPSIS\n"+app.UsageText+"\n", 1)
	_, err = io.WriteString(env.Stdout, page)
	return err
}

// manual is the package comment in doc.go as Markdown, without its first
// paragraph: one text serves go doc and the manual page.
func manual() string {
	_, text, _ := strings.Cut(docGo, "/*\n")
	text, _, _ = strings.Cut(text, "*/")
	var parser comment.Parser
	doc := parser.Parse(text)
	doc.Content = slices.Delete(doc.Content, 0, 1)
	printer := comment.Printer{HeadingLevel: 1, HeadingID: func(*comment.Heading) string { return "" }}
	return string(printer.Markdown(doc))
}
