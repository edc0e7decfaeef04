package inspector

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/tapmock/tapmock/mockserver/compare"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// diffScreen compares two payments, two webhooks, or a webhook with what GET says.
type diffScreen struct {
	frame
	A, B    compared
	Without string // what does not count
	Found   []compare.Difference
	Shown   bool // whether something was compared
}

// compared is one side of a comparison.
type compared struct{ Kind, ID, Title, Link string }

// Diff serves the comparison of the two objects that the address names. tapmock diff prints the same.
func (p *Pages) Diff() http.Handler {
	return p.page(func(v *visit) error {
		if v.account == "" {
			return errNoAccount
		}
		s := &diffScreen{frame: v.frame("Compare")}
		ids := v.query["id"]
		if len(ids) != 2 {
			return fmt.Errorf("mark two payments of the list to compare them, not %d", len(ids))
		}
		var err error
		if s.Found, s.Without, err = v.compare(ids[0], ids[1]); err != nil {
			return err
		}
		s.A, s.B, s.Shown = v.named(ids[0]), v.named(ids[1]), true
		v.show(http.StatusOK, "diff.html.tmpl", s)
		return nil
	})
}

// named is an object or a webhook with a title: that of a payment is its order, if it has one.
func (v *visit) named(id string) compared {
	if isWebhook(id) {
		return compared{"Webhook", id, id, v.link("ui/webhooks/" + id)}
	}
	c := compared{string(tap.KindOf(id)), id, id, v.linkTo("", id).Link}
	if s, err := v.subject(v.r.Context(), id); err == nil {
		c.Title = s.Title
	}
	return c
}

func isWebhook(id string) bool { return strings.HasPrefix(id, "whd_") }

// compare chooses the comparison by the ids.
func (v *visit) compare(a, b string) (found []compare.Difference, without string, err error) {
	switch {
	case isWebhook(a) && isWebhook(b):
		return v.compareWebhooks(a, b)
	case isWebhook(a):
		return v.compareWithGet(a, b)
	case isWebhook(b):
		return v.compareWithGet(b, a)
	}
	one, err := v.comparable("A", a)
	if err != nil {
		return nil, "", err
	}
	other, err := v.comparable("B", b)
	if err != nil {
		return nil, "", err
	}
	return compare.Payments(one, other), "ids, times and references", nil
}

// comparable is a charge or an authorization with what is needed to compare it.
func (v *visit) comparable(name, id string) (*compare.Payment, error) {
	if !tap.KindOf(id).IsPayment() {
		return nil, fmt.Errorf("%.40q is not the id of a charge, an authorization or a webhook", id)
	}
	return compare.Fetch(v.r.Context(), v.client, name, id)
}

func (v *visit) compareWebhooks(a, b string) ([]compare.Difference, string, error) {
	one, err := v.client.Webhook(v.r.Context(), a)
	if err != nil {
		return nil, "", err
	}
	other, err := v.client.Webhook(v.r.Context(), b)
	if err != nil {
		return nil, "", err
	}
	return compare.Webhooks(v.pages.mock.Key(v.account), &one, &other), "times", nil
}

func (v *visit) compareWithGet(webhook, id string) ([]compare.Difference, string, error) {
	w, err := v.client.Webhook(v.r.Context(), webhook)
	if err != nil {
		return nil, "", err
	}
	get, err := v.pages.mock.Get(v.account, id)
	if err != nil {
		return nil, "", err
	}
	return compare.WithGet(compare.Body{Name: webhook, JSON: []byte(w.Attempts[len(w.Attempts)-1].Body)}, compare.Body{Name: "GET", JSON: get}),
		"fields that always differ: " + strings.Join(compare.AlwaysDiffer(), ", "), nil
}
