package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/compare"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// getPaths are the paths at which the API has objects.
var getPaths = map[tap.Kind]string{tap.KindCharge: "/v2/charges/", tap.KindAuthorization: "/v2/authorize/", tap.KindRefund: "/v2/refunds/", tap.KindInvoice: "/v2/invoices/"}

// getTimeout is how long diff waits for the answer to GET, which a scenario can delay.
const getTimeout = 30 * time.Second

// withGet compares a webhook with the answer to GET, in the order in which they are given.
func (d *differ) withGet(ctx context.Context, a, b string) ([]compared, error) {
	webhook, object := a, b
	if !isWebhook(a) {
		webhook, object = b, a
	}
	w, err := d.client.Webhook(ctx, webhook)
	if err != nil {
		return nil, err
	}
	if len(w.Attempts) == 0 {
		return nil, fmt.Errorf("%s has no attempt yet; wait for it", webhook)
	}
	answer, err := d.get(ctx, object)
	if err != nil {
		return nil, err
	}
	sent, got := compare.Body{Name: webhook, JSON: []byte(w.Attempts[len(w.Attempts)-1].Body)}, compare.Body{Name: "GET", JSON: answer}
	c := compared{A: webhook, B: "GET " + object, without: strings.Join(compare.AlwaysDiffer(), ", ")}
	if webhook == b {
		sent, got, c.A, c.B = got, sent, c.B, c.A
	}
	c.Differences = compare.WithGet(sent, got)
	return []compared{c}, nil
}

// get asks the API for an object, as a shop does.
func (d *differ) get(ctx context.Context, id string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, getTimeout)
	defer cancel()
	path := getPaths[tap.KindOf(id)] + url.PathEscape(id)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.client.BaseURL()+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+d.key)
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w", path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	switch {
	case err != nil:
		return nil, fmt.Errorf("GET %s: %w", path, err)
	case res.StatusCode >= 500:
		return nil, fmt.Errorf("GET %s is answered with HTTP %d; its scenario injects faults, so try again, or end them with DELETE %s/faults", path, res.StatusCode, control.Prefix)
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("GET %s is answered with HTTP %d: %.200s", path, res.StatusCode, strings.Join(strings.Fields(string(body)), " "))
	}
	return body, nil
}
