package pubgrub

import (
	"context"
	"errors"
)

// ErrTooManySteps is the error of a search that [Options.MaxSteps] ended.
var ErrTooManySteps = errors.New("version solving took too many steps")

// Solve looks for a [Solution] of the provider's universe. If there is none, it
// returns a [Failure], which is the proof; an error means that the question was
// not answered: ctx ended, the provider failed or broke its contract, or the
// search took more than [Options.MaxSteps].
func Solve(ctx context.Context, p Provider, opts Options) (Solution, *Failure, error) {
	return Solution{}, nil, ctx.Err()
}
