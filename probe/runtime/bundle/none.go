//go:build !bundle

package bundle

const manifest, archive = "", ""
