//go:build bundle

package bundle

import _ "embed" // for the runtime

// The two files exist only while scripts/bundle builds.
var (
	//go:embed data/runtime.json
	manifest string
	//go:embed data/runtime.tar.gz
	archive string
)
