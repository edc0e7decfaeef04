package control_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// A test freezes the clock of its account and runs three days in an instant.
func Example() {
	mock, err := mockserver.New(mockserver.Config{Seed: 1})
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(mock)
	defer func() { server.Close(); mock.Close(context.Background()) }()

	ctx := context.Background()
	c := control.New(server.URL, "sk_test_shop")
	defer c.CloseIdle()
	c.Freeze(ctx, time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	c.Next(ctx, "payer/pays + webhook/next-day")

	req, _ := http.NewRequest("POST", server.URL+"/v2/charges", strings.NewReader(`{"amount": 12.345, "currency": "KWD",
		"source": {"id": "src_kw.knet"}, "customer": {"first_name": "Test", "email": "test@example.com"},
		"post": {"url": "`+server.URL+`/healthz"}, "redirect": {"url": "`+server.URL+`/"}}`))
	req.Header.Set("Authorization", "Bearer sk_test_shop")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	res.Body.Close()

	c.AwaitIdle(ctx, 5*time.Second) // the payer has paid and is back
	moved, err := c.Advance(ctx, 72*time.Hour)
	if err != nil {
		panic(err)
	}
	journal, _ := c.Journal(ctx, control.JournalQuery{Event: "webhook"})
	for _, e := range journal.Entries {
		fmt.Println(e.At.Format("02 Jan 15:04"), e.Response.Status)
	}
	fmt.Println(moved.Now.Format("02 Jan 15:04"))
	// Output:
	// 02 Mar 11:00 405
	// 02 Mar 11:00 405
	// 02 Mar 11:00 405
	// 04 Mar 09:00
}
