// Package fetch gets things over HTTP politely and distrustfully.
//
// Everything that sends one request is a [Doer]; each concern is a small
// decorator around another Doer, so that a caller stacks what it needs:
//
//	t := fetch.NewTransport(fetch.TransportOptions{Proxy: proxy})
//	d := fetch.Limit(fetch.Stall(t, 30*time.Second), 50, 100)
//	d = counter.Wrap(fetch.Agent(d, "ftpkg/1.0 (+https://example.invalid)"))
//	d = fetch.FollowRedirects(fetch.Authenticate(d, credentials), 10)
//	c := fetch.NewClient(d, fetch.NewRetrier(fetch.RetryOptions{Now: time.Now}))
//
// A [Client] performs whole exchanges: it reads the body too, under a cap, so
// that a connection cut in the middle is tried again like one never made.
//
// # Where to look
//
//   - doer.go: Doer; transport.go: connections, HTTP/2, proxies, certificates
//   - agent.go, limit.go, stall.go, count.go, redirect.go: decorators
//   - auth.go, netrc.go, redact.go: credentials, and keeping them out of sight
//   - retry.go: what is tried again, and when
//   - client.go: Get and Stream; download.go: whole files; ranges.go: parts
//   - errors.go: the ways to fail
//
// # Rules
//
// A size cap stands at every boundary. Credentials go to the origin they were
// given for and nowhere else, and never into an error. The package reads no
// environment, flags or clock: callers hand them in.
package fetch
