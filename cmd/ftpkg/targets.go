package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ftpkg/ftpkg/internal/config"
	"github.com/ftpkg/ftpkg/internal/cpython"
	"github.com/ftpkg/ftpkg/internal/suggest"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// targetFlags name the cells to answer for.
func targetFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{
			Name: "python", Aliases: []string{"p"}, Category: groupTarget,
			Usage: "answer for Python `VERSION`: 3.14t is the free-threaded build, 3.14 the other; without it, both of the newest settled version",
		},
		&cli.StringSliceFlag{
			Name: "platform", Category: groupTarget,
			Usage: "answer for `PLATFORM`: a name (linux-x86_64), a tag with its floor (manylinux_2_34_x86_64), main for the six main ones or all for nine; without it, main",
		},
	}
}

// targets returns the cells the flags name, else those of the settings, else the
// default: every Python on every platform.
func targets(c *cli.Context, s *config.Settings, now time.Time) ([]wheeltags.Target, error) {
	pythons := setting(c, "python", s.Python)
	if len(pythons) == 0 {
		minor := cpython.Default(now).Minor
		pythons = []string{fmt.Sprintf("3.%dt", minor), fmt.Sprintf("3.%d", minor)}
	}
	platforms := setting(c, "platform", s.Platform)
	if len(platforms) == 0 {
		platforms = []string{"main"}
	}
	where, err := wheeltags.Expand(platforms...)
	if err != nil {
		return nil, hintf(&usageError{err}, "%snames are %s; main and all stand for several", nearestPlatform(platforms), orList(platformNames()))
	}
	var all []wheeltags.Target
	for _, text := range pythons {
		python, err := wheeltags.ParsePython(text)
		if err != nil {
			return nil, &usageError{err}
		}
		for _, platform := range where {
			if t := (wheeltags.Target{Python: python, Platform: platform}); !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
	}
	return all, nil
}

// nearestPlatform suggests a name for the first of the platforms that is none.
func nearestPlatform(platforms []string) string {
	for _, p := range platforms {
		if _, err := wheeltags.Expand(p); err == nil {
			continue
		}
		if near, ok := suggest.Closest(p, append(platformNames(), "main", "all")); ok {
			return "did you mean " + near + "? "
		}
		break
	}
	return ""
}

// pythonNames are the Pythons completion offers.
func pythonNames() []string {
	var names []string
	for _, r := range cpython.Releases() {
		names = append(names, fmt.Sprintf("3.%dt", r.Minor), fmt.Sprintf("3.%d", r.Minor))
	}
	return names
}

func platformNames() []string {
	var names []string
	for _, p := range wheeltags.AllPlatforms() {
		names = append(names, p.Name())
	}
	return names
}
