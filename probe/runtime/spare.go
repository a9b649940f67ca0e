package runtime

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// addBundle installs the runtime that the program carries: among those that are
// managed, or where nothing can be written there, in the spare place.
func (c *Chooser) addBundle(ctx context.Context) (*Runtime, error) {
	var refused error
	if c.Manager.DataDir != "" {
		r, err := c.Manager.AddBundle(ctx, c.Bundle)
		if err == nil || c.Spare == nil || !unwritable(err) {
			return r, err
		}
		refused = err
	}
	if c.Spare == nil {
		return nil, fmt.Errorf("there is no place to unpack %s in", c.Bundle.Name)
	}
	dir, err := c.Spare()
	if err != nil {
		return nil, errors.Join(refused, err)
	}
	spare := *c.Manager
	spare.DataDir = dir
	return spare.AddBundle(ctx, c.Bundle)
}

// unwritable reports whether an error says that nothing can be written in a
// place, whoever tries.
func unwritable(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.ENOTDIR)
}
