package mockserver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// A mock is an http.Handler: serve it on a listener, and give the address to the code under test.
func ExampleNew() {
	mock, err := mockserver.New(mockserver.Config{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer mock.Close(context.Background())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer listener.Close()
	go http.Serve(listener, mock)

	req, _ := http.NewRequest("POST", "http://"+listener.Addr().String()+"/v2/charges", strings.NewReader(`{
		"amount": 12.345, "currency": "KWD", "source": {"id": "src_kw.knet"},
		"customer": {"first_name": "Test", "email": "test@example.com"},
		"redirect": {"url": "https://shop.example/return"}}`))
	req.Header.Set("Authorization", "Bearer sk_test_my_shop")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	var charge tap.Charge
	if err := json.NewDecoder(res.Body).Decode(&charge); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.Status, charge.Status, charge.Amount, charge.Currency)
	// Output: 200 OK INITIATED 12.345 KWD
}
