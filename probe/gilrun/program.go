package gilrun

import (
	"fmt"
	"strings"
)

// A Program is the words of a Python command line behind the interpreter:
// interpreter options, what to run, and its arguments.
type Program struct {
	Words []string
	// Script is the place in Words of the file to run, -1 where there is none:
	// with -m or -c, for standard input, or without anything to run.
	Script int
}

// ParseProgram reads the words as Python reads them. Options with which the guard
// would not be loaded, or the GIL not be held off, are errors.
func ParseProgram(words []string) (*Program, error) {
	p := &Program{Words: words, Script: -1}
	for i := 0; i < len(words); i++ {
		word := words[i]
		switch {
		case word == "--":
			// Python ends its options there, and keeps the word out of sys.argv.
			if i+1 < len(words) && words[i+1] != "-" {
				p.Script = i + 1
			}
			return p, nil
		case word == "-":
			return p, nil
		case !strings.HasPrefix(word, "-"):
			p.Script = i
			return p, nil
		case word == "--check-hash-based-pycs":
			i++
		case strings.HasPrefix(word, "--"): // --help and such, which end at once
		default:
			ends, taken, err := readOptions(word[1:], words[i+1:])
			if err != nil || ends {
				return p, err
			}
			i += taken
		}
	}
	return p, nil
}

// readOptions reads a cluster of one-letter options; rest are the words after it.
// ends reports that what to run stands in it or right after it, taken is 1 if the
// next word is an option's value.
func readOptions(letters string, rest []string) (ends bool, taken int, err error) {
	for i, letter := range letters {
		value, behind := letters[i+1:], 0
		if value == "" && len(rest) > 0 {
			value, behind = rest[0], 1
		}
		switch letter {
		case 'c', 'm':
			if value == "" && behind == 0 {
				return false, 0, fmt.Errorf("the option -%c needs a value", letter)
			}
			return true, 0, nil
		case 'X':
			if name, setting, _ := strings.Cut(value, "="); name == "gil" && setting != "0" {
				return false, 0, fmt.Errorf("-X %s: the program runs with the GIL off", value)
			}
			return false, behind, nil
		case 'W':
			return false, behind, nil
		case 'E', 'I', 'S':
			return false, 0, fmt.Errorf("with -%c Python does not load the guard", letter)
		}
	}
	return false, 0, nil
}
