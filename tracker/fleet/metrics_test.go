package fleet_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/ftpkg/ftpkg/internal/vocab"
	"github.com/ftpkg/ftpkg/tracker/fleet"
)

// figures are what Prometheus reads.
func (w *world) figures(m *fleet.Metrics, f *fleet.Fleet) map[string]*dto.MetricFamily {
	w.t.Helper()
	var b bytes.Buffer
	if err := m.Write(w.t.Context(), &b, f, func() (int64, time.Duration) { return 7, 1500 * time.Millisecond }); err != nil {
		w.t.Fatal(err)
	}
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(&b)
	if err != nil {
		w.t.Fatal(err)
	}
	return families
}

// find is the metric of a family with labels such as "job=refresh job_outcome=done".
func find(t *testing.T, families map[string]*dto.MetricFamily, name, labels string) *dto.Metric {
	t.Helper()
	for _, m := range families[name].GetMetric() {
		var all []string
		for _, l := range m.GetLabel() {
			all = append(all, l.GetName()+"="+l.GetValue())
		}
		if strings.Join(all, " ") == labels {
			return m
		}
	}
	t.Fatalf("there is no %s of %q", name, labels)
	return nil
}

// TestMetrics: what is written is what Prometheus reads, and what happened.
func TestMetrics(t *testing.T) {
	t.Parallel()
	text, names := many(4)
	w := newWorld(t, text)
	w.track(names...)
	var m fleet.Metrics
	o := w.options()
	o.OnJob, o.Drain = m.Job, true
	w.enqueue(fleet.Order{})
	if err := w.fleet.Work(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	w.enqueue(fleet.Order{Names: []string{"r"}})
	m.Job(vocab.JobProbe, vocab.JobFailed, 7*time.Second)
	families := w.figures(&m, w.fleet)
	done := find(t, families, "ftpkg_jobs_total", "job=refresh job_outcome=done").GetCounter().GetValue()
	if done != 9 { // 4 packages, what each requires, and what those require
		t.Errorf("%v looks are done", done)
	}
	h := find(t, families, "ftpkg_job_seconds", "job=probe").GetHistogram()
	if h.GetSampleCount() != 1 || h.GetSampleSum() != 7 {
		t.Errorf("%v", h)
	}
	for _, b := range h.GetBucket() {
		if want := b.GetUpperBound() >= 7; (b.GetCumulativeCount() == 1) != want {
			t.Errorf("%v", b)
		}
	}
	for _, tt := range []struct {
		name, labels string
		want         float64
	}{
		{"ftpkg_queue_jobs", "queue=refresh job_state=done", 9},
		{"ftpkg_queue_jobs", "queue=refresh job_state=waiting", 1},
		{"ftpkg_queue_jobs", "queue=inspect job_state=waiting", 0},
		{"ftpkg_queue_workers", "queue=refresh", 0},
		{"ftpkg_database_up", "", 1},
	} {
		if got := find(t, families, tt.name, tt.labels).GetGauge().GetValue(); got != tt.want {
			t.Errorf("%s of %s is %v, want %v", tt.name, tt.labels, got, tt.want)
		}
	}
	if got := find(t, families, "ftpkg_requests_total", "").GetCounter().GetValue(); got != 7 {
		t.Errorf("%v requests", got)
	}
	if got := find(t, families, "ftpkg_rate_limit_wait_seconds_total", "").GetCounter().GetValue(); got != 1.5 {
		t.Errorf("%v seconds waited", got)
	}
	// Without a database there is less to tell, and no error.
	f := w.openFleet()
	f.Close()
	families = w.figures(&m, f)
	if got := find(t, families, "ftpkg_database_up", "").GetGauge().GetValue(); got != 0 || families["ftpkg_queue_jobs"] != nil {
		t.Errorf("the database is up: %v", got)
	}
}
