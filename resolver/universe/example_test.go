package universe_test

import (
	"context"
	"fmt"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/resolver"
	"github.com/ftpkg/ftpkg/resolver/universe"
	"github.com/ftpkg/ftpkg/wheeltags"
)

func Example() {
	c, err := universe.Parse("example", `
shows a free-threaded build takes an older version

root a

package a
  version 2.0
    wheel cp314-cp314-manylinux_2_28_x86_64
  version 1.0
    wheel cp314-cp314t-manylinux_2_28_x86_64
`)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"3.14 linux-x86_64", "3.14t linux-x86_64"} {
		target, err := wheeltags.ParseTarget(name)
		if err != nil {
			fmt.Println(err)
			return
		}
		req, err := c.Request(vocab.LikeUV, target)
		if err != nil {
			fmt.Println(err)
			return
		}
		result, err := resolver.Resolve(context.Background(), c.Memory(), req)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, p := range result.Targets[0].Packages {
			fmt.Printf("%s: %s %s\n", name, p.Name, p.Version)
		}
	}
	// Output:
	// 3.14 linux-x86_64: a 2.0
	// 3.14t linux-x86_64: a 1.0
}
