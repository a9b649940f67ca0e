package tracker

import (
	_ "embed" // for cohort.txt
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

//go:embed cohort.txt
var defaultCohort string

// A Cohort is a dated list of packages.
type Cohort struct {
	// Name is what its members are tracked as: "default-2026-11-21".
	Name string
	Date time.Time
	// Packages are normalised names, in the order of the list, each once.
	Packages []string
	// Downloads are how often packages are downloaded, where the list tells, those
	// included that are beyond the part of it that was asked for.
	Downloads map[string]int64

	has map[string]bool
}

// DefaultCohort is the list that comes with this program.
func DefaultCohort() Cohort {
	c, err := ParseCohort("default", strings.NewReader(defaultCohort))
	if err != nil {
		panic("tracker: " + err.Error()) // embedded
	}
	return *c
}

// ParseCohort reads a list of names, one a line, with # comments, of which one may
// be "# date: 2026-11-21". Errors name the line.
func ParseCohort(name string, r io.Reader) (*Cohort, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	c := &Cohort{Name: name}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line, comment, _ := strings.Cut(line, "#")
		if date, ok := strings.CutPrefix(strings.TrimSpace(comment), "date:"); ok {
			if c.Date, err = time.Parse(time.DateOnly, strings.TrimSpace(date)); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			c.Name = name + "-" + c.Date.Format(time.DateOnly)
		}
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := c.add(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if len(c.Packages) == 0 {
		return nil, errors.New("it names no package")
	}
	return c, nil
}

func (c *Cohort) add(name string) error {
	if err := pep508.CheckName(name); err != nil {
		return err
	}
	if name = pep508.NormalizeName(name); !c.has[name] {
		if c.has == nil {
			c.has = map[string]bool{}
		}
		c.has[name] = true
		c.Packages = append(c.Packages, name)
	}
	return nil
}

// count notes how often a package is downloaded.
func (c *Cohort) count(name string, downloads int64) error {
	if err := pep508.CheckName(name); err != nil {
		return err
	}
	if downloads <= 0 {
		return nil
	}
	if c.Downloads == nil {
		c.Downloads = map[string]int64{}
	}
	name = pep508.NormalizeName(name)
	c.Downloads[name] = max(downloads, c.Downloads[name])
	return nil
}

// Counts are the downloads of packages as facts: of those among names. Source names
// the list, without credentials.
func (c *Cohort) Counts(source string, names []string) []evidence.Downloads {
	var all []evidence.Downloads
	for _, name := range names {
		if n := c.Downloads[name]; n > 0 {
			all = append(all, evidence.Downloads{Project: name, At: c.Date, Source: source, Count: n})
		}
	}
	return all
}

// maxTop is the size of the largest list of top packages that is read, in bytes:
// that of all names of an index is some 50 MB.
const maxTop = 128 << 20

// ParseTop reads a list of the most downloaded packages as JSON, of which it takes
// the first n, or all if n is 0, and the downloads of all: an object with rows of "project" and
// "download_count", or a plain list of names.
func ParseTop(name string, r io.Reader, n int) (*Cohort, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxTop+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxTop:
		return nil, fmt.Errorf("it is larger than %d MB", maxTop>>20)
	}
	var top struct {
		LastUpdate string `json:"last_update"`
		Rows       []struct {
			Project   string `json:"project"`
			Downloads int64  `json:"download_count"`
		} `json:"rows"`
	}
	c := &Cohort{Name: name}
	var names []string
	if json.Unmarshal(text, &names) != nil {
		if err := json.Unmarshal(text, &top); err != nil {
			return nil, err
		}
	}
	for _, project := range names {
		if n > 0 && len(c.Packages) == n {
			break
		}
		if err := c.add(project); err != nil {
			return nil, err
		}
	}
	for _, row := range top.Rows {
		if err := c.count(row.Project, row.Downloads); err != nil {
			return nil, err
		}
		if n > 0 && len(c.Packages) == n {
			continue
		}
		if err := c.add(row.Project); err != nil {
			return nil, err
		}
	}
	if len(c.Packages) == 0 {
		return nil, errors.New("it names no package")
	}
	if day, _, _ := strings.Cut(top.LastUpdate, " "); day != "" {
		if date, err := time.Parse(time.DateOnly, day); err == nil {
			c.Date, c.Name = date, name+"-"+day
		}
	}
	return c, nil
}
