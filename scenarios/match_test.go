package scenarios_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// candidate is a charge that every condition can look at.
func candidate() *scenarios.Candidate {
	return &scenarios.Candidate{Call: 3, Header: func(name string) string { return map[string]string{"X-Test": "abc"}[name] },
		Request: &tap.PaymentRequest{Amount: 1500, Currency: "KWD", Order: "storm-7", Transaction: "t-late", Description: "two shirts",
			Source: "src_kw.knet", Metadata: `{"color":"red","n":7,"flag":true,"deep":{"a":1},"star":"a*b","slash":"x\\y"}`,
			Customer: tap.Customer{ID: "cus_1", FirstName: "Sara", LastName: "Al Salem", Email: "a@shop.example", CountryCode: "965", Number: "50000000"}}}
}

func TestConditions(t *testing.T) {
	for match, want := range map[string]bool{
		`amount: 1.500`: true, `amount: 1.5`: true, `amount: 1.501`: false, `amount: {min: 1.5}`: true, `amount: {min: 1.501}`: false,
		`amount: {max: 1.5}`: true, `amount: {max: 1.499}`: false, `amount: {min: 1, max: 2}`: true,
		`currency: KWD`: true, `currency: kwd`: false, `currency: K*D`: true,
		`reference.order: storm-*`: true, `reference.order: "*-7"`: true, `reference.order: storm`: false, `reference.order: "*"`: true,
		`reference.order: s*o*7`: true, `reference.order: storm-7*`: true, `reference.order: storm-77*`: false, `reference.order: st*orm*m-7`: false, `reference.order: "*-"`: false,
		`reference.transaction: "*late"`: true, `reference.transaction: late*`: false, `description: "*shirt*"`: true, `description: ""`: false,
		`source.id: src_kw.knet`: true, `source.id: src_all`: false, `customer.id: cus_*`: true, `customer.id: cus_2`: false,
		`customer.email: "*@shop.example"`: true, `customer.email: "*@other.example"`: false, `customer.phone: 96550*`: true,
		`calls: 3`: true, `calls: 2`: false, `metadata.color: red`: true, `metadata.color: blue`: false, `metadata.n: 7`: true, `metadata.flag: true`: true,
		`metadata.none: a*`: false, `metadata.none: "*"`: true, `header.X-Test: a*`: true, `header.X-Test: b*`: false, `header.X-None: a`: false,
		`{reference.order: storm-*, amount: 2}`: false, `{reference.order: storm-*, amount: 1.5, calls: 3, metadata.color: r*}`: true,
		`{header.X-Test: a*, metadata.color: b*}`: false,
		`reference.order: [x, storm-*]`:           true, `reference.order: [x, y]`: false, `amount: [1, 1.5]`: true, `amount: [1, 2]`: false,
		`amount: {not: 1.5}`: false, `amount: {not: [1, 2], min: 1}`: true, `amount: {is: [1.5, 2], not: 2}`: true,
		`reference.order: {not: storm-*}`: false, `reference.order: {not: [x, y]}`: true, `metadata.none: {not: red}`: true,
		`reference.order: {is: storm-*, not: storm-7}`: false, `reference.order: {is: [a, storm-*], not: [storm-8]}`: true,
		`metadata.color: {present: true}`: true, `metadata.color: {present: false}`: false, `metadata.none: {present: false}`: true, `metadata.none: {present: true}`: false,
		`description: "two\\*"`: false, `description: "two*"`: true, `metadata.star: "a\\*b"`: true, `metadata.star: "a\\*"`: false, `metadata.star: 'a\*b'`: true, `metadata.slash: 'x\\y'`: true,
		`customer.first_name: Sara`: true, `customer.last_name: "Al*"`: true, `customer.last_name: {present: false}`: false, `calls: 2-4`: true, `calls: 4-`: false, `calls: 1-`: true,
	} {
		set, err := scenarios.Parse(nil, "x.yaml", fmt.Appendf(nil, "scenarios:\n  - name: x\n    description: X.\n    match: %s\n", braced(match)))
		if err != nil {
			if match != `description: ""` {
				t.Errorf("%s: %v", match, err)
			}
			continue
		}
		if got := set.Match(candidate()) != nil; got != want || !set.Matches() {
			t.Errorf("%s matches: %t", match, got)
		}
	}
}

// braced puts a match that is one condition into braces.
func braced(match string) string {
	if strings.HasPrefix(match, "{") {
		return match
	}
	return "{" + match + "}"
}

func TestFirstMatchWins(t *testing.T) {
	const file = `
scenarios:
  - {name: none, description: No match.}
  - {name: other, description: X., match: {calls: 9}}
  - {name: b, description: X., match: {reference.order: storm-*}}
  - {name: a, description: X., match: {reference.order: storm-7}}
  - {name: c, description: X., match: {currency: "*"}}
`
	set, err := scenarios.Parse(nil, "x.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	if st := set.Match(candidate()); st == nil || st.Name != "b" {
		t.Errorf("%+v", st)
	}
	c := candidate()
	c.Request.Order = "x"
	if st := set.Match(c); st == nil || st.Name != "c" {
		t.Errorf("%+v", st)
	}
	if scenarios.Builtin().Match(candidate()) != nil || scenarios.Builtin().Matches() {
		t.Error("the library matches")
	}
}

// randomRule is one rule of a kind, over values so few that many candidates meet several rules.
func randomRule(r *rand.Rand) *scenarios.Match {
	glob := func() scenarios.Glob {
		return scenarios.Glob(pick(r, "a*", "ab*", "abc", "abd", "*c", "*", "a*c", "b*", "b", "abcd*", "*b*"))
	}
	value := func() *scenarios.Condition {
		switch r.IntN(6) {
		case 0:
			return scenarios.Is(glob(), glob())
		case 1:
			return &scenarios.Condition{Is: []scenarios.Glob{"a*"}, Not: []scenarios.Glob{glob()}}
		case 2:
			return &scenarios.Condition{Present: new(r.IntN(2) == 0)}
		}
		return scenarios.Is(glob())
	}
	m := &scenarios.Match{}
	for range r.IntN(2) + 1 {
		switch r.IntN(9) {
		case 0:
			m.Order = value()
		case 1:
			m.Metadata = map[string]scenarios.Condition{pick(r, "x", "y"): *value()}
		case 2:
			m.Header = map[string]scenarios.Condition{pick(r, "X", "Y"): *value()}
		case 3:
			m.Amount = &scenarios.AmountMatch{Is: []scenarios.Money{scenarios.MoneyOf(tap.Amount(r.IntN(500))), scenarios.MoneyOf(tap.Amount(r.IntN(5000)))}}
		case 4:
			low := r.IntN(5000)
			m.Amount = &scenarios.AmountMatch{Min: scenarios.MoneyOf(tap.Amount(low)), Max: scenarios.MoneyOf(tap.Amount(low + r.IntN(20)))}
		case 5:
			from := r.IntN(1000) + 1
			m.Calls = scenarios.Calls{From: from, To: pick(r, from, from+10, 0)}
		case 6:
			m.Description = value()
		case 7:
			m.Email, m.Source = value(), scenarios.Is("src_*")
		default:
			m.Phone = scenarios.Is(scenarios.Glob(fmt.Sprint("965", r.IntN(1000))))
		}
	}
	return m
}

func randomCandidate(r *rand.Rand) *scenarios.Candidate {
	value := func() string { return pick(r, "", "a", "ab", "abc", "abd", "b", "c", "abcde", "zzz", "zc", "q") }
	header := map[string]string{"X": value(), "Y": value()}
	return &scenarios.Candidate{Call: r.IntN(2000), Header: func(n string) string { return header[n] }, Request: &tap.PaymentRequest{
		Amount: tap.Amount(r.IntN(9000)), Order: value(), Description: value(), Source: pick(r, "src_1", "x"), Metadata: fmt.Sprintf(`{"x":%q,"y":%q}`, value(), value()),
		Customer: tap.Customer{Email: value(), CountryCode: "965", Number: fmt.Sprint(r.IntN(3000))}}}
}

// TestIndexAgreesWithTrying compares the index over 1,000 rules with sets of one rule each, tried in their order.
func TestIndexAgreesWithTrying(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	var list []scenarios.Scenario
	var single []*scenarios.Set
	for i := range 1000 {
		s := scenarios.Scenario{Name: scenarios.Name(fmt.Sprintf("rule/%d", i)), Description: "R.", Match: randomRule(r)}
		if r.IntN(200) > 0 && i < 950 { // most are too special for most candidates, so that late rules are found too
			s.Match.Currency = scenarios.Is(scenarios.Glob(pick(r, "KWD", "SAR", "X*", "Q*")))
			s.Match.Transaction = scenarios.Is(scenarios.Glob(fmt.Sprintf("t%02d*", r.IntN(100))))
		}
		list = append(list, s)
		one, err := scenarios.New(nil, s)
		if err != nil {
			t.Fatal(err)
		}
		single = append(single, one)
	}
	whole, err := scenarios.New(nil, list...)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for range 3000 {
		c := randomCandidate(r)
		c.Request.Currency, c.Request.Transaction = pick(r, "KWD", "SAR", "XYZ"), fmt.Sprintf("t%02d", r.IntN(120)%100)
		if r.IntN(2) == 0 { // few of the short rules hold
			c.Request.Order, c.Request.Description, c.Request.Metadata, c.Request.Customer.Email, c.Request.Source = "q", "q", "", "q", "x"
			c.Header = nil
		}
		want := ""
		for _, one := range single {
			if st := one.Match(c); st != nil {
				want = st.Name
				break
			}
		}
		got := ""
		if st := whole.Match(c); st != nil {
			got = st.Name
		}
		if got != want {
			t.Fatalf("the index finds %q, trying %q", got, want)
		}
		found[got]++
	}
	if len(found) < 100 {
		t.Errorf("only %d rules were ever found", len(found))
	}
}
