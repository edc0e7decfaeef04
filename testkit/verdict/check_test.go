package verdict_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tapmock/tapmock/testkit"
	"github.com/tapmock/tapmock/testkit/verdict"
)

// till is a merchant without webhooks: it knows a charge only by the answer to its create, and asks for it in State.
type till struct {
	mock    *testkit.Mock
	r       *testkit.Receiver
	charges map[string]string
	http    *http.Client
	paid    func(order string, captured bool) bool // what State says; nil: its real state
}

func newTill(t *testing.T, mock *testkit.Mock) *till {
	m := &till{mock: mock, r: testkit.NewReceiver(t, mock.Key), charges: map[string]string{}, http: &http.Client{Transport: &http.Transport{}}}
	t.Cleanup(m.http.CloseIdleConnections) // a connection that was dialled for a cancelled request keeps the mock waiting
	return m
}

func (m *till) Checkout(ctx context.Context, o verdict.Order) (string, error) {
	body := `{"amount": ` + o.Amount + `, "currency": "KWD", "source": {"id": "src_kw.knet"}, "customer": {"first_name": "Test", "email": "test@example.com"},
		"reference": {"order": "` + o.ID + `"}, "post": {"url": "` + m.r.WebhookURL + `"}, "redirect": {"url": "` + m.r.ReturnURL + `"}}`
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.mock.APIURL()+"/charges", strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+m.mock.Key)
	res, err := m.http.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", errors.New(res.Status)
	}
	c := m.mock.AwaitCharge(o.ID)
	m.charges[o.ID] = c.ID
	return c.PageURL, nil
}

func (m *till) State(_ context.Context, id string) (verdict.State, error) {
	captured := m.mock.Charge(m.charges[id]).Status == "CAPTURED"
	if m.paid != nil {
		captured = m.paid(id, captured)
	}
	s := verdict.State{Paid: captured}
	if captured {
		s.Fulfilled = 1
	}
	return s, nil
}

func config(mock *testkit.Mock, m verdict.Merchant, stories ...string) verdict.Config {
	return verdict.Config{Mock: mock.Control(), Key: mock.Key, Merchant: m, Stories: stories}
}

// TestFlaky checks a merchant that makes a mistake only once: it is reported as flaky, and is not a finding.
func TestFlaky(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	m := newTill(t, mock)
	var looks atomic.Int32
	m.paid = func(_ string, captured bool) bool { return captured || looks.Add(1) == 1 }
	r, err := verdict.Check(t.Context(), config(mock, m, "outcome/no-funds"))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) != 0 || len(r.Flaky) != 1 || r.Flaky[0].Code != verdict.PaidWithoutCapture {
		t.Errorf("%s\n%v", r, r.Flaky)
	}
	if !strings.Contains(r.Summary(), "1 story played in ") || !strings.Contains(r.Summary(), "0 musts, 0 shoulds, flaky: paid-without-capture") {
		t.Error(r.Summary())
	}
	if !strings.Contains(r.Table(), "paid-without-capture     flaky   1 story") {
		t.Error(r.Table())
	}
}

// TestNotPlayed checks a merchant without Reconcile: the stories that need it are listed with the reason.
func TestNotPlayed(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	var played []string
	c := config(mock, newTill(t, mock), "webhook/neve", "outcome/capture")
	c.Progress = func(p verdict.Played) { played = append(played, p.Story) }
	r, err := verdict.Check(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.NotPlayed) != 1 || r.NotPlayed[0].Story != "webhook/never + return/never" || !strings.Contains(r.Summary(), "1 not played: the merchant has no Reconcile (webhook/never + return/never)") {
		t.Errorf("%+v\n%s", r.NotPlayed, r.Summary())
	}
	if want := "outcome/captured outcome/captured-less webhook/never return/concurrent + webhook/never"; strings.Join(played, " ") != want || len(r.Played) != 4 {
		t.Errorf("played %v, %v", played, r.Played)
	}
}

// TestUnknownStory refuses words that fit no story, with the nearest names.
func TestUnknownStory(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	for word, want := range map[string]string{"webhook/twise": "did you mean webhook/twice?", "replai": "did you mean replay?", "zzzzz": "verdict.Stories lists them"} {
		_, err := verdict.Check(t.Context(), config(mock, newTill(t, mock), "outcome/", word))
		if err == nil || !strings.Contains(err.Error(), `no story's name contains "`+word+`"`) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", word, err)
		}
	}
	if _, err := verdict.Check(t.Context(), verdict.Config{}); err == nil {
		t.Error("a check without a mock and a merchant is possible")
	}
}

// TestOtherAccount checks a merchant that uses another account: no story can be judged.
func TestOtherAccount(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	m := newTill(t, mock.NewAccount(t))
	_, err := verdict.Check(t.Context(), config(mock, m, "outcome/captured"))
	if err == nil || !strings.Contains(err.Error(), "the account got no charge") || !strings.Contains(err.Error(), "key of this account") {
		t.Error(err)
	}
}

// TestCancelled ends a check in the middle, and finds the account restored.
func TestCancelled(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	mock.DefaultScenario("webhook/late")
	ctx, cancel := context.WithCancel(t.Context())
	c := config(mock, newTill(t, mock))
	c.Progress = func(verdict.Played) { cancel() }
	r, err := verdict.Check(ctx, c)
	if !errors.Is(err, context.Canceled) || len(r.Played) != 1 {
		t.Errorf("%v, played %v", err, r)
	}
	account, err := mock.Control().Account(t.Context())
	if err != nil || account.DefaultScenario != "webhook/late" || len(account.Queue) != 0 {
		t.Errorf("%+v %v", account, err)
	}
}
