package inputs

import (
	"fmt"
	"strings"
)

// An optionKind is an option of a requirements file.
type optionKind int

const (
	optIndexURL optionKind = iota
	optExtraIndexURL
	optNoIndex
	optConstraint
	optRequirement
	optEditable
	optFindLinks
	optNoBinary
	optOnlyBinary
	optPreferBinary
	optRequireHashes
	optNoRequireHashes
	optPre
	optAllReleases
	optOnlyFinal
	optHash
	// Options that change nothing here.
	optTrustedHost
	optUseFeature
	optConfigSettings
	optGlobalOption
)

// A optionName is one spelling of an option.
type optionName struct {
	long  string
	short byte
	kind  optionKind
	arg   bool
}

// optionNames are the options that pip takes in a requirements file, and two
// that older versions took.
func optionNames() []optionName {
	return []optionName{
		{"--index-url", 'i', optIndexURL, true},
		{"--pypi-url", 0, optIndexURL, true},
		{"--extra-index-url", 0, optExtraIndexURL, true},
		{"--no-index", 0, optNoIndex, false},
		{"--constraint", 'c', optConstraint, true},
		{"--requirement", 'r', optRequirement, true},
		{"--editable", 'e', optEditable, true},
		{"--find-links", 'f', optFindLinks, true},
		{"--no-binary", 0, optNoBinary, true},
		{"--only-binary", 0, optOnlyBinary, true},
		{"--prefer-binary", 0, optPreferBinary, false},
		{"--require-hashes", 0, optRequireHashes, false},
		{"--no-require-hashes", 0, optNoRequireHashes, false},
		{"--pre", 0, optPre, false},
		{"--all-releases", 0, optAllReleases, true},
		{"--only-final", 0, optOnlyFinal, true},
		{"--hash", 0, optHash, true},
		{"--trusted-host", 0, optTrustedHost, true},
		{"--use-feature", 0, optUseFeature, true},
		{"--config-settings", 'C', optConfigSettings, true},
		{"--config-setting", 0, optConfigSettings, true},
		{"--global-option", 0, optGlobalOption, true},
		{"--install-option", 0, optGlobalOption, true},
	}
}

// An option is one option as given.
type option struct {
	kind  optionKind
	name  string // as in optionNames
	value string
}

// parseOptions reads options as pip's parser does: "--opt value", "--opt=value",
// "-o value", "-ovalue", and long names cut short where that is unambiguous.
// Words that are no options are returned apart.
func parseOptions(words []string) (options []option, rest []string, err error) {
	names := optionNames()
	for i := 0; i < len(words); i++ {
		w := words[i]
		value := func(attached string, has bool) (string, error) {
			switch {
			case has:
				return attached, nil
			case i+1 < len(words):
				i++
				return words[i], nil
			}
			return "", fmt.Errorf("%s needs a value", w)
		}
		switch {
		case w == "--":
			return options, append(rest, words[i+1:]...), nil
		case strings.HasPrefix(w, "--"):
			long, attached, has := strings.Cut(w, "=")
			n, err := matchLong(names, long)
			if err != nil {
				return nil, nil, err
			}
			o := option{kind: n.kind, name: n.long}
			switch {
			case n.arg:
				if o.value, err = value(attached, has); err != nil {
					return nil, nil, err
				}
			case has:
				return nil, nil, fmt.Errorf("%s takes no value", n.long)
			}
			options = append(options, o)
		case len(w) > 1 && w[0] == '-':
			n, ok := matchShort(names, w[1])
			if !ok {
				return nil, nil, fmt.Errorf("unknown option %s", w[:2])
			}
			o := option{kind: n.kind, name: n.long}
			if o.value, err = value(w[2:], len(w) > 2); err != nil {
				return nil, nil, err
			}
			options = append(options, o)
		default:
			rest = append(rest, w)
		}
	}
	return options, rest, nil
}

func matchShort(names []optionName, c byte) (optionName, bool) {
	for _, n := range names {
		if n.short == c {
			return n, true
		}
	}
	return optionName{}, false
}

func matchLong(names []optionName, long string) (optionName, error) {
	var found []optionName
	for _, n := range names {
		if n.long == long {
			return n, nil
		}
		if strings.HasPrefix(n.long, long) && len(long) > 2 {
			found = append(found, n)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		same := true
		spellings := make([]string, len(found))
		for i, n := range found {
			spellings[i] = n.long
			same = same && n.kind == found[0].kind
		}
		if same {
			return found[0], nil
		}
		return optionName{}, fmt.Errorf("ambiguous option %s: one of %s", long, strings.Join(spellings, ", "))
	}
	return optionName{}, fmt.Errorf("unknown option %s", long)
}
