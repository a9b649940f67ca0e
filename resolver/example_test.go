package resolver_test

import (
	"context"
	"fmt"
	"log"

	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/pep508"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/wheeltags"
)

// The index is any implementation of resolver.Index; this one is made up.
const index = `shows a package that has wheels for the GIL build only
root app
package app
  version 1.0
    requires fast
package fast
  version 2.0
    wheel cp314-cp314-manylinux_2_28_x86_64
    sdist
  version 1.0
    wheel cp314-cp314-manylinux_2_28_x86_64 cp314-cp314t-manylinux_2_28_x86_64
`

func ExampleResolve() {
	made, err := universe.Parse("example", index)
	if err != nil {
		log.Fatal(err)
	}
	app, err := pep508.Parse("app")
	if err != nil {
		log.Fatal(err)
	}
	var targets []wheeltags.Target
	for _, name := range []string{"3.14 linux-x86_64", "3.14t linux-x86_64"} {
		t, err := wheeltags.ParseTarget(name)
		if err != nil {
			log.Fatal(err)
		}
		targets = append(targets, t)
	}
	result, err := resolver.Resolve(context.Background(), made.Memory(), &resolver.Request{
		Requirements: []resolver.Requirement{{Requirement: app}},
		Targets:      targets,
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range result.Targets {
		fast, _ := c.Package("fast")
		fmt.Println(c.Name(), c.Installable, fast.Version, fast.FileKind, fast.Twin)
		for _, p := range c.Problems {
			fmt.Println(" ", p.Package, p.Kind, p.RequiredBy)
			fmt.Println("  fix:", p.Fix.Text)
		}
	}
	// Output:
	// 3.14 linux-x86_64 wheels 2.0 native same
	// 3.14t linux-x86_64 only-if-built 2.0 sdist ahead
	//   fast gil-only-wheels [app fast]
	//   fix: pin fast==1.0
}
