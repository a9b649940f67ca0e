package wheeltags

import "fmt"

// A Verdict says what a target makes of one wheel.
type Verdict struct {
	// Accepted says whether an installer for the target would take the wheel
	// if its version were asked for.
	Accepted bool
	// Tag and Rank are those by which it is accepted; lower ranks are better.
	Tag  Tag
	Rank int32
	// Mismatch and Reason say why it is not accepted.
	Mismatch Mismatch
	Reason   string
	// Caveat says why the tags cannot be true, although they are accepted; ""
	// if they can. See [TagSet.Mislabelled].
	Caveat string
}

// Judge says what the target makes of a wheel.
func (m *Matcher) Judge(f *Filename) Verdict {
	if f.Variant != "" {
		return Verdict{Rank: -1, Mismatch: Variant, Reason: fmt.Sprintf("variant wheels (PEP 825, a draft; label %s) are refused by installers", f.Variant)}
	}
	tag, rank, ok := m.Best(&f.Tags)
	if !ok {
		v := Verdict{Rank: -1}
		v.Mismatch, v.Reason = m.Explain(&f.Tags)
		return v
	}
	v := Verdict{Accepted: true, Tag: tag, Rank: rank}
	v.Caveat, _ = f.Tags.Mislabelled()
	return v
}

// String returns the verdict as one line, such as "yes, as
// cp314-cp314t-win_amd64" or "no (gil-abi): cp314 is the ABI of the build with
// the GIL".
func (v Verdict) String() string {
	switch {
	case !v.Accepted:
		return fmt.Sprintf("no (%s): %s", v.Mismatch, v.Reason)
	case v.Caveat != "":
		return fmt.Sprintf("yes, as %s, but mislabelled: %s", v.Tag, v.Caveat)
	}
	return "yes, as " + v.Tag.String()
}
