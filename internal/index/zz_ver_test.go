package index
import ("testing";"context";"fmt";"strings";"sort";"time")
import "github.com/ftpkg/ftpkg/internal/fetch"
import "github.com/ftpkg/ftpkg/resolver/simple"
func TestVer(t *testing.T) {
	var tot, totReq int64
	type row struct { n string; files, req, bytes, tail int64 }
	var rows []row
	t0 := time.Now()
	for _, n := range liveNames {
		var cnt fetch.Counter
		tr := fetch.NewTransport(fetch.TransportOptions{})
		c, _ := New(Options{Now: time.Now, Doer: cnt.Wrap(tr)})
		p, err := c.Project(context.Background(), n)
		if err != nil { t.Error(err); continue }
		f0 := pick(p)
		c.Metadata(context.Background(), p, f0)
		b0 := cnt.Total()
		var fs []*simple.File
		for _, r := range p.Releases { for i := range r.Files { f := &r.Files[i]; if f.Kind == simple.Wheel && strings.Split(f.Filename, "-")[1] == strings.Split(f0.Filename, "-")[1] && (strings.Contains(f.Filename, "cp314-") || strings.Contains(f.Filename, "abi3")) && !strings.Contains(f.Filename, "musl") && !strings.Contains(f.Filename,"ppc") && !strings.Contains(f.Filename,"s390") && !strings.Contains(f.Filename,"riscv")&& !strings.Contains(f.Filename,"i686")&& !strings.Contains(f.Filename,"win32") { fs = append(fs, f) } } }
		for _, f := range fs { c.Metadata(context.Background(), p, f) }
		b1 := cnt.Total()
		tr.Close()
		rows = append(rows, row{n, int64(len(fs)), b1.Requests-b0.Requests, b1.Bytes-b0.Bytes, c.pageOf(p).tail.Load()})
		tot += b1.Bytes-b0.Bytes; totReq += b1.Requests-b0.Requests
	}
	sort.Slice(rows, func(i,j int) bool { return rows[i].bytes > rows[j].bytes })
	for _, r := range rows[:25] { fmt.Printf("%-20s files %3d req %3d bytes %8d per %d tail %d\n", r.n, r.files, r.req, r.bytes, r.bytes/max(1,r.files), r.tail) }
	fmt.Println(tot, totReq, time.Since(t0))
}
