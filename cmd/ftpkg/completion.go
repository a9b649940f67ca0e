package main

import (
	"context"
	"embed"

	"github.com/urfave/cli/v2"
)

//go:embed completion
var completionScripts embed.FS

func shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

func completionCommand(env Env) *cli.Command {
	cmd := &cli.Command{
		Name:  "completion",
		Usage: "print a shell completion script",
		Description: `The script asks ftpkg itself what can follow, so it never goes stale. Load it once, or from the shell's start file:

  $ source <(ftpkg completion bash)
  $ source <(ftpkg completion zsh)
  $ ftpkg completion fish | source
  > ftpkg completion powershell | Out-String | Invoke-Expression`,
	}
	for _, shell := range shells() {
		cmd.Subcommands = append(cmd.Subcommands, &cli.Command{
			Name:  shell,
			Usage: "print the completion script for " + shell,
			Action: action(env, 0, 0, func(c *cli.Context, env Env) error {
				return runCompletion(c.Context, env, shell)
			}),
		})
	}
	return cmd
}

func runCompletion(_ context.Context, env Env, shell string) error {
	ext := map[string]string{"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "ps1"}[shell]
	script, err := completionScripts.ReadFile("completion/ftpkg." + ext)
	if err != nil {
		return err
	}
	_, err = env.Stdout.Write(script)
	return err
}
