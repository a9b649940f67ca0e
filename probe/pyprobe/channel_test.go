package pyprobe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

var testKeys = keys{1, 2, 3, 4, 1<<31 - 1}

// line writes a record as program/channel.py does.
func line(number int, body string) string {
	data := fmt.Sprintf("%d %s", number, body)
	return fmt.Sprintf("\n%s%d %s %s\n", magic, number, testKeys.code(sipHash13, []byte(data)), body)
}

const (
	hello = `{"kind":"hello","version":"3.13.5"}`
	end   = `{"kind":"end"}`
)

func begin(module string) string { return fmt.Sprintf(`{"kind":"begin","module":%q}`, module) }

// read reads a channel's text.
func read(text string) (*reader, *decoder, error) {
	d := &decoder{}
	r := &reader{keys: testKeys, take: d.take}
	return r, d, r.read(strings.NewReader(text))
}

func TestChannel(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		text     string
		want     Channel
		complete bool
	}{
		{"nothing", "", Channel{}, false},
		{"whole", line(0, hello) + line(1, begin("a")) + line(2, end), Channel{Records: 3}, true},
		{"no end", line(0, hello) + line(1, begin("a")), Channel{Records: 2}, false},
		{"noise between", "x\n" + line(0, hello) + "half" + line(1, end) + "y\n", Channel{Records: 2, Noise: 2 + 5 + 2}, true},
		{"noise within", line(0, hello)[:60] + "noise" + line(0, hello)[60:] + line(1, end), Channel{Records: 1, Noise: 0, Forged: 1, Missing: 1}, false},
		{"gap", line(0, hello) + line(2, end), Channel{Records: 2, Missing: 1}, false},
		{"first is missing", line(1, end), Channel{Records: 1, Missing: 1}, false},
		{"replay", line(0, hello) + line(0, hello) + line(1, end) + line(0, hello), Channel{Records: 2, Replayed: 2}, true},
		{"replay of the end", line(0, hello) + line(1, end) + line(1, end), Channel{Records: 2, Replayed: 1}, true},
		{"two with one number", line(0, hello) + line(1, begin("a")) + line(1, begin("b")) + line(2, end), Channel{Records: 3, Conflicts: 1}, false},
		{"late", line(0, hello) + line(2, end) + line(1, begin("a")), Channel{Records: 2, Missing: 1, Conflicts: 1}, false},
		{"after the end", line(0, hello) + line(1, end) + line(2, begin("a")), Channel{Records: 2, AfterEnd: 1}, false},
		{"forged", line(0, hello) + strings.Replace(line(1, end), "end", "END", 1), Channel{Records: 1, Forged: 1}, false},
		{"another number", line(0, hello) + strings.Replace(line(2, end), "ftpkg 2", "ftpkg 1", 1), Channel{Records: 1, Forged: 1}, false},
		{"number of another form", line(0, hello) + strings.Replace(line(1, end), "ftpkg 1", "ftpkg +1", 1), Channel{Records: 1, Noise: int64(len(line(1, end)))}, false},
		{"truncated", line(0, hello) + line(1, end)[:50], Channel{Records: 1, Truncated: true, Noise: 49}, false},
		{"unknown kind", line(0, hello) + line(1, `{"kind":"x"}`) + line(2, end), Channel{Records: 2, Malformed: 1}, false},
		{"no JSON", line(0, hello) + line(1, `{`) + line(2, end), Channel{Records: 2, Malformed: 1}, false},
		{"far ahead", line(0, hello) + line(maxRecords, end), Channel{Records: 1, Malformed: 1}, false},
		{"long line", line(0, hello) + strings.Repeat("x", 3*maxLine) + "\n" + line(1, end), Channel{Records: 2, Noise: 3*maxLine + 1}, true},
		{"too much", line(0, hello) + strings.Repeat("x\n", maxChannel/2) + line(1, end), Channel{Records: 1, Noise: maxChannel - int64(len(line(0, hello))), Overflowed: true}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, _, err := read(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, r.state); diff != "" {
				t.Error(diff)
			}
			if r.complete() != test.complete {
				t.Errorf("complete %t, want %t", r.complete(), test.complete)
			}
		})
	}
}

// However a reader delivers it, a channel reads the same.
func TestChannelInPieces(t *testing.T) {
	t.Parallel()
	text := line(0, hello) + "noise" + line(1, begin(strings.Repeat("a", 100<<10))) + line(2, end)
	for name, from := range map[string]io.Reader{
		"bytes": iotest.OneByteReader(strings.NewReader(text)), "halves": iotest.HalfReader(strings.NewReader(text)),
	} {
		d := &decoder{}
		r := &reader{keys: testKeys, take: d.take}
		if err := r.read(from); err != nil || !r.complete() || r.state.Noise != 6 {
			t.Errorf("%s: %v, %+v", name, err, r.state)
		}
	}
	r := &reader{keys: testKeys, take: (&decoder{}).take}
	broken := errors.New("broken")
	if err := r.read(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("%v, want %v", err, broken)
	}
}

// Both hashes are tried on the first record only: the interpreter has one.
func TestChannelOfAnOlderPython(t *testing.T) {
	t.Parallel()
	old := func(number int, body string) string {
		data := fmt.Sprintf("%d %s", number, body)
		return fmt.Sprintf("\n%s%d %s %s\n", magic, number, testKeys.code(sipHash24, []byte(data)), body)
	}
	r, _, err := read(old(0, hello) + old(1, end))
	if err != nil || !r.complete() {
		t.Errorf("%v, %+v", err, r.state)
	}
	r, _, err = read(old(0, hello) + line(1, end))
	if err != nil || r.complete() || r.state.Forged != 1 {
		t.Errorf("%v, %+v", err, r.state)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		``, `[]`, `{"kind":"load","stage":"done","declaration":"used"}`,
		`{"kind":"load","stage":"odd","declaration":"used"}`, `{"kind":"load","stage":"creating","declaration":"perhaps"}`,
		`{"kind":"import","ok":3}`, `{"kind":"import"}`, `{"kind":"together","ok":true}`, `{"kind":"stacks"}`,
		`{"kind":"mismatch"}`, `{"kind":"stressed"}`, `{"kind":"hello","pid":"x"}`, `{"kind":"deadline","cpu":1e400}`,
	} {
		if end, err := (&decoder{}).take([]byte(body)); err == nil || end {
			t.Errorf("%s was taken", body)
		}
	}
}

func FuzzChannel(f *testing.F) {
	f.Add([]byte(line(0, hello)+line(1, begin("a"))+line(2, end)), false)
	f.Add([]byte("noise"+line(0, hello)+line(0, hello)+line(3, end)), false)
	f.Add([]byte(`{"kind":"load","stage":"creating","declaration":"unknown","chain":["a"],"number":1}`+"\n"+`{"kind":"load","stage":"done","declaration":"used","number":1}`), true)
	f.Add([]byte(`{"kind":"deadline","cpu":1.5}`+"\n"+`{"kind":"stacks","threads":[{"thread":"main","frames":[{"file":"x","line":1,"func":"f"}]}]}`), true)
	f.Add([]byte(`{"kind":"examples"}`+"\n"+`{"kind":"mismatch","want":{"output":"x"},"got":{"exception":{"type":"E","cause":{"type":"F"}}}}`), true)
	f.Add([]byte(`{"kind":"together","ok":3,"failures":[{"type":"E"}]}`+"\n"+`{"kind":"tests","outcomes":{"passed":1}}`), true)
	// With sign, the lines get numbers and codes as if they came from the program.
	f.Fuzz(func(t *testing.T, data []byte, sign bool) {
		text := string(data)
		if sign {
			text = ""
			for i, l := range bytes.Split(data, []byte("\n")) {
				text += line(i, string(l))
			}
		}
		r, d, err := read(text)
		if err != nil {
			t.Fatal(err)
		}
		s := r.state
		if !sign && s.Records > 0 && !strings.Contains(text, testKeys.code(sipHash13, []byte("0 "+hello))) && !strings.Contains(text, r.codes[len(r.codes)-1]) {
			t.Errorf("a record nobody signed: %+v", s)
		}
		if r.complete() && (s.Missing > 0 || !r.ended) {
			t.Errorf("complete, with %+v", s)
		}
		if len(r.codes) != s.Records+s.Missing+s.Malformed && s.Malformed == 0 {
			t.Errorf("%d numbers, %+v", len(r.codes), s)
		}
		for i := range d.report.Modules {
			if d.report.Modules[i].Stage == "" || d.report.Modules[i].Declaration == "" {
				t.Errorf("%+v", d.report.Modules[i])
			}
		}
	})
}
