package pep440_test

import (
	"fmt"
	"slices"

	"github.com/ftpkg/ftpkg/wheeltags/pep440"
)

func ExampleParse() {
	for _, text := range []string{"v1.0-Alpha.1", "2.9.0+cu128", "1.0-1", "1.0.x"} {
		v, err := pep440.Parse(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(v, v.IsPrerelease(), v.Release())
	}
	// Output:
	// 1.0a1 true [1 0]
	// 2.9.0+cu128 false [2 9 0]
	// 1.0.post1 false [1 0]
	// invalid version "1.0.x": unexpected '.' at 3
}

func ExampleVersion_Compare() {
	var versions []pep440.Version
	for _, text := range []string{"1.0", "1.0.post1", "1.0rc1", "1.0.dev3", "1.0+local", "1!0.5", "1.0a2"} {
		versions = append(versions, pep440.MustParse(text))
	}
	slices.SortFunc(versions, pep440.Version.Compare)
	fmt.Println(versions)
	// Output: [1.0.dev3 1.0a2 1.0rc1 1.0 1.0+local 1.0.post1 1!0.5]
}

func ExampleSpecifiers_Contains() {
	set, err := pep440.ParseSpecifiers(">=2.0, <3, !=2.4.*")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{"2.1", "2.4.1", "3.0rc1", "2.0+local"} {
		fmt.Println(text, set.Contains(pep440.MustParse(text)))
	}
	// Output:
	// 2.1 true
	// 2.4.1 false
	// 3.0rc1 false
	// 2.0+local true
}

func ExampleSpecifiers_WithoutUpperBounds() {
	set := pep440.MustParseSpecifiers(">=3.9,<3.13")
	python := pep440.MustParse("3.14")
	fmt.Println(set.Contains(python))
	fmt.Println(set.WithoutUpperBounds(), set.WithoutUpperBounds().Contains(python))
	// Output:
	// false
	// >=3.9 true
}
