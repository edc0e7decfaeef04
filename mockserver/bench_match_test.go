package mockserver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/scenarios"
)

// manyRules is a scenario file with n different rules, of which only the last matches the benchmark's charge.
func manyRules(n int) string {
	var b strings.Builder
	b.WriteString("scenarios:\n")
	for i := range n - 1 {
		match := []string{
			fmt.Sprintf("reference.order: order-%d", i), fmt.Sprintf("reference.order: \"prefix%d-*\"", i),
			fmt.Sprintf("amount: %d.500", 1000+i), fmt.Sprintf("amount: {min: \"%d\", max: \"%d.999\"}", 5000+i, 5000+i),
			fmt.Sprintf("metadata.udf1: value-%d", i), fmt.Sprintf("customer.email: \"%d@*\"", i), fmt.Sprintf("header.X-Test: t%d", i),
			fmt.Sprintf("description: \"*thing %d\"", i), fmt.Sprintf("customer.phone: \"965%d*\"", 1_000_000+i), fmt.Sprintf("calls: %d", 1_000_000_000-i),
		}[i%10]
		fmt.Fprintf(&b, "  - {name: rule/%d, description: x, match: {%s}}\n", i, match)
	}
	b.WriteString("  - {name: rule/last, description: x, match: {reference.order: \"*\", currency: KWD}}\n")
	return b.String()
}

// BenchmarkCreateMatched compares creates that match the last of 1,000 different rules with creates without any rule.
func BenchmarkCreateMatched(b *testing.B) {
	server, url := benchMock(b)
	plain, plainURL := benchMock(b)
	set, err := scenarios.Parse(scenarios.Builtin(), "bench.yaml", []byte(manyRules(1000)))
	if err != nil {
		b.Fatal(err)
	}
	server.SetScenarios(set)
	request := raw("POST", "/v2/charges", "application/json", benchBody)
	create := func(l *line, _ int64) error { return wantStatus(200, l, request) }
	compare(b, url, plainURL, create, create, func() { expire(b, server); expire(b, plain) })
}
