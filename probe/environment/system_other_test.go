//go:build !unix

package environment

import "errors"

// narrow does nothing where there is no such limit.
func narrow() {}

// masked does nothing where there is no such mask.
func masked() {}

// errUnsupportedHere is what a link that cannot be fails with.
var errUnsupportedHere = errors.ErrUnsupported
