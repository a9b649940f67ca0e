package console

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Session does the steps of one page, one after the other, as a reader would.
//
// The commands are ftpkg (also as go run ./cmd/ftpkg), cat, ls, export and echo $?;
// "| head -N" may follow. A page that writes files or sets variables has a directory of
// its own in which all of its commands run; other pages are about the sources, and
// their commands run at the top of the repository.
type Session struct {
	Root string // the top of the repository
	Own  string // an empty directory for the page's files; outputs name what is in it without it
	// Run runs ftpkg in a directory, with variables that the page has set, and
	// returns what a terminal shows of it and its exit status.
	Run func(dir string, variables map[string]string, args []string) (string, int, error)

	dir       string
	variables map[string]string
	status    int
}

// Play does all steps of a page and returns their outputs. The error of a step is
// a [*StepError]; the steps after it are done all the same.
func (s *Session) Play(steps []Step) ([]string, error) {
	s.dir, s.variables, s.status = s.Root, map[string]string{}, 0
	if slices.ContainsFunc(steps, func(step Step) bool { return step.File != "" || strings.HasPrefix(step.Command, "export ") }) {
		s.dir = s.Own
	}
	outputs := make([]string, len(steps))
	var errs []error
	for i, step := range steps {
		var err error
		if step.File != "" {
			outputs[i], err = step.Output, s.write(step.File, step.Output)
		} else {
			outputs[i], err = s.command(step.Command)
		}
		if err != nil {
			errs = append(errs, &StepError{step, err})
		}
	}
	return outputs, errors.Join(errs...)
}

// A StepError says which step of a page went wrong.
type StepError struct {
	Step Step
	Err  error
}

func (e *StepError) Error() string {
	return fmt.Sprintf("line %d: %s%s: %v", e.Step.Line, e.Step.Command, e.Step.File, e.Err)
}

func (e *StepError) Unwrap() error { return e.Err }

// path makes a name of the page's a path. It does not lead out of the directory.
func (s *Session) path(name string) (string, error) {
	local := filepath.FromSlash(name)
	if !filepath.IsLocal(local) {
		return "", fmt.Errorf("%s leads out of the directory", name)
	}
	return filepath.Join(s.dir, local), nil
}

func (s *Session) write(name, text string) error {
	path, err := s.path(name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// command runs one command.
func (s *Session) command(command string) (string, error) {
	if command == "echo $?" {
		text := strconv.Itoa(s.status) + "\n"
		s.status = 0
		return text, nil
	}
	words, err := Words(command)
	if err != nil {
		return "", err
	}
	limit := 0
	if i := slices.Index(words, "|"); i >= 0 {
		if n, _ := fmt.Sscanf(strings.Join(words[i:], " "), "| head -%d", &limit); n != 1 {
			return "", errors.New("the only pipe is | head -N")
		}
		words = words[:i]
	}
	if run := []string{"go", "run", "./cmd/ftpkg"}; len(words) >= 3 && slices.Equal(words[:3], run) {
		words = append([]string{"ftpkg"}, words[3:]...)
	}
	text := ""
	s.status = 0
	switch {
	case len(words) == 0:
		return "", errors.New("no command")
	case words[0] == "ftpkg":
		text, s.status, err = s.Run(s.dir, s.variables, words[1:])
	case words[0] == "cat" && len(words) == 2:
		text, err = s.cat(words[1])
	case words[0] == "ls" && len(words) <= 2:
		text, err = s.ls(words[1:])
	case words[0] == "export" && len(words) == 2 && strings.Contains(words[1], "="):
		name, value, _ := strings.Cut(words[1], "=")
		s.variables[name] = value
	default:
		err = errors.New("not a command of ftpkg")
	}
	text = strings.ReplaceAll(text, s.Own+string(filepath.Separator), "")
	if lines := strings.SplitAfter(text, "\n"); limit > 0 && len(lines) > limit {
		text, s.status = strings.Join(lines[:limit], ""), 0
	}
	return text, err
}

func (s *Session) cat(name string) (string, error) {
	path, err := s.path(name)
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(path)
	return strings.ReplaceAll(string(text), "\r\n", "\n"), err
}

func (s *Session) ls(names []string) (string, error) {
	path, err := s.path(strings.Join(append([]string{"."}, names...), "/"))
	if err != nil {
		return "", err
	}
	entries, err := os.ReadDir(path)
	var b strings.Builder
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			b.WriteString(e.Name() + "\n")
		}
	}
	return b.String(), err
}
