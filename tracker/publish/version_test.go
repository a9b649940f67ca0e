package publish

import (
	"testing"

	"github.com/ftpkg/ftpkg/tracker/status"
)

// Whoever raises the version of the rules says here since when.
func TestRulesAreDated(t *testing.T) {
	t.Parallel()
	if _, ok := rulesSince()[status.RuleVersion]; !ok || len(rulesSince()) != status.RuleVersion {
		t.Errorf("rulesSince does not say since when there are the rules %d", status.RuleVersion)
	}
}
