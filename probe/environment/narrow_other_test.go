//go:build !unix

package environment

// narrow does nothing where there is no such limit.
func narrow() {}

// masked does nothing where there is no such mask.
func masked() {}
