package upstream

import (
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// labels are what projects call the address of their repository, in the order in which
// they are believed.
var labels = []string{"source", "sourcecode", "repository", "code", "github", "gitlab", "codeberg", "homepage", "home", "tracker", "issues", "bugtracker", "changelog"}

// Address returns the repository among a project's addresses, by label: one that git
// can clone over HTTPS from a public host; "" if there is none. Of a page of a forge
// it is the repository that the page belongs to.
func Address(addresses map[string]string) string {
	byLabel := map[string]string{}
	for _, label := range slices.Sorted(maps.Keys(addresses)) {
		short := strings.NewReplacer(" ", "", "-", "", "_", "").Replace(strings.ToLower(label))
		if byLabel[short] == "" {
			byLabel[short] = addresses[label]
		}
	}
	for _, label := range labels {
		if repository := clonable(byLabel[label]); repository != "" {
			return repository
		}
	}
	return ""
}

// forges are hosts whose addresses begin with an owner and a repository.
var forges = []string{"github.com", "codeberg.org", "bitbucket.org", "git.sr.ht"}

// clonable returns the repository that an address is of, "" if it cannot be one: the
// address is a stranger's, and must not lead to hosts of one's own network by name.
func clonable(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") || strings.HasSuffix(host, ".") {
		return ""
	}
	switch host[strings.LastIndexByte(host, '.')+1:] {
	case "local", "localhost", "internal", "lan", "home", "arpa", "onion":
		return ""
	}
	path, _, _ := strings.Cut(strings.Trim(u.EscapedPath(), "/"), "/-/")
	parts := strings.Split(path, "/")
	switch {
	case slices.Contains(forges, strings.TrimPrefix(host, "www.")):
		if len(parts) < 2 || parts[0] == "" || parts[1] == "" || parts[0] == "sponsors" || parts[0] == "orgs" {
			return ""
		}
		host, parts = strings.TrimPrefix(host, "www."), parts[:2]
	case strings.Contains(host, "gitlab") || strings.HasPrefix(host, "git.") || strings.HasSuffix(path, ".git"):
		if len(parts) < 2 {
			return ""
		}
	default:
		return "" // any page
	}
	return "https://" + host + "/" + strings.TrimSuffix(strings.Join(parts, "/"), ".git")
}
