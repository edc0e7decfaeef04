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
	if w := r.AwaitWebhook(1); !errors.Is(w.Bad, testkit.ErrHash) || !errors.Is(w.Bad, testkit.ErrHashString) || w.Charge.ID != id {
		t.Errorf("the forged webhook: %v of %s", w.Bad, w.Charge.ID)
	}
	mock.Advance(time.Hour)
	if w := r.AwaitWebhook(2); w.Bad != nil || w.Charge.Status != "CAPTURED" || w.Header.Get("hash") == "" {
		t.Errorf("the genuine webhook: %v, %s", w.Bad, w.Body)
	}
	if b := r.AwaitReturn(1); b.TapID != id || b.Query != "tap_id="+id {
		t.Errorf("return %+v", b)
	}
	if len(r.Webhooks()) != 2 || len(r.Returns()) != 1 {
		t.Errorf("%d webhooks, %d returns", len(r.Webhooks()), len(r.Returns()))
	}
}

func TestReceiverFailsAndCuts(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Frozen(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)))
	r := testkit.NewReceiver(t, mock.Key)
	r.CutNext(1)
	r.FailNext(1, http.StatusInternalServerError)
	mock.Next("payer/pays")
	id := create(t, mock, r)
	mock.Advance(time.Hour)
	var got []int
	for _, w := range mock.Webhooks(id) {
		got = append(got, w.Response.Status)
	}
	if len(got) != 3 || got[0] != 0 || got[1] != 500 || got[2] != 200 {
		t.Errorf("answers %v", got)
	}
	if w := r.AwaitWebhook(3); w.Charge.Post.Attempt != 3 {
		t.Errorf("attempt %d", w.Charge.Post.Attempt)
	}
}

func TestReceiverHangsAndIsSlow(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Set("return_wait", "0s"))
	r := testkit.NewReceiver(t, mock.Key)
	release := r.Hang()
	mock.Next("payer/pays")
	id := create(t, mock, r)
	r.AwaitWebhook(1)
	if len(mock.Webhooks(id)) != 0 {
		t.Error("it was answered")
	}
	r.Slow(time.Millisecond)
	release()
	release() // does no harm
	if w := mock.AwaitWebhook(id); w.Response.Status != 200 {
		t.Errorf("%+v", w.Response)
	}
	mock.Next("payer/pays")
	if w := mock.AwaitWebhook(create(t, mock, r)); w.Response.TookMS < 1 {
		t.Errorf("slow: %+v", w.Response)
	}
	mock.AwaitIdle()
}

// TestReceiverHangsToTheEnd leaves a webhook hanging: the end of the test lets it go.
func TestReceiverHangsToTheEnd(t *testing.T) {
	t.Parallel()
	answered := make(chan string, 1)
	t.Run("hangs", func(t *testing.T) {
		r := testkit.NewReceiver(t, "sk_test_x")
		r.Hang()
		go func() {
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			res, err := client.Post(r.WebhookURL, "application/json", strings.NewReader("{}"))
			if err != nil {
				answered <- err.Error()
				return
			}
			res.Body.Close()
			answered <- res.Status
		}()
		if w := r.AwaitWebhook(1); !errors.Is(w.Bad, testkit.ErrUnsigned) {
			t.Error(w.Bad)
		}
		if len(answered) > 0 {
			t.Error("it was answered")
		}
	})
	if got := <-answered; got != "200 OK" {
		t.Error(got)
	}
}

// create makes a charge whose webhooks and payer go to the receiver.
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
