package site

import "sync"

// workers is how many pages are made at once, and ahead how many may wait to be
// handed on.
const (
	workers = 4
	ahead   = 32
)

// inOrder makes n lists of files, several at once, and hands them on one after the
// other in their order. The first error ends it.
func inOrder(n int, produce func(i int) ([]File, error), emit func(File) error) error {
	type result struct {
		files []File
		err   error
	}
	// A slot holds what is made for one index until it is its turn.
	slots := make(chan chan result, ahead)
	quit := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(slots)
		room := make(chan struct{}, workers)
		for i := range n {
			slot := make(chan result, 1)
			select {
			case slots <- slot:
			case <-quit:
				return
			}
			room <- struct{}{}
			wg.Go(func() {
				files, err := produce(i)
				slot <- result{files, err}
				<-room
			})
		}
	})
	defer wg.Wait()
	defer close(quit)
	for slot := range slots {
		r := <-slot
		if r.err != nil {
			return r.err
		}
		for _, f := range r.files {
			if err := emit(f); err != nil {
				return err
			}
		}
	}
	return nil
}
