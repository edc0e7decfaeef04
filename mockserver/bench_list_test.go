package mockserver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
)

// manyCharges is how many charges the account of BenchmarkList has.
const manyCharges = 100_000

// fullMock starts a mock with many charges of one key: the orders o-0, o-1, …, 1000 customers, every 50th captured, all but the last 1000 of the
// others expired. It returns the id of the middle one and the time at which it was created.
func fullMock(b *testing.B) (url, id string, created time.Time) {
	b.Helper()
	server, err := mockserver.New(mockserver.Config{Seed: 1, Limits: mockserver.Limits{Charges: 2 * manyCharges, ServerCharges: 4 * manyCharges, Journal: 64 << 20}})
	if err != nil {
		b.Fatal(err)
	}
	front := httptest.NewServer(server)
	b.Cleanup(func() { front.Close(); server.Close(context.Background()) })
	l := dial(b, front.URL)
	for n := range manyCharges {
		fields := strings.NewReplacer(`"order":"ord_1"`, fmt.Sprintf(`"order":"o-%d"`, n), `"customer":{`, fmt.Sprintf(`"customer":{"id":"cus_%d",`, n%1000))
		body := fields.Replace(benchBody)
		if n%50 == 0 {
			body = strings.NewReplacer(`"metadata":{`, `"metadata":{"tapmock_scenario":"payer/before-answer + return/never",`, `"post":{"url":"https://shop.example/hook"},`, "").Replace(body)
		}
		if n == manyCharges-1000 {
			expire(b, server)
		}
		if err := wantStatus(200, l, raw("POST", "/v2/charges", "application/json", body)); err != nil {
			b.Fatal(err)
		}
		if n == manyCharges/2 {
			var c struct{ ID string }
			json.Unmarshal(l.body, &c)
			id, created = c.ID, time.Now()
		}
	}
	return front.URL, id, created
}

// BenchmarkList compares lists of an account with 100,000 charges, by what a merchant looks for, with a GET of one charge in the same run, and
// reports the ratio of their median times as x-of-retrieve.
func BenchmarkList(b *testing.B) {
	url, id, created := fullMock(b)
	l := dial(b, url)
	retrieve := raw("GET", "/v2/charges/"+id, "application/json", "")
	for _, by := range []struct{ name, fields string }{
		{"status", `"status":"CAPTURED"`}, {"customer", `"customers":["cus_7"]`}, {"reference", `"reference":{"order":["o-77000","o-3"]}`},
		{"time", fmt.Sprintf(`"period":{"date":{"from":%d,"to":%d}}`, created.Add(-200*time.Millisecond).UnixMilli(), created.UnixMilli())}, {"nothing", `"status":"ABANDONED"`},
	} {
		for _, limit := range []int{1, 25} {
			list := raw("POST", "/v2/charges/list", "application/json", fmt.Sprintf(`{%s,"limit":%d}`, by.fields, limit))
			b.Run(fmt.Sprintf("%s/%d", by.name, limit), func(b *testing.B) {
				var times [2][]time.Duration
				for range b.N {
					for i, request := range [][]byte{retrieve, list} {
						begin := time.Now()
						if err := wantStatus(200, l, request); err != nil {
							b.Fatal(err)
						}
						times[i] = append(times[i], time.Since(begin))
					}
				}
				for i := range times {
					slices.Sort(times[i])
				}
				b.ReportMetric(float64(times[1][b.N/2])/float64(times[0][b.N/2]), "x-of-retrieve")
			})
		}
	}
}

// BenchmarkCreateDuringScans compares the rate of creates while a client lists, again and again, what an account with 100,000 charges does not
// have, with the rate without, in turns, and reports the ratio as x-of-alone.
func BenchmarkCreateDuringScans(b *testing.B) {
	url, _, _ := fullMock(b)
	creates, scans := dial(b, url), dial(b, url)
	create := raw("POST", "/v2/charges", "application/json", benchBody)
	scan := raw("POST", "/v2/charges/list", "application/json", `{"email":"unknown@example.com"}`)
	if err := wantStatus(200, scans, scan); err != nil { // the first list of an account makes its index
		b.Fatal(err)
	}
	n, rounds, scanned := max(1, b.N/10), 5, 0
	var took [2]time.Duration
	for range rounds {
		for i := range took {
			stop, stopped := make(chan struct{}), make(chan error, 1)
			go func() {
				for err := error(nil); ; scanned++ {
					select {
					case <-stop:
						stopped <- err
						return
					default:
					}
					if i == 1 && err == nil {
						err = wantStatus(200, scans, scan)
					} else {
						<-stop
						stopped <- err
						return
					}
				}
			}()
			begin := time.Now()
			for range n {
				if err := wantStatus(200, creates, create); err != nil {
					b.Fatal(err)
				}
			}
			took[i] += time.Since(begin)
			close(stop)
			if err := <-stopped; err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(took[0])/float64(took[1]), "x-of-alone")
	b.ReportMetric(float64(scanned), "scans")
}
