package mockserver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
)

// BenchmarkRefund compares a request for a refund, in the handler, with a create request for a charge in the same run, and reports the ratio
// of their times as x-of-create.
func BenchmarkRefund(b *testing.B) {
	server, err := mockserver.New(mockserver.Config{Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { server.Close(context.Background()) })
	ask := func(path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", path, strings.NewReader(body))
		r.Host = "127.0.0.1"
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		if server.ServeHTTP(w, r); w.Code != 200 {
			b.Fatalf("HTTP %d %s", w.Code, w.Body)
		}
		return w
	}
	var charge struct{ ID string }
	paid := strings.NewReplacer(`"metadata":{`, `"metadata":{"tapmock_scenario":"payer/before-answer",`, `"post":{"url":"https://shop.example/hook"},`, "").Replace(benchBody)
	var creates, refunds time.Duration
	timed := func(do func()) time.Duration {
		begin := time.Now()
		do()
		return time.Since(begin)
	}
	for n := range b.N {
		if n%20 == 0 { // a charge for the next refunds
			json.Unmarshal(ask("/v2/charges", paid).Body.Bytes(), &charge)
		}
		creates += timed(func() { ask("/v2/charges", benchBody) })
		body := fmt.Sprintf(`{"charge_id":%q,"amount":0.1,"currency":"KWD","reason":"requested_by_customer","metadata":{"udf1":"one"}}`, charge.ID)
		refunds += timed(func() { ask("/v2/refunds", body) })
		if n%pieceSize == pieceSize-1 {
			expire(b, server)
		}
	}
	b.ReportMetric(float64(refunds)/float64(creates), "x-of-create")
}
