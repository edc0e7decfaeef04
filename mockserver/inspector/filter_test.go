package inspector

import (
	"strconv"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// FuzzParseFilter reads any text: it never panics, and a text that is read again gives the same.
func FuzzParseFilter(f *testing.F) {
	for _, text := range []string{"", "status:FAILED amount:>10", `customer:"Test Payer" x`, `"`, `""`, "is:", ":", "amount:", "amount:<>=1", "طلب", "\x00", strings.Repeat("a ", 100)} {
		f.Add(text)
	}
	p := &Payment{ID: "chg_1", Order: "o", Currency: "KWD", Customer: &tap.Customer{FirstName: "Test", LastName: "Payer"}}
	f.Fuzz(func(t *testing.T, text string) {
		one, err := ParseFilter(text)
		again, other := ParseFilter(one.Text)
		if (err == nil) != (other == nil) || err == nil && one.Matches(p) != again.Matches(p) {
			t.Errorf("%q: %v and %v", text, err, other)
		}
	})
}

// TestFilterQuotes finds a text with spaces in quotes.
func TestFilterQuotes(t *testing.T) {
	t.Parallel()
	p := &Payment{ID: "chg_1", Order: "red shoes", Customer: &tap.Customer{FirstName: "Sara", LastName: "Ali"}}
	for text, want := range map[string]bool{`order:"red shoes"`: true, `"red shoes"`: true, `"shoes red"`: false, `shoes red`: true, `customer:"SARA ALI"`: true, `customer:sara`: true, `customer:"ali sara"`: false, `""`: true, `"`: true} {
		f, err := ParseFilter(text)
		if err != nil || f.Matches(p) != want {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
}

// TestEscape compares with what html/template does.
func TestEscape(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "a": "a", `<b a="1" c='2'>&`: "&lt;b a=&#34;1&#34; c=&#39;2&#39;&gt;&amp;", "\x00": "\uFFFD", "طلب": "طلب"} {
		if got := escaped(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestBounds keeps no more sessions, results and pages than allowed.
func TestBounds(t *testing.T) {
	t.Parallel()
	var r results
	for range 3 * maxResults {
		r.add(result{account: "a"})
	}
	if r.find("1", "a") != nil || r.find("200", "a") != nil || r.find("201", "a") == nil || r.find("300", "a") == nil || r.find("301", "a") != nil || r.find("300", "b") != nil || r.find("x", "a") != nil {
		t.Error("the wrong results are remembered")
	}
	var c shells
	for i := range 3 * maxShells {
		c.put(&shellKey{address: strconv.Itoa(i)}, newShell([]byte("page "+rowsHole.String()+" end")))
	}
	s := c.find(&shellKey{address: strconv.Itoa(3*maxShells - 1)})
	if page := s.fill(nil, &texts{rowsHole: []byte("rows")}); len(c.all) > maxShells || string(page) != "page rows end" {
		t.Errorf("%d pages are kept, the last is %q", len(c.all), page)
	}
}
