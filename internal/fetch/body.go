package fetch

import (
	"io"
	"sync"
)

// closeBody is a body that does something once when it is closed.
type closeBody struct {
	io.ReadCloser
	once sync.Once
	done func()
}

func (b *closeBody) Close() error {
	err := b.ReadCloser.Close()
	b.once.Do(b.done)
	return err
}
