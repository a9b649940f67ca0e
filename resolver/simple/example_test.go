package simple_test

import (
	"fmt"

	"github.com/ftpkg/ftpkg/resolver/simple"
)

func ExampleParseJSON() {
	page := []byte(`{
		"meta": {"api-version": "1.4"},
		"name": "Example",
		"project-status": {"status": "archived"},
		"files": [
			{"filename": "example-1.0.tar.gz", "url": "../../files/example-1.0.tar.gz", "hashes": {}, "size": 1234},
			{"filename": "example-1.0-cp314-cp314t-win_amd64.whl", "url": "../../files/example-1.0-cp314-cp314t-win_amd64.whl", "hashes": {}},
			{"filename": "example-2.0rc1.tar.gz", "url": "../../files/example-2.0rc1.tar.gz", "hashes": {}, "yanked": "too early"},
			{"filename": "example-nightly.tar.gz", "url": "../../files/example-nightly.tar.gz", "hashes": {}}
		]
	}`)
	project, err := simple.ParseJSON(page, "https://index.example.invalid/simple/example/")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(project.Name, project.Status)
	for _, release := range project.Releases {
		fmt.Println(release.Version)
		for i := range release.Files {
			file := &release.Files[i]
			fmt.Println("  ", project.FileURL(file))
			switch {
			case file.Yanked:
				fmt.Println("    yanked:", file.YankedReason)
			case file.Kind == simple.Wheel:
				fmt.Println("    tags:", project.Tags[file.Tags].String())
			}
		}
	}
	for _, skipped := range project.Skipped {
		fmt.Println(skipped.Filename, "is skipped:", skipped.Reason)
	}
	// Output:
	// example archived
	// 2.0rc1
	//    https://index.example.invalid/files/example-2.0rc1.tar.gz
	//     yanked: too early
	// 1.0
	//    https://index.example.invalid/files/example-1.0.tar.gz
	//    https://index.example.invalid/files/example-1.0-cp314-cp314t-win_amd64.whl
	//     tags: cp314-cp314t-win_amd64
	// example-nightly.tar.gz is skipped: version "nightly" is not one of PEP 440
}

func ExampleParseHTML() {
	page := []byte(`<!DOCTYPE html>
		<base href="/files/">
		<a href="example-1.0.tar.gz" data-requires-python="&gt;=3.12" data-core-metadata="true">example-1.0.tar.gz</a>
		<a href="https://example.invalid/docs">documentation</a>`)
	project, err := simple.ParseHTML(page, "https://index.example.invalid/simple/example/", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	file := &project.Releases[0].Files[0]
	fmt.Println(project.FileURL(file))
	fmt.Println(project.RequiresPython[file.RequiresPython], file.Metadata.Offered)
	// Output:
	// https://index.example.invalid/files/example-1.0.tar.gz
	// >=3.12 true
}

func ExampleLinks() {
	page := []byte(`<a href="one-1.0-py3-none-any.whl">one</a> <a href="two-3.0.tar.gz">two</a> <a href="two-2.0.zip">two</a>`)
	files, base, err := simple.Links(page, "file:///srv/wheels/index.html")
	if err != nil {
		fmt.Println(err)
		return
	}
	project := simple.FromFiles("two", files)
	project.Base = base
	for _, release := range project.Releases {
		fmt.Println(release.Version, project.FileURL(&release.Files[0]))
	}
	// Output:
	// 3.0 file:///srv/wheels/two-3.0.tar.gz
	// 2.0 file:///srv/wheels/two-2.0.zip
}

func ExampleDecode() {
	project := simple.FromFiles("example", []simple.RawFile{{URL: "example-1.0.tar.gz"}})
	cached := project.AppendBinary(nil)

	again, err := simple.Decode(cached)
	fmt.Println(again.Name, again.Releases[0].Version, err)

	_, err = simple.Decode(cached[:len(cached)/2])
	fmt.Println(err)
	// Output:
	// example 1.0 <nil>
	// malformed compact form: wrong checksum
}

func ExampleParseMetadata() {
	metadata, err := simple.ParseMetadata([]byte(`Metadata-Version: 2.4
Name: example
Version: 1.0
Requires-Python: >=3.12
Requires-Dist: numpy>=2
Requires-Dist: pytest; extra == "test"
Provides-Extra: test

# Example
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(metadata.Name, metadata.Version, metadata.RequiresPython)
	for _, requirement := range metadata.RequiresDist {
		fmt.Println(requirement)
	}
	fmt.Println(metadata.StaticDependencies())
	// Output:
	// example 1.0 >=3.12
	// numpy>=2
	// pytest; extra == "test"
	// true
}
