package tap

import (
	"strings"
	"testing"
)

func TestResults(t *testing.T) {
	if len(Results()) != 39 {
		t.Errorf("%d results, the catalogue has 39", len(Results()))
	}
	for _, r := range Results() {
		if got, ok := ResultFor(r.Code); !ok || got != r || len(r.Code) != 3 {
			t.Errorf("%s: %v %v", r.Code, got, ok)
		}
	}
	if _, ok := ResultFor("999"); ok {
		t.Error("there is a result 999")
	}
	want := map[Status]Result{
		Initiated: {"100", "Initiated"}, InProgress: {"200", "In Progress"}, Abandoned: {"301", "Abandoned"}, Cancelled: {"302", "Cancelled"},
		Failed: {"401", "Failed"}, Declined: {"501", "Declined"}, Restricted: {"701", "Restricted"}, Captured: {"000", "Captured"},
		Void: {"601", "Void"}, Unknown: {"901", "Unknown"}, Authorized: {"001", "Authorized"}, TimedOut: {"801", "Timed Out"},
	}
	for _, s := range Statuses() {
		if PlainResult(s) != want[s] {
			t.Errorf("%s: %v, want %v", s, PlainResult(s), want[s])
		}
	}
	if r, _ := ResultFor("304"); ResultPageExpired() != r {
		t.Errorf("ResultPageExpired is %v, want %v", ResultPageExpired(), r)
	}
}

func TestErrors(t *testing.T) {
	for code := range errorTexts {
		e := NewError(code, "why")
		want := map[string]int{"2104": 401, "2105": 401, "2106": 401, "2107": 401, "2108": 403, "2102": 404, "2101": 503, "9999": 500}[code]
		if want == 0 {
			want = 400
		}
		if e.Code != code || e.HTTPStatus != want || e.Description == "" || e.Error() != code+" "+e.Description+" (why)" {
			t.Errorf("%s: %+v, %v", code, e, e)
		}
	}
	if e := NewError("0000", ""); e.Code != "9999" || e.HTTPStatus != 500 {
		t.Errorf("a code that is not in the catalogue: %+v", e)
	}
	if got := string(NewError("2104", "").Body()); got != `{"errors":[{"code":"2104","description":"Invalid API Key"}]}` {
		t.Errorf("body %s", got)
	}
}

func TestNearest(t *testing.T) {
	words := []string{"page_limit", "page_path", "charge_style"}
	for word, want := range map[string]string{"page_limt": "page_limit", "charge_stlye": "charge_style", "charge_styl": "charge_style", "zzz": "", "": ""} {
		if got := Nearest(word, words); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

// TestNearestLong expects that no long word is compared letter by letter: a comparison allocates a row.
func TestNearestLong(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for _, words := range [][2]string{{long, "page_limit"}, {long, long + "y"}, {"page_limit", long}, {"page_limit_page_limit", "page_limit"}} {
		var got string
		if n := testing.AllocsPerRun(1, func() { got = Nearest(words[0], []string{words[1]}) }); got != "" || n != 0 {
			t.Errorf("Nearest(%.30q, %.30q) = %q with %v allocations", words[0], words[1], got, n)
		}
	}
}
