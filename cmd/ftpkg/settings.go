package main

import (
	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/config"
)

// settingsFlags say where the settings file is.
func settingsFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name: "config", Category: groupGeneral,
			Usage: "read settings from `FILE` instead of the nearest ftpkg.toml or pyproject.toml",
		},
		&cli.BoolFlag{Name: "no-config", Category: groupGeneral, Usage: "read no settings file"},
	}
}

// readSettings reads the settings file that applies to a command.
func readSettings(c *cli.Context, env Env) (*config.Settings, error) {
	var file *config.File
	var err error
	switch name := c.String("config"); {
	case c.Bool("no-config"):
	case name != "":
		file, err = config.Load(env.path(name))
	default:
		file, err = config.Discover(env.Dir)
	}
	switch {
	case err != nil:
		return nil, hintf(&usageError{err}, "docs/configuration.md lists the keys; --no-config reads no settings")
	case file == nil:
		return new(config.Settings), nil
	case file.Shadowed != "":
		warnf(env.Stderr, "%s goes before [tool.ftpkg] of %s, which is not read", file.Path, file.Shadowed)
	}
	return &file.Settings, nil
}

// setting returns a list flag if it was given, else what the file says.
func setting(c *cli.Context, flag string, file []string) []string {
	if c.IsSet(flag) {
		return list(c, flag)
	}
	return file
}

// settingText is setting for a flag with one value.
func settingText(c *cli.Context, flag, file string) string {
	if c.IsSet(flag) || file == "" {
		return c.String(flag)
	}
	return file
}

// settingEnum is setting for a flag that takes one of a few words.
func settingEnum(c *cli.Context, flag, file string) string {
	if c.IsSet(flag) || file == "" {
		return enumValue(c, flag)
	}
	return file
}

// settingSwitch is setting for a flag that is on or off.
func settingSwitch(c *cli.Context, flag string, file *bool) bool {
	if c.IsSet(flag) || file == nil {
		return c.Bool(flag)
	}
	return *file
}
