package testkit_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

func TestReceiverRecords(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	r := testkit.NewReceiver(t, mock.Key)
	mock.Next("payer/pays + forge/wrong-key")
	mock.Freeze(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	id := create(t, mock, r)
	if w := r.AwaitWebhook(1); !errors.Is(w.SignatureErr, testkit.ErrHash) || !errors.Is(w.SignatureErr, testkit.ErrHashString) || w.Charge.ID != id {
		t.Errorf("the forged webhook: %v of %s", w.SignatureErr, w.Charge.ID)
	}
	mock.Advance(time.Hour)
	if w := r.AwaitWebhook(2); w.SignatureErr != nil || w.Charge.Status != "CAPTURED" || w.Header.Get("hash") == "" {
		t.Errorf("the genuine webhook: %v, %s", w.SignatureErr, w.Body)
	}
	if b := r.AwaitReturn(1); b.TapID != id || b.Query != "tap_id="+id {
		t.Errorf("return %+v", b)
	}
	if len(r.Webhooks()) != 2 || len(r.Returns()) != 1 {
		t.Errorf("%d webhooks, %d returns", len(r.Webhooks()), len(r.Returns()))
	}
}

func TestReceiverFailsAndDisconnects(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Frozen(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)))
	r := testkit.NewReceiver(t, mock.Key)
	r.DisconnectNext(1)
	r.FailNext(1, http.StatusInternalServerError)
	mock.Next("payer/pays")
	id := create(t, mock, r)
	mock.Advance(time.Hour)
	var got []int
	for _, w := range mock.Webhooks(id) {
		got = append(got, w.Response.Status)
	}
	if len(got) != 3 || got[0] != 0 || got[1] != 500 || got[2] != 200 {
		t.Errorf("responses %v", got)
	}
	if w := r.AwaitWebhook(3); w.Charge.Post.Attempt != 3 {
		t.Errorf("attempt %d", w.Charge.Post.Attempt)
	}
}

// TestAwaitDelivered responds to the first attempt of a webhook with 500 and to the second with 200.
func TestAwaitDelivered(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Frozen(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)))
	r := testkit.NewReceiver(t, mock.Key)
	r.FailNext(1, http.StatusInternalServerError)
	mock.Next("payer/pays")
	id := create(t, mock, r)
	if w := mock.AwaitWebhook(id); w.Attempt != 1 || w.Response.Status != 500 || w.Response.OK() {
		t.Errorf("the first attempt: number %d, response %+v", w.Attempt, w.Response)
	}
	mock.Advance(time.Hour)
	if w := mock.AwaitDelivered(id); w.Attempt != 2 || w.Response.Status != 200 || !w.Response.OK() {
		t.Errorf("the acknowledged attempt: number %d, response %+v", w.Attempt, w.Response)
	}
	if w := mock.AwaitWebhook(id); w.Attempt != 1 {
		t.Errorf("AwaitWebhook returned attempt %d after the second", w.Attempt)
	}
	if first, second := r.AwaitWebhook(1), r.AwaitWebhook(2); first.Charge.Post.Attempt != 1 || second.Charge.Post.Attempt != 2 {
		t.Errorf("received attempts %d and %d", first.Charge.Post.Attempt, second.Charge.Post.Attempt)
	}
	if w := r.AwaitDelivered(1); w.Charge.Post.Attempt != 2 || w.Charge.ID != id {
		t.Errorf("the receiver acknowledged attempt %d of %s", w.Charge.Post.Attempt, w.Charge.ID)
	}
}

func TestReceiverHangsAndDelays(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Set("return_wait", "0s"))
	r := testkit.NewReceiver(t, mock.Key)
	release := r.Hang()
	mock.Next("payer/pays")
	id := create(t, mock, r)
	r.AwaitWebhook(1)
	if len(mock.Webhooks(id)) != 0 {
		t.Error("the webhook got a response")
	}
	r.Delay(time.Millisecond)
	release()
	release() // a second call does nothing
	if w := mock.AwaitWebhook(id); w.Response.Status != 200 {
		t.Errorf("%+v", w.Response)
	}
	mock.Next("payer/pays")
	if w := mock.AwaitWebhook(create(t, mock, r)); w.Response.Took < time.Millisecond {
		t.Errorf("not delayed: %+v", w.Response)
	}
	mock.AwaitIdle()
}

// TestReceiverHangsUntilEnd never releases a webhook: it gets its response when the test ends.
func TestReceiverHangsUntilEnd(t *testing.T) {
	t.Parallel()
	response := make(chan string, 1)
	t.Run("hangs", func(t *testing.T) {
		r := testkit.NewReceiver(t, "sk_test_x")
		r.Hang()
		go func() {
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			res, err := client.Post(r.WebhookURL, "application/json", strings.NewReader("{}"))
			if err != nil {
				response <- err.Error()
				return
			}
			res.Body.Close()
			response <- res.Status
		}()
		if w := r.AwaitWebhook(1); !errors.Is(w.SignatureErr, testkit.ErrUnsigned) {
			t.Error(w.SignatureErr)
		}
		if len(response) > 0 {
			t.Error("the webhook got a response")
		}
	})
	if got := <-response; got != "200 OK" {
		t.Error(got)
	}
}

// create creates a charge with the addresses of the receiver.
func create(t *testing.T, mock *testkit.Mock, r *testkit.Receiver) string {
	t.Helper()
	body := `{"amount": 12.345, "currency": "KWD", "source": {"id": "src_kw.knet"}, "customer": {"first_name": "T", "email": "t@example.com"},
		"post": {"url": "` + r.WebhookURL + `"}, "redirect": {"url": "` + r.ReturnURL + `"}}`
	req, err := http.NewRequestWithContext(t.Context(), "POST", mock.APIURL()+"/charges", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+mock.Key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	all := mock.Charges()
	return all[len(all)-1].ID
}
