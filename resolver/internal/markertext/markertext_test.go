package markertext

import "testing"

func TestAndOr(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{And(), ""},
		{And("", "a == 'b'", ""), "a == 'b'"},
		{And("a == 'b' or c == 'd'", "e == 'f'"), "(a == 'b' or c == 'd') and e == 'f'"},
		{And("a == 'b' and c == 'd'", "e == 'f'"), "a == 'b' and c == 'd' and e == 'f'"},
		{Or("a == 'b'", "c == 'd'"), "a == 'b' or c == 'd'"},
		{Or("a == 'b' and c == 'd'", "e == 'f'"), "(a == 'b' and c == 'd') or e == 'f'"},
		{Or("a == 'b'", ""), ""},
		{And("a=='b'or'c'==d", "platform == 'f or g'"), "(a=='b'or'c'==d) and platform == 'f or g'"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestNot(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"sys_platform == 'linux'", "sys_platform != 'linux'"},
		{"'linux' in sys_platform", "'linux' not in sys_platform"},
		{"python_version < '3.9' and os_name != \"nt\"", "python_version >= '3.9' or os_name == \"nt\""},
		{"a == 'x' or (b > '1' and c <= '2')", "a != 'x' and (b <= '1' or c > '2')"},
		{"python_version ~= '3.8.1'", "python_version < '3.8.1' or python_version != '3.8.*'"},
		{"a not in 'x y'", "a in 'x y'"},
		{"extra === 'x'", "extra != 'x'"},
	} {
		got, err := Not(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("Not(%q) = %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}

func TestExtras(t *testing.T) {
	for _, tt := range []struct{ in, set, without string }{
		{"sys_platform == 'linux'", "sys_platform == 'linux'", "sys_platform == 'linux'"},
		{"extra == 'cpu'", "'cpu' in extras", ""},
		{"\"cpu\" == extra", "\"cpu\" in extras", ""},
		{"extra != 'cpu' and os_name == 'nt'", "'cpu' not in extras and os_name == 'nt'", "os_name == 'nt'"},
		{"os_name == 'nt' or (extra == 'a' and extra == 'b')", "os_name == 'nt' or ('a' in extras and 'b' in extras)", ""},
		{"(os_name == 'nt' or sys_platform == 'x') and extra == 'a'", "(os_name == 'nt' or sys_platform == 'x') and 'a' in extras", "os_name == 'nt' or sys_platform == 'x'"},
		{"'a' in extras", "'a' in extras", "'a' in extras"},
	} {
		if got, err := ExtrasAsSet(tt.in); err != nil || got != tt.set {
			t.Errorf("ExtrasAsSet(%q) = %q, %v, want %q", tt.in, got, err, tt.set)
		}
		if got, err := WithoutExtras(tt.in); err != nil || got != tt.without {
			t.Errorf("WithoutExtras(%q) = %q, %v, want %q", tt.in, got, err, tt.without)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, in := range []string{"", "a", "a ==", "a == 'b", "(a == 'b'", "a == 'b')", "a not 'b'", "a == 'b' and", "a ! 'b'", "extra extra"} {
		if got, err := Not(in); err == nil {
			t.Errorf("Not(%q) = %q, want an error", in, got)
		}
	}
}

// Inverting twice says the same, and every rewrite stays readable.
func FuzzNot(f *testing.F) {
	f.Add("a == 'b' and (c < '1' or 'd' in e)")
	f.Add("extra == 'x' or os_name not in \"nt\"")
	f.Fuzz(func(t *testing.T, marker string) {
		n, err := parse(marker)
		if err != nil {
			return
		}
		for _, rewrite := range []func(string) (string, error){Not, ExtrasAsSet, WithoutExtras} {
			out, err := rewrite(marker)
			if err != nil {
				t.Fatalf("%q: %v", marker, err)
			}
			if out == "" {
				continue
			}
			if _, err := parse(out); err != nil {
				t.Fatalf("%q became %q: %v", marker, out, err)
			}
		}
		once := n.not().String()
		back, err := Not(once)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Not(back)
		if err != nil || again != once {
			t.Fatalf("%q: inverted %q, twice again %q", marker, once, again)
		}
	})
}
