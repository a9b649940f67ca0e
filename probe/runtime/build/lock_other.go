//go:build !unix

package build

import (
	"context"
	"errors"
	"os"
)

func acquire(context.Context, string, func()) (*os.File, error) { return nil, errors.ErrUnsupported }
