package testkit

import (
	"slices"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// Authorization is an authorization in the mock.
type Authorization struct {
	ID             string
	Status         tap.Status
	Code           string             // response.code
	Message        string             // response.message
	Amount         string             // authorized, with the decimals of the currency, such as 12.500
	Captured       string             // the sum that charges have captured of it, likewise
	Captures       []string           // ids of those charges, oldest first
	Currency       string             // such as KWD
	Order          string             // reference.order
	Scenario       string             // name of the scenario that the authorization follows; "" is none
	Auto           *tap.Auto          // what becomes of it by itself; nil if the request had no auto
	Created        time.Time          // on the account's clock
	PageURL        string             // of the payment page
	PostStatus     tap.DeliveryStatus // post.status
	RedirectStatus tap.DeliveryStatus // redirect.status
}

func authorizationOf(a *control.Authorization) Authorization {
	captures := slices.Clone(a.Captures)
	slices.Reverse(captures)
	return Authorization{ID: a.ID, Status: a.Status, Code: a.Code, Message: a.Message, Amount: a.Amount, Captured: a.Captured, Captures: captures,
		Currency: a.Currency, Order: a.Order, Scenario: a.Scenario, Auto: a.Auto, Created: a.Created, PageURL: a.PageURL,
		PostStatus: a.PostStatus, RedirectStatus: a.RedirectStatus}
}

// Authorizations are the account's authorizations, oldest first.
func (m *Mock) Authorizations() []Authorization {
	m.tb.Helper()
	list, err := m.control.Authorizations(m.tb.Context())
	m.check(err)
	all := make([]Authorization, len(list))
	for i := range list {
		all[len(list)-1-i] = authorizationOf(&list[i])
	}
	return all
}

// Authorization is the current state of an authorization.
func (m *Mock) Authorization(id string) Authorization {
	m.tb.Helper()
	a, err := m.control.Authorization(m.tb.Context(), id)
	m.check(err)
	return authorizationOf(&a)
}

// AwaitAuthorization waits until the latest authorization of an order has a status, such as tap.Authorized or tap.Void, and returns it. On a
// frozen clock an auto does not come by itself: see [Mock.Advance].
func (m *Mock) AwaitAuthorization(order string, status tap.Status) Authorization {
	m.tb.Helper()
	var found Authorization
	m.await(&awaited{what: "an authorization of order " + order + " to become " + string(status), done: func() bool {
		all, err := m.control.Authorizations(m.tb.Context())
		m.check(err)
		i := slices.IndexFunc(all, func(a control.Authorization) bool { return a.Order == order })
		if i < 0 || all[i].Status != status {
			return false
		}
		found = authorizationOf(&all[i])
		return true
	}})
	return found
}
