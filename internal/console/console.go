// Package console reads the console blocks of documentation, so that they can be
// replayed: a test runs the commands again and compares what they print.
//
// A console block is fenced, with the word console behind the fence. A line that
// begins with "$ " is a command; what follows up to the next command is what it
// printed. A fenced block with file=NAME behind its language is a file that the
// reader is told to write: the commands that follow find it. A [Session] does the
// steps of a page.
package console

import (
	"errors"
	"strings"
)

// A Step is one command of a console block and what it printed, or a file to be
// written.
type Step struct {
	Line    int    // of the command or the fence, from 1
	Command string // without the "$ "
	File    string // the name of the file, if it is one; then there is no command
	Output  string // whole lines, or ""; of a file, its text

	start, end int // the output's bytes in the text
}

const fence = "```"

// Parse returns the steps of all console blocks of a Markdown text.
func Parse(markdown string) ([]Step, error) {
	var steps []Step
	inside, block, file := false, false, false // in a fenced block; of a console; of a file
	at := 0
	for i, line := range strings.SplitAfter(markdown, "\n") {
		start := at
		at += len(line)
		text := strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(text, fence):
			inside = !inside
			info := strings.TrimSpace(strings.TrimPrefix(text, fence))
			block = inside && info == "console"
			name := ""
			if _, attribute, ok := strings.Cut(info, " "); ok && inside {
				name, _ = strings.CutPrefix(attribute, "file=")
			}
			if file = name != ""; file {
				steps = append(steps, Step{Line: i + 1, File: name, start: at, end: at})
			}
		case file:
			last := &steps[len(steps)-1]
			last.end = at
			last.Output = markdown[last.start:at]
		case !block:
		case strings.HasPrefix(text, "$ "):
			steps = append(steps, Step{Line: i + 1, Command: text[2:], start: at, end: at})
		case len(steps) == 0 || steps[len(steps)-1].end != start || steps[len(steps)-1].File != "":
			return nil, errors.New("a console block begins without a command: " + text)
		default:
			last := &steps[len(steps)-1]
			last.end = at
			last.Output = markdown[last.start:at]
		}
	}
	if inside {
		return nil, errors.New("a fenced block has no end")
	}
	return steps, nil
}

// Replace returns the text with other outputs, one for each of its steps. An
// output that lacks the line end gets one.
func Replace(markdown string, steps []Step, outputs []string) string {
	var b strings.Builder
	at := 0
	for i, s := range steps {
		b.WriteString(markdown[at:s.start])
		b.WriteString(outputs[i])
		if outputs[i] != "" && !strings.HasSuffix(outputs[i], "\n") {
			b.WriteByte('\n')
		}
		at = s.end
	}
	b.WriteString(markdown[at:])
	return b.String()
}

// Words splits a command as a shell does, with single and double quotes and
// nothing else that is special: no variables, no patterns, no escapes.
func Words(command string) ([]string, error) {
	var words []string
	var word strings.Builder
	started, quote := false, rune(0)
	for _, r := range command {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, started = r, true
		case r == ' ' || r == '\t':
			if started {
				words = append(words, word.String())
			}
			word.Reset()
			started = false
		case strings.ContainsRune("\\$`&;<>(){}*?~!", r):
			return nil, errors.New("the character " + string(r) + " would need a shell")
		default:
			word.WriteRune(r)
			started = true
		}
	}
	if quote != 0 {
		return nil, errors.New("a quote has no end")
	}
	if started {
		words = append(words, word.String())
	}
	return words, nil
}
