package ask

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// report is the part of pip's installation report that is read.
type report struct {
	Install []struct {
		DownloadInfo struct {
			URL string `json:"url"`
		} `json:"download_info"`
	} `json:"install"`
}

// askPip asks for an installation report without installing. pip answers for the
// machine it runs on only.
func (a *Asker) askPip(ctx context.Context, k *call, t wheeltags.Target) (universe.Answer, error) {
	if t != a.Target(t.FreeThreaded()) {
		return universe.Answer{}, fmt.Errorf("%s: pip cannot be asked about %s here", k.c.Name, t)
	}
	file := filepath.Join(k.dir, "report.json")
	args := append(pipInstall(file), "--requirement", k.requirements, "--index-url", k.indexes[0])
	for _, x := range k.indexes[1:] {
		args = append(args, "--extra-index-url", x)
	}
	if len(k.c.Constraints) > 0 {
		args = append(args, "--constraint", k.constraints)
	}
	o := k.c.Options
	for _, n := range o.OnlyBinary {
		args = append(args, "--only-binary", n)
	}
	for _, n := range o.NoBinary {
		args = append(args, "--no-binary", n)
	}
	switch o.Prereleases {
	case resolver.IfNecessary: // the default
	case resolver.Allow:
		args = append(args, "--pre")
	case resolver.Disallow:
		args = append(args, "--only-final", ":all:")
	}
	if !o.ExcludeNewer.IsZero() {
		args = append(args, "--uploaded-prior-to", o.ExcludeNewer.UTC().Format(time.RFC3339))
	}
	if err := a.run(ctx, k, a.envs[t.FreeThreaded()], args...); err != nil {
		return universe.Answer{}, err
	}
	if k.failed {
		return universe.Answer{Fails: true, Said: a.quote(k, errorLines(k.said))}, nil
	}
	picks, err := reported(k, file)
	return universe.Answer{Picks: picks}, err
}

// pipInstall begins the arguments of a dry run that writes a report.
func pipInstall(report string) []string {
	return []string{
		"-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-cache-dir", "--no-input", "--no-color",
		"--disable-pip-version-check", "--quiet", "--report", report,
	}
}

// reported reads which files a report says would be installed.
func reported(k *call, file string) ([]universe.Pick, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var rep report
	if err := json.Unmarshal(data, &rep); err != nil {
		return nil, fmt.Errorf("%s: pip's report: %w", k.c.Name, err)
	}
	var picks []universe.Pick
	for _, i := range rep.Install {
		u, err := url.Parse(i.DownloadInfo.URL)
		if err != nil {
			return nil, fmt.Errorf("%s: pip's report: %w", k.c.Name, err)
		}
		// The path is /MOUNT/INDEX/files/FILENAME.
		pick, err := k.pick(path.Base(u.Path), func() string { return path.Base(path.Dir(path.Dir(u.Path))) })
		if err != nil {
			return nil, err
		}
		picks = append(picks, pick)
	}
	return picks, nil
}

// errorLines keeps the lines of pip's output that say why it gave up: those
// marked so, or the end of a traceback.
func errorLines(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	var keep []string
	for _, l := range lines {
		msg, ok := strings.CutPrefix(strings.TrimSpace(l), "ERROR: ")
		switch {
		case !ok || strings.HasPrefix(msg, "ResolutionImpossible"): // that one only names a page
		case msg == "Exception:":
			return lines[len(lines)-1]
		default:
			keep = append(keep, msg)
		}
	}
	if keep == nil {
		return s
	}
	return strings.Join(keep, "; ")
}
