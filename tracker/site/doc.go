// Package site makes the tracker's pages: a folder of static files that any host can
// serve and that asks nothing of any other. Equal data make equal bytes.
//
// # Where to look
//
//   - site.go: what goes in, and the list of files that comes out; write.go: a folder
//     that is replaced file by file
//   - pages.go: what each template is given; templates: the pages; assets: one style
//     sheet and one script
//   - chart.go, badge.go: SVG; feed.go: Atom and JSON Feed; data.go: documents for
//     machines
//
// The table on the front page is whole without the script, which adds search, order,
// filters kept in the URL, and the check of a lock file, which never leaves the
// browser.
package site
