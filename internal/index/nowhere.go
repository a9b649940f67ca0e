package index

import (
	"errors"
	"net/http"

	"github.com/ftpkg/ftpkg/internal/fetch"
)

// nowhere is the Doer of a client that may not send anything. Nothing should
// come this far.
type nowhere struct{}

func (nowhere) Do(*http.Request) (*http.Response, error) {
	return nil, fetch.Final(errors.New("no requests are made offline"))
}
