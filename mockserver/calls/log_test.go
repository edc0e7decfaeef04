package calls_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/calls"
	"github.com/tapmock/tapmock/mockserver/tap"
)

const createBody = `{"amount":12.345,"currency":"KWD","threeDSecure":true,"save_card":false,"description":"Order 1042","metadata":{"udf1":"one","udf2":"two"},` +
	`"reference":{"transaction":"txn_1","order":"ord_1"},"receipt":{"email":true,"sms":false},"customer":{"first_name":"Test","last_name":"Payer",` +
	`"email":"test@example.com","phone":{"country_code":"965","number":"50000000"}},"merchant":{"id":""},"source":{"id":"src_kw.knet"},` +
	`"post":{"url":"https://shop.example/hook"},"redirect":{"url":"https://shop.example/return"}}`

const createAnswer = `{"id":"chg_TS04A0720260506Ph580403085","object":"charge","live_mode":false,"customer_initiated":true,"api_version":"V2","method":"CREATE","status":"INITIATED","amount":0.500,"currency":"KWD","threeDSecure":true,"card_threeDSecure":false,"save_card":false,"merchant_id":"","product":"GOSELL","statement_descriptor":"Sample","description":"Test Description","metadata":{"udf1":"test 1","udf2":"test 2"},"transaction":{"timezone":"UTC+03:00","created":"1772600767089","url":"http://mock.example/gosell/v2/payment/tap_process.aspx?chg=wLgro8B7%2fFE1JHwHsZ4%2bPl12bE%2fltOC49Bk7FttBip0%3d","expiry":{"period":30,"type":"MINUTE"},"asynchronous":false,"amount":0.500,"currency":"KWD"},"reference":{"transaction":"txn_0001","order":"ord_0001"},"response":{"code":"100","message":"Initiated"},"receipt":{"email":true,"sms":false},"customer":{"first_name":"Test","last_name":"Customer","email":"customer@example.com","phone":{"country_code":"965","number":"50000000"}},"merchant":{"country":"KW","currency":"KWD","id":"599424"},"source":{"object":"source","id":"src_kw.knet"},"redirect":{"status":"PENDING","url":"https://shop.example/return"},"post":{"status":"PENDING","url":"https://shop.example/webhook"},"activities":[{"id":"activity_TS02A0720260506u9F90403245","object":"activity","created":1772600767089,"status":"INITIATED","currency":"KWD","amount":0.500,"remarks":"charge - created"}],"auto_reversed":false}`

var (
	requestHeader = map[string][]string{"Authorization": {"Bearer sk_test_x"}, "Content-Type": {"application/json"}, "Content-Length": {"600"}, "User-Agent": {"shop/1.0"}}
	answerHeader  = map[string][]string{"Content-Type": {"application/json"}, "Content-Length": {"1600"}, "Etag": {`W/"640-abcdefghijklmnopqrstuvwxyzA"`}, "X-Powered-By": {"Express"}}
)

// keepCreate keeps the create call of a charge.
func keepCreate(l *calls.Log, charge string) {
	d := l.Draft(time.Unix(0, 0))
	d.RequestBody([]byte(createBody), 0)
	d.Request("POST", "/v2/charges", "127.0.0.1:8080", requestHeader)
	d.Answer(200, tap.Object{Kind: tap.KindCharge, ID: charge}, answerHeader)
	d.AnswerBody([]byte(createAnswer))
	d.Keep(time.Millisecond)
}

// BenchmarkKeep measures what a create call costs more because it is kept.
func BenchmarkKeep(b *testing.B) {
	l := &calls.Log{Max: 2 << 20}
	for b.Loop() {
		keepCreate(l, "chg_1")
	}
}

// TestKeepAllocations expects that a full log keeps calls in the memory of those that it drops, because every call of a merchant waits for it.
func TestKeepAllocations(t *testing.T) {
	l := &calls.Log{Max: 64 << 10}
	for range 100 {
		keepCreate(l, "chg_1")
	}
	if n := testing.AllocsPerRun(1000, func() { keepCreate(l, "chg_1") }); n > 2 { // the pool loses buffers under -race and when memory is collected
		t.Errorf("a call has %v allocations more because it is kept, want at most 2", n)
	}
}

// TestBounds expects that the oldest calls are dropped beyond the bound, and counted; that halving, a reset and closing give the bytes back.
func TestBounds(t *testing.T) {
	var total atomic.Int64
	l := &calls.Log{Max: 20 << 10, Total: &total}
	for i := range 50 {
		keepCreate(l, fmt.Sprintf("chg_%d", i))
	}
	some, dropped := l.Latest(calls.Query{})
	if n := len(some); n < 4 || dropped != uint64(50-n) || some[0].Number != 50 || some[n-1].Object.ID != fmt.Sprintf("chg_%d", 50-n) || l.Bytes() > 20<<10 {
		t.Errorf("%d calls, %d dropped, %d bytes", n, dropped, l.Bytes())
	}
	if int(total.Load()) != l.Bytes() {
		t.Errorf("the total is %d, want %d", total.Load(), l.Bytes())
	}
	before := l.Bytes()
	if l.Halve(); l.Bytes() > before/2 || l.Bytes() == 0 || int(total.Load()) != l.Bytes() {
		t.Errorf("half of %d is %d, the total %d", before, l.Bytes(), total.Load())
	}
	l.Reset()
	if keepCreate(l, "chg_x"); l.Last() != 1 {
		t.Errorf("the first call after a reset is number %d", l.Last())
	}
	l.Close()
	if keepCreate(l, "chg_y"); total.Load() != 0 || l.Last() != 0 {
		t.Errorf("a closed log has %d calls and %d bytes", l.Last(), total.Load())
	}
}

// TestOvertaken expects that a call whose answer has begun before a reset is not kept.
func TestOvertaken(t *testing.T) {
	l := &calls.Log{Max: 1 << 20}
	d := l.Draft(time.Unix(0, 0))
	d.Request("GET", "/v2/charges/chg_1", "", nil)
	d.Answer(200, tap.Object{}, nil)
	l.Reset()
	if d.Keep(0); l.Last() != 0 {
		t.Error("the call is kept")
	}
}

// TestAfter expects that a viewer is woken by the next call, and at once if there was one already.
func TestAfter(t *testing.T) {
	l := &calls.Log{Max: 1 << 20}
	next := l.After(0)
	select {
	case <-next:
		t.Error("woken without a call")
	default:
	}
	keepCreate(l, "chg_1")
	<-next
	<-l.After(0)
	again := l.After(1)
	l.Reset()
	<-again
}

// ExampleLog keeps one call, and asks for it.
func ExampleLog() {
	l := &calls.Log{Max: 2 << 20}
	d := l.Draft(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	d.RequestBody([]byte(`{"card": {"number": "4111111111111111", "cvc": "123"}}`), 0)
	d.Request("POST", "/v2/tokens", "127.0.0.1:8080", map[string][]string{"Authorization": {"Bearer sk_test_shop"}})
	d.Answer(400, tap.Object{}, map[string][]string{"Content-Type": {"application/json"}})
	d.Keep(time.Millisecond)
	latest, _ := l.Latest(calls.Query{Max: 1})
	fmt.Println(latest[0].Method, latest[0].Path, latest[0].Status)
	fmt.Println(latest[0].Request.Header["authorization"], latest[0].Request.Body)
	// Output:
	// POST /v2/tokens 400
	// [Bearer sk_test_…] {"card": {"number": "************1111", "cvc": "***"}}
}
