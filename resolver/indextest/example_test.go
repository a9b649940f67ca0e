package indextest_test

import (
	"fmt"
	"net/http"

	"github.com/ftpkg/ftpkg/resolver/indextest"
	"github.com/ftpkg/ftpkg/resolver/universe"
)

func Example() {
	c, err := universe.Parse("example", "shows an index that fails once\npackage a\n  version 1.0\n")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := indextest.NewServer(c.Universe)
	defer server.Close()
	server.Inject(indextest.Fault{Kind: indextest.Page, Times: 1, Status: http.StatusServiceUnavailable})
	for range 2 {
		resp, err := http.Get(server.IndexURL("main") + "a/")
		if err != nil {
			fmt.Println(err)
			return
		}
		_ = resp.Body.Close()
		fmt.Println(resp.Status)
	}
	fmt.Println(server.Count(indextest.Page), "requests for pages")
	// Output:
	// 503 Service Unavailable
	// 200 OK
	// 2 requests for pages
}
