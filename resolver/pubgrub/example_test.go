package pubgrub_test

import (
	"context"
	"fmt"

	"github.com/ftpkg/ftpkg/resolver/pubgrub"
)

// Packages of the example, by number.
const (
	root pubgrub.Package = iota
	menu
	dropdown
	icons
)

// A catalog is a provider whose packages all have three versions, of which the
// newest comes first.
type catalog map[pubgrub.Package][3][]pubgrub.Dependency

var numbers = [3]string{"3.0", "2.0", "1.0"}

func (c catalog) Choose(p pubgrub.Package, allowed pubgrub.Set) (int, any, error) {
	return allowed.First(), nil, nil // the newest will do
}

func (c catalog) Dependencies(p pubgrub.Package, v int) ([]pubgrub.Dependency, any, error) {
	return c[p][v], nil, nil
}

// Package and Versions make the catalog a Namer.

func (c catalog) Package(p pubgrub.Package) string {
	return [...]string{"your app", "menu", "dropdown", "icons"}[p]
}

func (c catalog) Versions(p pubgrub.Package, s pubgrub.Set) string {
	return pubgrub.FormatSet(s, func(i int) string { return numbers[i] })
}

// needs returns a dependency on the newest n versions of a package, or on the
// oldest ones if n is negative.
func needs(p pubgrub.Package, n int) pubgrub.Dependency {
	return pubgrub.Dependency{Package: p, Allowed: pubgrub.FromFunc(3, func(i int) bool {
		return n > 0 && i < n || n < 0 && i >= 3+n
	})}
}

func Example() {
	c := catalog{
		root:     {{needs(menu, 3), needs(icons, -2)}},
		menu:     {{needs(dropdown, 2)}, {needs(dropdown, 2)}, {needs(dropdown, -1)}},
		dropdown: {{needs(icons, 1)}, {needs(icons, 1)}, {}},
	}
	solution, _, err := pubgrub.Solve(context.Background(), c, pubgrub.Options{})
	if err != nil {
		panic(err)
	}
	for _, d := range solution.Decisions[1:] {
		fmt.Println(c.Package(d.Package), numbers[d.Version])
	}
	// Output:
	// menu 1.0
	// icons 2.0
	// dropdown 1.0
}

func ExampleFailure_Explain() {
	c := catalog{
		root:     {{needs(menu, 3), needs(icons, -2)}},
		menu:     {{needs(dropdown, 2)}, {needs(dropdown, 2)}, {needs(icons, 1)}},
		dropdown: {{needs(icons, 1)}, {needs(icons, 1)}, {}},
	}
	_, failure, err := pubgrub.Solve(context.Background(), c, pubgrub.Options{})
	if err != nil {
		panic(err)
	}
	for _, line := range failure.Explain(c) {
		fmt.Println(line)
	}
	// Output:
	// Because menu >=2.0 depends on dropdown >=2.0 which depends on icons 3.0, menu >=2.0 requires icons 3.0.
	// And because menu 1.0 depends on icons 3.0, menu requires icons 3.0.
	// So, because your app depends on menu and icons <3.0, there is no solution.
}

func ExampleSet() {
	supported := pubgrub.Of(6, 0, 1, 4)
	allowed := pubgrub.FromFunc(6, func(i int) bool { return i > 0 })
	both := supported.Intersect(allowed)
	for i := both.First(); i >= 0; i = both.Next(i) {
		fmt.Println(i)
	}
	// Output:
	// 1
	// 4
}
