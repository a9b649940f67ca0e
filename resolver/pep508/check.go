package pep508

import (
	"errors"
	"fmt"
)

// ErrABIFeatures is what Check reports of a marker that asks for
// sys_abi_features where Environment.AllowABIFeatures isn't set.
var ErrABIFeatures = errors.New("sys_abi_features is a draft (PEP 780) that installers don't know yet")

// UndefinedError is what Check reports of a comparison that means nothing.
type UndefinedError struct {
	Comparison string
	Reason     string
}

func (e *UndefinedError) Error() string {
	return fmt.Sprintf("the marker %s means nothing: %s", e.Comparison, e.Reason)
}

// Check reports why Eval can't answer for the marker in env: because it asks
// for sys_abi_features and env doesn't allow that (ErrABIFeatures), or because
// a comparison means nothing (*UndefinedError), where packaging raises an
// exception. Eval takes such comparisons for false. Check returns nil for a nil
// Marker and for any that Eval answers as packaging does.
func (m *Marker) Check(env *Environment) error {
	if m == nil {
		return nil
	}
	return checkTerms(m.terms, env)
}

func checkTerms(terms []term, env *Environment) error {
	for i := range terms {
		t := &terms[i]
		var err error
		if t.group != nil {
			err = checkTerms(t.group, env)
		} else {
			err = t.check(env)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *comparison) check(env *Environment) error {
	text := string(c.append(nil))
	if c.key == abiFeatures && !env.AllowABIFeatures {
		return fmt.Errorf("the marker %s can't be judged: %w", text, ErrABIFeatures)
	}
	if _, ok := c.eval(env, ""); ok {
		return nil
	}
	reason := fmt.Sprintf("%s doesn't compare texts", c.op)
	switch {
	case c.key == noVariable:
		reason = "there is no variable in it"
	case c.key.isSet() && c.left.variable == c.key:
		reason = fmt.Sprintf("%s is a set and can only be on the right of in or not in", c.key)
	case c.key.isSet() && !env.knows(c.key):
		reason = fmt.Sprintf("%s exists only in lock files (PEP 751)", c.key)
	case c.key.isSet():
		reason = fmt.Sprintf("%s doesn't compare sets", c.op)
	}
	return &UndefinedError{Comparison: text, Reason: reason}
}
