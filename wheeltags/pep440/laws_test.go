package pep440

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Numbers lie close together, at the limits of the packed form, and beyond it.
var numbers = rapid.OneOf(
	rapid.Uint64Range(0, 3),
	rapid.SampledFrom([]uint64{10, 20250913, max0 - 1, max0, max0 + 1, max1 - 1, max1, max1 + 1, 1<<64 - 1}),
)

func genNumber(t *rapid.T, label string) string {
	if rapid.IntRange(0, 40).Draw(t, label+" is huge") == 0 {
		return "10000000000000000000" + strconv.Itoa(rapid.IntRange(0, 3).Draw(t, label))
	}
	return strconv.FormatUint(numbers.Draw(t, label), 10)
}

// genVersion draws the normalised text of a version.
func genVersion(t *rapid.T, label string) string {
	flip := func(what string) bool { return rapid.IntRange(0, 3).Draw(t, label+" has "+what) == 0 }
	var b strings.Builder
	if rapid.IntRange(0, 15).Draw(t, label+" has epoch") == 0 {
		b.WriteString("1!")
	}
	for i := range rapid.IntRange(1, 8).Draw(t, label+" length") {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(genNumber(t, label+" release"))
	}
	if flip("pre") {
		b.WriteString(rapid.SampledFrom([]string{"a", "b", "rc"}).Draw(t, label+" pre"))
		b.WriteString(genNumber(t, label+" pre"))
	}
	if flip("post") {
		b.WriteString(".post" + genNumber(t, label+" post"))
	}
	if flip("dev") {
		b.WriteString(".dev" + genNumber(t, label+" dev"))
	}
	if flip("local") {
		b.WriteString("+" + rapid.SampledFrom([]string{"a", "b", "1", "10", "a.1", "1.a", "1.0"}).Draw(t, label+" local"))
	}
	return b.String()
}

// genNear draws a version that often shares something with v.
func genNear(t *rapid.T, v Version, label string) Version {
	switch rapid.IntRange(0, 5).Draw(t, label+" kind") {
	case 0:
		return v
	case 1:
		return v.Public()
	case 2:
		return v.Base()
	case 3:
		return MustParse(v.Base().String() + rapid.SampledFrom([]string{".0", ".0.0.0.0", ".1", "a1", "rc1", ".post1", ".post1.dev1", ".dev1", "+a"}).Draw(t, label+" tail"))
	case 4:
		return MustParse(v.Public().String() + "+a.1")
	default:
		return MustParse(genVersion(t, label))
	}
}

func genPair(t *rapid.T) (v, w Version) {
	v = MustParse(genVersion(t, "v"))
	return v, genNear(t, v, "w")
}

// widened returns v in the general form, whether it needs it or not.
func widened(v Version) Version {
	if v.wide == nil {
		var buf [maxPackedLen]number
		p := v.view(&buf)
		v.wide = &wide{parts: p, text: v.String()}
	}
	return v
}

func TestLawText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := genVersion(t, "v")
		v, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if v.String() != text {
			t.Fatalf("%q prints as %q", text, v)
		}
		if widened(v).String() != text || string(widened(v).wide.append(nil)) != text {
			t.Fatalf("%q prints otherwise in the general form", text)
		}
		if again := MustParse("v" + strings.ToUpper(v.String()) + " "); !again.Equal(v) || again.String() != text {
			t.Fatalf("%q, respelled, is %q", text, again)
		}
	})
}

func TestLawTotalOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genPair(t)
		c := genNear(t, b, "c")
		if same := a; a.Compare(same) != 0 {
			t.Fatalf("%v isn't equal to itself", a)
		}
		if a.Compare(b) != -b.Compare(a) {
			t.Fatalf("%v and %v compare one way but not the other", a, b)
		}
		if a.Compare(b) <= 0 && b.Compare(c) <= 0 && a.Compare(c) > 0 {
			t.Fatalf("%v <= %v <= %v, but not the first and last", a, b, c)
		}
		if a.Equal(b) && a.Compare(c) != b.Compare(c) {
			t.Fatalf("%v equals %v but they differ against %v", a, b, c)
		}
	})
}

// The packed form must be an optimisation that nobody can notice.
func TestLawPackedIsWide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, w := genPair(t)
		a, b := widened(v), widened(w)
		want := compareParts(a, b, true)
		for _, got := range []int{v.Compare(w), a.Compare(w), v.Compare(b), a.Compare(b)} {
			if got != want {
				t.Fatalf("%v.Compare(%v) = %d, but %d in the general form", v, w, got, want)
			}
		}
		if key := compareKeys(v, w); key != 0 && key != want {
			t.Fatalf("the keys of %v and %v compare as %d, the versions as %d", v, w, key, want)
		}
		if v.wide == nil && w.wide == nil && want == 0 && compareKeys(v, w) != 0 {
			t.Fatalf("%v equals %v, but not their keys", v, w)
		}
		asked := func(v Version) string {
			return fmt.Sprintln(v.Epoch(), v.Release(), v.IsPrerelease(), v.IsPostrelease(), v.IsDev(), v.Local(), v.Public(), v.Base())
		}
		if asked(v) != asked(a) {
			t.Fatalf("%v is %s packed and %s in the general form", v, asked(v), asked(a))
		}
	})
}

func genClause(t *rapid.T, v Version) (c Specifier, ok bool) {
	op := Op(rapid.IntRange(int(OpCompatible), int(OpGreater)).Draw(t, "op"))
	if (op == OpEqual || op == OpNotEqual) && rapid.Bool().Draw(t, "wildcard") {
		c, _ = newSpecifier(op, v.Base(), true)
		return c, true
	}
	c, err := NewSpecifier(op, v)
	if err != nil {
		c, err = NewSpecifier(op, v.Public())
	}
	return c, err == nil
}

func TestLawContainsPackedIsWide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, w := genPair(t)
		c, ok := genClause(t, w)
		if !ok {
			return
		}
		general := c
		general.version = widened(c.version)
		general = general.compiled()
		want := general.Contains(widened(v))
		if c.Contains(v) != want || c.Contains(widened(v)) != want || general.Contains(v) != want {
			t.Fatalf("%s contains %v: %t, but %t in the general form", c, v, c.Contains(v), want)
		}
	})
}

// padded returns the epoch and release of v with zeros after it, a dot after
// each number.
func padded(v Version) string {
	p := widened(v).wide.parts
	b := append(p.epoch.append(nil), '!')
	for _, n := range p.release {
		b = append(n.append(b), '.')
	}
	return string(b) + zeros
}

const zeros = "0.0.0.0.0.0.0.0.0.0."

// TestLawOperators states in plain terms what PEP 440 says of each operator.
func TestLawOperators(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, w := genPair(t)
		c, ok := genClause(t, w)
		if !ok {
			return
		}
		w = c.Version()
		in, order := c.Contains(v), v.Compare(w)
		contains := func(clause string) bool { return MustParseSpecifiers(clause).Contains(v) }
		switch c.Op() {
		case OpGreaterEqual:
			if in != (order >= 0) {
				t.Fatalf("%s contains %v: %t", c, v, in)
			}
		case OpLessEqual:
			if in != (v.Public().Compare(w) <= 0) {
				t.Fatalf("%s contains %v: %t", c, v, in)
			}
		case OpLess:
			if in && order >= 0 || order < 0 && !in && !v.IsPrerelease() {
				t.Fatalf("%s contains %v: %t", c, v, in)
			}
		case OpGreater:
			if in && order <= 0 || order > 0 && !in && !v.IsPostrelease() && !v.HasLocal() {
				t.Fatalf("%s contains %v: %t", c, v, in)
			}
		case OpEqual:
			want := v.Public().Equal(w) || v.Equal(w)
			if c.Wildcard() {
				want = strings.HasPrefix(padded(v), strings.TrimSuffix(padded(w), zeros))
			}
			if in != want {
				t.Fatalf("%s contains %v: %t", c, v, in)
			}
		case OpNotEqual:
			negation := "=" + c.String()[1:]
			if in == contains(negation) {
				t.Fatalf("%s and %s both say %t of %v", c, negation, in, v)
			}
		case OpCompatible:
			release := w.Base().String()
			prefix := "==" + release[:strings.LastIndexByte(release, '.')] + ".*"
			if want := contains(">="+w.String()) && contains(prefix); in != want {
				t.Fatalf("%s contains %v: %t; >= and %s: %t", c, v, in, prefix, want)
			}
		case OpArbitrary:
			t.Fatalf("%s is not among the operators drawn", c)
		}
	})
}

// What a Requires-Python lets through, it lets through without upper bounds.
func TestLawWithoutUpperBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		python := MustParse(fmt.Sprintf("3.%d.%d", rapid.IntRange(0, 4).Draw(t, "minor"), rapid.IntRange(0, 2).Draw(t, "micro")))
		var clauses []string
		for range rapid.IntRange(0, 4).Draw(t, "clauses") {
			bound := fmt.Sprintf("3.%d", rapid.IntRange(0, 4).Draw(t, "bound minor"))
			if rapid.Bool().Draw(t, "has micro") {
				bound += fmt.Sprintf(".%d", rapid.IntRange(0, 2).Draw(t, "bound micro"))
			}
			op := rapid.SampledFrom([]string{"~=", "==", "!=", "<=", ">=", "<", ">"}).Draw(t, "op")
			if (op == "==" || op == "!=") && rapid.Bool().Draw(t, "wildcard") {
				bound += ".*"
			}
			clauses = append(clauses, op+bound)
		}
		set := MustParseSpecifiers(strings.Join(clauses, ","))
		low := set.WithoutUpperBounds()
		if set.Contains(python) && !low.Contains(python) {
			t.Fatalf("%s lets %v through, but not %s", set, python, low)
		}
		if set.Contains(python) && !low.Contains(MustParse("3.99")) {
			t.Fatalf("%s has an upper bound left: %s", set, low)
		}
	})
}
