package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"
)

// Set by the linker (-X main.version=v1.2.3); see the Makefile.
var version, commit, date string

type versionOptions struct{ format string }

func versionCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:        "version",
		Usage:       "print the version of ftpkg",
		Description: "Prints the release and the commit it was built from. A build without a release says (devel).",
		Flags:       []cli.Flag{formatFlag("text", "json")},
		Action: action(env, 0, 0, func(c *cli.Context, env Env) error {
			return runVersion(c.Context, env, versionOptions{format: enumValue(c, "format")})
		}),
	}
}

// versionInfo is the schema ftpkg.version/1.
type versionInfo struct {
	Schema   string `json:"schema"`
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Date     string `json:"date,omitempty"`
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

func runVersion(_ context.Context, env Env, o versionOptions) error {
	v := buildVersion(env)
	if o.format == "json" {
		return writeJSON(env.Stdout, v)
	}
	var b strings.Builder
	b.WriteString("ftpkg " + v.Version)
	if built := strings.TrimSpace(shortCommit(v.Commit) + " " + v.Date); built != "" {
		b.WriteString(" (" + built)
		if v.Modified {
			b.WriteString(", modified")
		}
		b.WriteByte(')')
	}
	_, err := fmt.Fprintf(env.Stdout, "%s %s %s/%s\n", &b, v.Go, v.OS, v.Arch)
	return err
}

// buildVersion is what the linker stamped, else what the go command recorded.
func buildVersion(env Env) versionInfo {
	v := versionInfo{
		Schema: "ftpkg.version/1", Version: version, Commit: commit, Date: date,
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
	}
	info, ok := env.BuildInfo()
	if !ok {
		info = new(debug.BuildInfo)
	}
	if v.Version == "" {
		v.Version = info.Main.Version
	}
	if v.Version == "" {
		v.Version = "(devel)"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			if v.Commit == "" {
				v.Commit = s.Value
			}
		case "vcs.time":
			if v.Date == "" {
				v.Date = s.Value
			}
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

func shortCommit(c string) string { return c[:min(len(c), 12)] }
