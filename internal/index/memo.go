package index

import (
	"context"
	"sync"
)

// A memo works each value out once, however many ask for it at the same time.
// The work goes on as long as somebody waits for it: one that gives up doesn't
// take the others' answer along, and when the last has given up, it is ended.
type memo[K comparable, V any] struct {
	mu    sync.Mutex
	works map[K]*work[V]
}

type work[V any] struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int
	value   V
	err     error
}

// do returns the value of a key. An error is kept like a value if keep says so;
// otherwise the next who asks tries again.
func (m *memo[K, V]) do(ctx context.Context, key K, keep func(error) bool, get func(context.Context) (V, error)) (V, error) {
	m.mu.Lock()
	w, ok := m.works[key]
	if !ok {
		if m.works == nil {
			m.works = map[K]*work[V]{}
		}
		w = &work[V]{done: make(chan struct{})}
		m.works[key] = w
		var inner context.Context
		inner, w.cancel = context.WithCancel(context.WithoutCancel(ctx))
		go m.run(inner, key, w, keep, get)
	}
	w.waiting++
	m.mu.Unlock()

	select {
	case <-w.done:
		return w.value, w.err
	default:
	}
	select {
	case <-w.done:
		return w.value, w.err
	case <-ctx.Done():
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	w.waiting--
	if w.waiting == 0 {
		w.cancel()
		m.forget(key, w)
	}
	var zero V
	return zero, context.Cause(ctx)
}

func (m *memo[K, V]) run(ctx context.Context, key K, w *work[V], keep func(error) bool, get func(context.Context) (V, error)) {
	defer w.cancel()
	w.value, w.err = get(ctx)
	if w.err != nil && !keep(w.err) {
		m.mu.Lock()
		m.forget(key, w)
		m.mu.Unlock()
	}
	close(w.done)
}

// drop lets the next who asks begin anew, and returns the value that there was. What is
// still being worked out stays.
func (m *memo[K, V]) drop(key K) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.works[key]
	if w == nil {
		return value, false
	}
	select {
	case <-w.done:
		delete(m.works, key)
		return w.value, w.err == nil
	default:
		return value, false
	}
}

// forget lets the next who asks begin anew. Callers hold m.mu.
func (m *memo[K, V]) forget(key K, w *work[V]) {
	if m.works[key] == w {
		delete(m.works, key)
	}
}
