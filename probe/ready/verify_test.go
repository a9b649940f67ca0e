package ready_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/probe"
	"github.com/ftpkg/ftpkg/probe/ready"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	w := resolve(t, `
root good
root bad
root silent
root liar
root wrong
root open
root lost
package good
  version 1
    wheel cp314-cp314t-manylinux_2_28_x86_64
    requires bad
package bad
  version 1
    wheel cp314-cp314t-manylinux_2_28_x86_64
package silent
  version 1
    wheel cp314-cp314t-manylinux_2_28_x86_64
package liar
  version 1
    wheel cp314-cp314t-manylinux_2_28_x86_64
package wrong
  version 1
    wheel cp314-none-manylinux_2_28_x86_64
package open
  version 1
    wheel cp314-cp314t-manylinux_2_28_x86_64
package lost
  version 1
`, "good-: good._a not-used\nbad-: bad._a used\nsilent-: silent._a silent\nliar-: liar._a not-used\nwrong-: wrong._a silent fit=wrong-abi\nopen-: open._a undecided", linux)
	runtime := probe.Runtime{Version: "3.14.2t"}
	result := func(name string, outcome vocab.Outcome, declared vocab.Loaded, test bool) probe.Result {
		return probe.Result{Package: name, Runtime: runtime, Outcome: outcome, Detail: "why", Modules: []probe.Module{
			{Module: name + "._a", Distribution: name, Declaration: declared, Test: test},
		}}
	}
	good := result("good", vocab.OutcomeGILReenabled, vocab.LoadedNotUsed, false) // through bad
	good.Offenders = []probe.Offender{{Module: "bad._a", Distribution: "bad"}, {Module: "liar._t", Distribution: "liar", Test: true}}
	v := ready.Verify(w.judge(t), []probe.Result{
		good, result("bad", vocab.OutcomeGILReenabled, vocab.LoadedUsed, false),
		result("silent", vocab.OutcomeGILOff, vocab.LoadedNotUsed, false), result("liar", vocab.OutcomeGILReenabled, vocab.LoadedUsed, false),
		result("wrong", vocab.OutcomeABICrash, vocab.LoadedUnknown, false), result("open", vocab.OutcomeGILOff, vocab.LoadedNotUsed, false),
		result("lost", vocab.OutcomeInfrastructure, "", false), result("stranger", vocab.OutcomePure, "", false),
		result("another", vocab.OutcomePure, "", false),
	})
	want := &ready.Verified{
		Runtime: "3.14.2t", Cell: linux, Packages: 5, Agreed: 3,
		Differences: []ready.Difference{
			{Package: "silent", Predicted: "turns-on", Seen: "gil-off"},
			{Package: "liar", Predicted: "declares", Seen: "turns-on: liar._a"},
		},
		Failed: []string{"another, stranger: it is not among the packages that were judged", "lost: infrastructure: why", "open: its files do not tell"},
	}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
