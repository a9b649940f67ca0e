//go:build !windows

package runtime

// SystemRegistry returns the registry of this machine: nil, as it has none.
func SystemRegistry() Registry { return nil }
