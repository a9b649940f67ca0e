package simple

import "testing"

func TestParse(t *testing.T) {
	for _, test := range []struct{ body, want string }{
		{"\r\n{\"name\": \"In_JSON\", \"files\": [{\"url\": \"in_json-1.zip\"}]}", "in-json"},
		{" <!DOCTYPE html><a href=in_html-1.zip>", "in-html"},
		{"<a href=in_html-1.zip>{", "in-html"},
	} {
		p, err := Parse([]byte(test.body), "", "in-html")
		if err != nil || p.Name != test.want || len(p.Releases) != 1 {
			t.Errorf("%s: %+v, %v", test.body, p, err)
		}
	}
	if _, err := Parse([]byte(`{"name"`), "", "a"); err == nil {
		t.Error("half a page of JSON is read as something else")
	}
	if p, err := Parse(nil, "", "a"); err != nil || len(p.Releases) != 0 {
		t.Errorf("an empty page: %+v, %v", p, err)
	}
}
