package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/wheeltags"
)

type tagsOptions struct {
	target wheeltags.Target
	order  wheeltags.Order
	format string
}

func tagsCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:  "tags",
		Usage: "print the wheel tags of a target, best first",
		Description: `The tags stand in the exact order in which an installer tries them: of two wheels of one version, the one whose tag comes first is taken.

  $ ftpkg tags --python 3.14t --platform macos-arm64`,
		Flags: []cli.Flag{
			&cli.StringFlag{
				Name: "python", Aliases: []string{"p"}, Category: groupTarget, Value: "3.14t",
				Usage: "the tags of Python `VERSION`: 3.14t is the free-threaded build, 3.14 the other",
			},
			&cli.StringFlag{
				Name: "platform", Category: groupTarget, Value: "linux-x86_64",
				Usage: "the tags of `PLATFORM`: a name (linux-x86_64) or a tag with its floor (manylinux_2_34_x86_64)",
			},
			enumFlag("order", "uv", []string{"uv", "packaging"}, groupRules,
				"the order of `INSTALLER`, uv or packaging (that is, pip): they differ on linux_* tags"),
			formatFlag("text", "json"),
		},
		Action: action(env, 0, 0, func(c *cli.Context, env Env) error {
			o := tagsOptions{format: enumValue(c, "format")}
			var err error
			if o.target.Python, err = wheeltags.ParsePython(c.String("python")); err != nil {
				return &usageError{err}
			}
			if o.target.Platform, err = wheeltags.ParsePlatform(c.String("platform")); err != nil {
				return hintf(&usageError{err}, "names are %s", orList(platformNames()))
			}
			if o.order, err = wheeltags.ParseOrder(enumValue(c, "order")); err != nil {
				return &usageError{err}
			}
			return runTags(c.Context, env, o)
		}),
	}
}

// tagsResult is the schema ftpkg.tags/1.
type tagsResult struct {
	Schema      string   `json:"schema"`
	Python      string   `json:"python"`
	Platform    string   `json:"platform"`
	PlatformTag string   `json:"platform_tag"`
	Order       string   `json:"order"`
	Tags        []string `json:"tags"`
}

func runTags(_ context.Context, env Env, o tagsOptions) error {
	tags := o.target.Tags(o.order)
	if o.format == "json" {
		r := tagsResult{
			Schema: "ftpkg.tags/1", Python: o.target.Python.String(), Platform: o.target.Platform.Name(),
			PlatformTag: o.target.Platform.Tag(), Order: o.order.String(), Tags: make([]string, len(tags)),
		}
		for i, t := range tags {
			r.Tags[i] = t.String()
		}
		return writeJSON(env.Stdout, r)
	}
	for _, t := range tags {
		if _, err := fmt.Fprintln(env.Stdout, t); err != nil {
			return err
		}
	}
	return nil
}
