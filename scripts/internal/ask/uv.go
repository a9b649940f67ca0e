package ask

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/indextest"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// askUV installs into an empty folder, so that the answer is the file that was
// really unpacked, and reads there which one it was. For a target that is not
// this machine uv is told its Python version and platform; the flavour is that
// of the interpreter, as uv has no option for it.
func (a *Asker) askUV(ctx context.Context, k *call, t wheeltags.Target) (universe.Answer, error) {
	target := filepath.Join(k.dir, "target")
	args := append(uvInstall(a.envs[t.FreeThreaded()], target),
		"--requirements", k.requirements, "--index-url", k.indexes[len(k.indexes)-1])
	for _, x := range k.indexes[:len(k.indexes)-1] {
		args = append(args, "--extra-index-url", x)
	}
	if len(k.c.Constraints) > 0 {
		args = append(args, "--constraints", k.constraints)
	}
	o := k.c.Options
	for _, n := range o.OnlyBinary {
		args = append(args, "--only-binary", n)
	}
	for _, n := range o.NoBinary {
		args = append(args, "--no-binary", n)
	}
	if mode, ok := map[resolver.Prereleases]string{resolver.Allow: "allow", resolver.Disallow: "disallow"}[o.Prereleases]; ok {
		args = append(args, "--prerelease", mode)
	}
	if !o.ExcludeNewer.IsZero() {
		args = append(args, "--exclude-newer", o.ExcludeNewer.UTC().Format(time.RFC3339))
	}
	if t != a.Target(t.FreeThreaded()) {
		triple, err := triple(t.Platform)
		if err != nil {
			return universe.Answer{}, fmt.Errorf("%s: %w", k.c.Name, err)
		}
		py := t.Python
		args = append(args, "--python-version", fmt.Sprintf("%d.%d", py.Major, py.Minor), "--python-platform", triple)
	}
	if err := a.run(ctx, k, a.uv, args...); err != nil {
		return universe.Answer{}, err
	}
	if k.failed {
		return universe.Answer{Fails: true, Said: a.quote(k, afterError(k.said))}, nil
	}
	picks, err := a.installed(k, target)
	return universe.Answer{Picks: picks}, err
}

// uvInstall begins the arguments of an installation in a folder.
func uvInstall(python, target string) []string {
	return []string{
		"pip", "install", "--color", "never", "--no-progress", "--link-mode", "copy", "--python", python, "--target", target,
	}
}

// installed reads which files were unpacked into a folder.
func (a *Asker) installed(k *call, dir string) ([]universe.Pick, error) {
	infos, err := filepath.Glob(filepath.Join(dir, "*.dist-info"))
	if err != nil {
		return nil, err
	}
	var picks []universe.Pick
	for _, info := range infos {
		origin, err := os.ReadFile(filepath.Join(info, universe.OriginFile))
		if err != nil {
			return nil, err
		}
		filename := strings.TrimSpace(string(origin))
		pick, err := k.pick(filename, func() string { return a.servedBy(k, filename) })
		if err != nil {
			return nil, err
		}
		picks = append(picks, pick)
	}
	return picks, nil
}

// servedBy returns the index that a file was last got from.
func (a *Asker) servedBy(k *call, filename string) (index string) {
	for _, r := range a.Server.Log() {
		if r.Mount == k.mount && r.Kind == indextest.File && r.Name == filename {
			index = r.Index
		}
	}
	return index
}

// triple is uv's name for a platform.
func triple(p wheeltags.Platform) (string, error) {
	switch name := p.Name(); name {
	case "macos-arm64":
		return "aarch64-apple-darwin", nil
	case "macos-x86_64":
		return "x86_64-apple-darwin", nil
	case "windows-x86_64":
		return "x86_64-pc-windows-msvc", nil
	case "windows-arm64":
		return "aarch64-pc-windows-msvc", nil
	case "windows-x86":
		return "i686-pc-windows-msvc", nil
	case "musllinux-x86_64", "musllinux-aarch64":
		_, arch, _ := strings.Cut(name, "-")
		return arch + "-unknown-linux-musl", nil // musl 1.2
	case "linux-x86_64", "linux-aarch64":
		// uv's names carry the architecture in front: x86_64-manylinux_2_28.
		_, arch, _ := strings.Cut(name, "-")
		return arch + "-" + strings.TrimSuffix(p.Tag(), "_"+arch), nil
	}
	return "", fmt.Errorf("uv has no name for %s", p)
}

// afterError cuts off what uv says before it gives up.
func afterError(s string) string {
	if _, after, ok := strings.Cut(s, "error: "); ok {
		return after
	}
	return s
}

var (
	spaces  = regexp.MustCompile(`[\s│╰├─▶×]+`)
	digests = regexp.MustCompile(`\b[0-9a-f]{64}\b|\b0x[0-9a-f]+\b`)
)

// quote puts what an installer said on one line, without
// addresses, ports and digests, which differ each time.
func (a *Asker) quote(k *call, s string) string {
	s = strings.ReplaceAll(s, a.Server.URL()+"/"+k.mount, universe.Origin)
	s = strings.ReplaceAll(s, k.dir+string(filepath.Separator), "")
	s = digests.ReplaceAllString(s, "…")
	s = strings.TrimSpace(spaces.ReplaceAllString(s, " "))
	const most = 600
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}
