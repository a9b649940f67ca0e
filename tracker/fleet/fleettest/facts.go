package fleettest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker"
	"github.com/ftpkg/ftpkg/tracker/evidence"
)

// Facts are what a store holds of each project, as text, without what differs from run
// to run though nothing of it is different: when something was looked at and by which
// program, the store's own numbers, and how often it was looked at. Of looks, only
// those of which the page said something new are told, without their times: a project
// whose page never changed has one.
func Facts(ctx context.Context, s tracker.Source) (map[string]string, error) {
	projects, err := s.Projects(ctx)
	if err != nil {
		return nil, err
	}
	facts := map[string]string{}
	for _, p := range projects {
		h, err := s.History(ctx, p.Name)
		if err != nil {
			return nil, err
		}
		if facts[p.Name], err = fact(h); err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	return facts, nil
}

func fact(h *evidence.History) (string, error) {
	told := *h
	told.Observations = slices.DeleteFunc(slices.Clone(h.Observations), func(o evidence.Observation) bool {
		return o.Outcome == vocab.ObservedUnchanged || o.Outcome == vocab.ObservedFailed
	})
	text, err := json.Marshal(&told)
	if err != nil {
		return "", err
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return "", err
	}
	text, err = json.MarshalIndent(timeless(v), "", " ")
	return string(text), err
}

// times are the keys of what differs from run to run.
var times = []string{"id", "observation", "at", "first_seen", "first_at", "added", "from", "until", "tool"} //nolint:gochecknoglobals // never changed

// timeless drops them, and puts into an order what was in that of time.
func timeless(v any) any {
	switch v := v.(type) {
	case []any:
		texts := make([]string, len(v))
		for i := range v {
			v[i] = timeless(v[i])
			texts[i] = fmt.Sprint(v[i]) // maps are printed in the order of their keys
		}
		order := make([]int, len(v))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case texts[a] < texts[b]:
				return -1
			case texts[a] > texts[b]:
				return 1
			}
			return 0
		})
		sorted := make([]any, len(v))
		for i, j := range order {
			sorted[i] = v[j]
		}
		return sorted
	case map[string]any:
		for _, k := range times {
			delete(v, k)
		}
		for k := range v {
			v[k] = timeless(v[k])
		}
		if text, ok := v["url"].(string); ok {
			if u, err := url.Parse(text); err == nil {
				v["url"] = u.Path
			}
		}
	}
	return v
}
