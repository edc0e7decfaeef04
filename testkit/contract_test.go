package testkit_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
	"github.com/tapmock/tapmock/testkit/verdict/contract"
)

// serveContract gives a shop the calls of the contract, as a shop in another language has them.
func serveContract(t *testing.T, s *Shop, reconciles bool) *contract.Shop {
	t.Helper()
	type in struct {
		Order, Amount string
		FirstName     string `json:"first_name"`
		Email         string
	}
	mux := http.NewServeMux()
	handle := func(path string, f func(r *http.Request, o in) (any, error)) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			var o in
			_ = json.NewDecoder(r.Body).Decode(&o)
			if o.Order == "" && !strings.HasSuffix(path, "reconcile") {
				panic(http.ErrAbortHandler) // a shop may fail in any way if there is no order
			}
			answer, err := f(r, o)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
				return
			}
			_ = json.NewEncoder(w).Encode(answer)
		})
	}
	pay := func(url string, err error) (any, error) { return map[string]string{"pay_url": url}, err }
	done := func(err error) (any, error) { return struct{}{}, err }
	handle("POST /tapmock/checkout", func(r *http.Request, o in) (any, error) {
		return pay(s.Checkout(r.Context(), testkit.Order{ID: o.Order, Amount: o.Amount, FirstName: o.FirstName, Email: o.Email}))
	})
	handle("POST /tapmock/authorize", func(r *http.Request, o in) (any, error) {
		return pay(s.Authorize(r.Context(), testkit.Order{ID: o.Order, Amount: o.Amount, FirstName: o.FirstName, Email: o.Email}))
	})
	handle("POST /tapmock/refund", func(r *http.Request, o in) (any, error) { return done(s.Refund(r.Context(), o.Order, o.Amount)) })
	handle("POST /tapmock/capture", func(r *http.Request, o in) (any, error) { return done(s.Capture(r.Context(), o.Order, o.Amount)) })
	handle("POST /tapmock/void", func(r *http.Request, o in) (any, error) { return done(s.Void(r.Context(), o.Order)) })
	if reconciles {
		handle("POST /tapmock/reconcile", func(r *http.Request, o in) (any, error) { return done(s.Reconcile(r.Context())) })
	}
	mux.HandleFunc("GET /tapmock/order", func(w http.ResponseWriter, r *http.Request) {
		id := r.FormValue("id")
		state, err := s.State(r.Context(), id)
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		word := map[bool]string{true: "paid", false: "unpaid"}[state.Paid]
		_ = json.NewEncoder(w).Encode(map[string]any{"order": id, "state": word, "fulfilled": state.Fulfilled, "refunded": state.Refunded})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	shop, err := contract.New(contract.Default(server.URL), contract.Options{Key: s.key, BaseURL: s.api})
	if err != nil {
		t.Fatal(err)
	}
	if err := shop.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	return shop
}

// TestContractOfSoundShop plays the whole library against a shop without mistakes through the contract.
func TestContractOfSoundShop(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	r := testkit.InspectMerchant(t, mock, serveContract(t, NewShop(t, mock), true), testkit.ClientTimeoutWithin(2*time.Second))
	if len(r.Findings) > 0 || len(r.Flaky) > 0 || len(r.NotPlayed) > 0 {
		t.Errorf("%s\n%v", r, r.Flaky)
	}
}

// TestContractWithoutReconcile plays what a shop without the optional call can be played.
func TestContractWithoutReconcile(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	r := testkit.InspectMerchant(t, mock, serveContract(t, NewShop(t, mock), false), testkit.Stories("outcome/captured", "webhook/never + return/never"))
	if len(r.Findings) > 0 || len(r.Played) != 1 || len(r.NotPlayed) != 1 || !strings.Contains(r.NotPlayed[0].Reason, "Reconcile") {
		t.Errorf("%s", r)
	}
}

// TestContractOfFlawedShops finds through the contract what it finds inside a Go test.
func TestContractOfFlawedShops(t *testing.T) {
	t.Parallel()
	for f, want := range flawed {
		if f == isSlow || f == worksAfterResponse { // the limits of their time belong to TestFlawedMerchants
			continue
		}
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			mock := testkit.Start(t)
			shop := serveContract(t, NewShop(t, mock, f), true)
			r := testkit.InspectMerchant(t, mock, shop, testkit.Stories("outcome/captured", want.story), testkit.WorkWithin(20*time.Millisecond), testkit.ClientTimeoutWithin(2*time.Second))
			var codes []string
			for _, f := range r.Findings {
				codes = append(codes, string(f.Code))
			}
			if !slices.Equal(codes, strings.Fields(want.with)) || len(r.Flaky) > 0 {
				t.Errorf("found %q, want %q; flaky %v\n%s", codes, want.with, r.Flaky, r)
			}
		})
	}
}
