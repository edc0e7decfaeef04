package scenarios_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// thousand is a file of 1,000 scenarios as people write them, with conditions of every kind.
func thousand() []byte {
	text := &strings.Builder{}
	text.WriteString("scenarios:\n")
	for i := range 1000 {
		match := []string{
			fmt.Sprintf("reference.order: order-%d", i), fmt.Sprintf("reference.order: run-%d-*", i),
			fmt.Sprintf("amount: {min: %d.001, max: %d.500}", 100+i, 100+i), fmt.Sprintf("amount: %d.750", 100+i),
			fmt.Sprintf("metadata.test: t%d*", i), fmt.Sprintf("header.X-Test: t%d", i),
		}[i%6]
		fmt.Fprintf(text, "  - name: shop/case-%d\n    description: The payment is refused and the webhook comes late, as on a bad day.\n    match: {%s}\n"+
			"    bank: {result: NOT CAPTURED, code: \"51\", delay: 2s}\n    callbacks:\n      - webhook: {at: settled + 1m, copies: 2}\n      - return: {at: settled}\n", i, match)
	}
	return []byte(text.String())
}

// BenchmarkLoad reads and checks 1,000 scenarios; its bare twin only decodes the same bytes into a yaml.Node. x-of-bare is how
// many times as long as the twin's it takes.
func BenchmarkLoad(b *testing.B) {
	text := thousand()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var ours, bare []time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", text); err != nil {
			b.Fatal(err)
		}
		middle := time.Now()
		var doc yaml.Node
		if err := yaml.Unmarshal(text, &doc); err != nil {
			b.Fatal(err)
		}
		ours, bare = append(ours, middle.Sub(start)), append(bare, time.Since(middle))
	}
	slices.Sort(ours)
	slices.Sort(bare)
	b.ReportMetric(float64(ours[len(ours)/2])/float64(bare[len(bare)/2]), "x-of-bare") // of the medians
	b.ReportMetric(float64(ours[len(ours)/2].Microseconds()), "ours-µs")
}

// BenchmarkMatch finds the last of 1,000 rules of six kinds; its bare twin looks a name up in a map of 1,000.
func BenchmarkMatch(b *testing.B) {
	set, err := scenarios.Parse(nil, "x.yaml", thousand())
	if err != nil {
		b.Fatal(err)
	}
	header := func(string) string { return "t995" }
	request := &tap.PaymentRequest{Amount: 50_000, Currency: "KWD", Order: "shop-12345", Metadata: `{"test":"none","color":"red"}`}
	for _, c := range []struct {
		name   string
		change func(*tap.PaymentRequest, *scenarios.Candidate)
	}{
		{"last", func(r *tap.PaymentRequest, _ *scenarios.Candidate) { r.Amount = 1_099_750 }},
		{"header", func(_ *tap.PaymentRequest, c *scenarios.Candidate) { c.Header = header }},
		{"none", func(*tap.PaymentRequest, *scenarios.Candidate) {}},
		{"prefix", func(r *tap.PaymentRequest, _ *scenarios.Candidate) { r.Order = "run-997-7" }},
		{"range", func(r *tap.PaymentRequest, _ *scenarios.Candidate) { r.Amount = 1_098_100 }},
		{"metadata", func(r *tap.PaymentRequest, _ *scenarios.Candidate) { r.Metadata = `{"test":"t994-x"}` }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := *request
				k := scenarios.Candidate{Request: &r, Call: 7}
				c.change(&r, &k)
				if (set.Match(&k) == nil) != (c.name == "none") {
					b.Fatal("matches wrongly")
				}
			}
		})
	}
	b.Run("thousand ranges", func(b *testing.B) { // ranges are looked at one by one
		var list []scenarios.Scenario
		for i := range 1000 {
			bounds := &scenarios.AmountMatch{Min: scenarios.MoneyOf(tap.Amount(i * 1000)), Max: scenarios.MoneyOf(tap.Amount(i*1000 + 999))}
			list = append(list, scenarios.Scenario{Name: scenarios.Name(fmt.Sprint("r", i)), Description: "R.", Match: &scenarios.Match{Amount: bounds}})
		}
		ranges, err := scenarios.New(nil, list...)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if ranges.Match(&scenarios.Candidate{Request: &tap.PaymentRequest{Amount: 999_500}}) == nil {
				b.Fatal("no match")
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		byName := map[string]*scenarios.Script{}
		for _, n := range set.Names() {
			byName[n], _ = set.Resolve(n)
		}
		for b.Loop() {
			if byName["shop/case-999"] == nil {
				b.Fatal("missing")
			}
		}
	})
}
