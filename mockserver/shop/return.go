package shop

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// mark is the result of a check.
type mark string

const (
	right  mark = "right"
	wrong  mark = "wrong"
	open   mark = "open"   // not known yet
	noted  mark = "noted"  // neither right nor wrong
	missed mark = "missed" // the shop should have checked it
)

// check is a line of the checklist.
type check struct {
	Mark   mark
	Title  string
	Text   string
	Detail string // as the machine has it; "": none
	Lead   bool   // whether a link leads to the payment's page
}

// conclusion is what the shop makes of the order.
type conclusion struct {
	Mark mark
	Word string // paid, not paid or waiting
	Text string
	Warn string // what is wrong with the shop; "": nothing
}

// returned is a payer who is back, and what the shop knows then.
type returned struct {
	query   string // of the return
	id      string // tap_id
	due     *Due   // the next webhook that is scheduled; nil: none
	order   order
	known   bool // whether the shop has the order
	charge  tap.Charge
	failed  *apiError // of the call for the charge; nil: it succeeded
	fitting bool      // whether amount and order of the charge are those of the order
}

var chargeID = regexp.MustCompile(`^chg_[A-Za-z0-9_]{1,80}$`)

// welcomeBack shows the payer who is back what the shop has verified.
func (s *Shop) welcomeBack(w http.ResponseWriter, r *http.Request, key string) {
	id := r.URL.Query().Get("tap_id")
	if !chargeID.MatchString(id) {
		s.showNotice(w, r, http.StatusBadRequest, notice{Title: "Which payment is it?", Again: true,
			Text: "The address has no tap_id with the id of a charge, such as tap_id=chg_…. A shop must not conclude anything from such a return."})
		return
	}
	p := returned{query: tap.Clip(r.URL.RawQuery, 300), id: id, due: s.due(key, id)}
	p.order, p.known = s.orders.ofCharge(id, "")
	if p.order.key != key {
		p.order, p.known = order{}, false // of another account
	}
	p.charge, p.failed = s.call(r, key, http.MethodGet, "/v2/charges/"+id, nil)
	p.fitting = p.known && p.failed == nil && p.order.fits(string(p.charge.Amount), p.charge.Currency, p.charge.Reference.Order)
	s.showReturn(w, r, p)
}

// checks are the lines of the checklist, in the order in which things came.
func (p *returned) checks() []check {
	all := []check{{Mark: noted, Title: "The return", Text: "The payer came back with this in the address. A payer can write it too, so it proves nothing.", Detail: p.query}, p.checkOrder()}
	if p.known {
		all = append(all, p.checkWebhooks()...)
	}
	all = append(all, p.checkCharge())
	if p.known && p.failed == nil && p.order.behaviour != trusting {
		all = append(all, p.checkFit())
	}
	return all
}

func (p *returned) checkOrder() check {
	if !p.known {
		return check{Mark: wrong, Title: "The order", Text: fmt.Sprintf("The shop has no order of this account with this charge. It keeps the latest %d.", maxOrders)}
	}
	return check{Mark: right, Title: "The order", Text: "The charge is that of the order.", Detail: p.order.String()}
}

// checkWebhooks are the lines about the latest webhook, or the one that says that none has come, and about the next one.
func (p *returned) checkWebhooks() []check {
	if p.order.webhooks == 0 {
		return []check{p.checkMissing()}
	}
	got := p.order.latest()
	all := append([]check{p.checkDelivery(got)}, got.checks(p.order.behaviour)...)
	if p.due != nil {
		all = append(all, check{Mark: noted, Title: "The next webhook", Text: p.due.text(), Lead: true})
	}
	return all
}

// checkMissing is the line about a webhook that has not come.
func (p *returned) checkMissing() check {
	c := check{Mark: open, Title: "The webhook"}
	switch {
	case p.due != nil:
		c.Text, c.Lead = "It has not come yet. "+p.due.text(), true
	case p.failed == nil && !p.charge.Status.Final():
		c.Text, c.Lead = "It has not come yet: the payment has no result. The payment's page shows what is scheduled. Reload this page when it has one.", true
	default:
		c.Text = "It has not come, and none is scheduled. A scenario such as webhook/never sends none; with the setting delivery=relay it goes to the process that fetches webhooks, not to this shop. Reload this page to look again."
	}
	return c
}

// checkDelivery is the line about how a webhook came and was answered.
func (p *returned) checkDelivery(got received) check {
	came := check{Mark: right, Title: "The webhook", Text: "It came, and the shop answered it.", Detail: fmt.Sprintf("%s, answered with %d %s", got.status, got.answer, http.StatusText(got.answer))}
	switch {
	case p.order.webhooks > 1:
		came.Text = fmt.Sprintf("Webhooks came %d times; the shop accepted %d of them. This is the latest of these.", p.order.webhooks, p.order.accepted)
	case p.order.behaviour == slow:
		came.Text = fmt.Sprintf("It came, but the shop answers after %s.", slowAnswer)
	case got.answer != http.StatusOK:
		came.Text = "It came, and the shop did not accept it."
	}
	if got.answer != http.StatusOK || p.order.behaviour == slow {
		came.Mark = wrong
	}
	return came
}

// checks are the lines about what a webhook says.
func (g *received) checks(b behaviour) []check {
	signed := check{Mark: right, Title: "Its signature", Text: "The header hashstring is what the shop computed.", Detail: "expected " + short(g.expected) + ", came " + cmp.Or(g.came, "none")}
	switch {
	case !g.right && b == twoDecimals:
		signed.Mark, signed.Text = wrong, "The header hashstring is not what the shop computed: the shop hashed the amount with two decimals, and "+currencyOfShop+" has three."
	case !g.right:
		signed.Mark, signed.Text = wrong, "The header hashstring is not what the shop computed."
	}
	fit := check{Mark: right, Title: "Its amount and order", Text: "They are those of the order.", Detail: fmt.Sprintf("%s, %s %s", g.order, g.amount, g.currency)}
	if !g.fits {
		fit.Mark, fit.Text = wrong, "They are not those of the order."
	}
	return []check{signed, fit}
}

// checkCharge is the line about the call for the charge.
func (p *returned) checkCharge() check {
	c := check{Mark: right, Title: "What the API says", Text: "The shop asked for the charge."}
	if p.order.behaviour == trusting {
		c.Mark, c.Text = missed, "The shop did not ask. This page has asked, to show what the shop has missed."
	}
	if p.failed != nil {
		c.Mark, c.Text = open, "There is no usable answer, so the shop must ask again later. It must not take the order as unpaid."
		c.Detail = p.failed.Error()
		return c
	}
	c.Detail = fmt.Sprintf("GET /v2/charges/%s: %s, %s %s", p.id, p.charge.Status, p.charge.Response.Code, p.charge.Response.Message)
	return c
}

func (p *returned) checkFit() check {
	c := check{Mark: right, Title: "Amount and order of the charge", Text: "They are those of the order.", Detail: fmt.Sprintf("%s, %s %s", p.charge.Reference.Order, p.charge.Amount, p.charge.Currency)}
	if !p.fitting {
		c.Mark, c.Text = wrong, "They are not those of the order."
	}
	return c
}

// conclude is what the shop concludes. It relies on the API alone: a webhook, even a signed one, only makes a shop ask.
func (p *returned) conclude() conclusion {
	status := p.charge.Status
	switch {
	case !p.known:
		return conclusion{wrong, "not paid", "No order fits this return, so nothing is delivered.", ""}
	case p.order.behaviour == trusting:
		return p.trust()
	case p.failed != nil:
		return conclusion{open, "waiting", "The shop does not know the result. It keeps the order and asks again later.", p.mistake()}
	case !p.fitting:
		return conclusion{wrong, "not paid", "Amount or order of the charge are not those of the order. A person must look at it.", ""}
	case status == tap.Captured:
		return conclusion{right, "paid", "The charge is captured, for this order and its amount. The shop delivers once.", p.mistake()}
	case !status.Final() || status == tap.Unknown:
		return conclusion{open, "waiting", "The payment has no result yet. The shop keeps the order and asks again later; it does not offer a second payment meanwhile.", p.mistake()}
	}
	return conclusion{wrong, "not paid", fmt.Sprintf("The charge is %s. The shop delivers nothing, and offers another try.", status), p.mistake()}
}

// trust is the conclusion of a shop that trusts the return, and says what that costs here.
func (p *returned) trust() conclusion {
	c := conclusion{wrong, "paid", "The shop takes the return as proof.", fmt.Sprintf("It delivers without money: the charge is %s.", p.charge.Status)}
	switch {
	case p.failed != nil:
		c.Warn = "It cannot know: the API gives no usable answer."
	case p.charge.Status == tap.Captured && p.fitting:
		c.Mark, c.Warn = right, "It is lucky: the charge is captured. It would have delivered after a decline too."
	}
	return c
}

// why is what the payment's page answers about a webhook that counts as not delivered; "" if there is none.
func (p *returned) why() string {
	got := p.order.latest()
	switch {
	case p.order.webhooks == 0 || got.answer == http.StatusOK && p.order.behaviour != slow:
		return ""
	case !got.right || !got.fits:
		return "Why was the webhook refused?"
	}
	return "Why does the webhook count as not delivered?"
}

// mistake says what a known mistake in the webhook costs; "" if there is none.
func (p *returned) mistake() string {
	what := map[behaviour]string{twoDecimals: "refuses each webhook with 401", redirects: "redirects each webhook", fails: "answers each webhook with 500",
		slow: "answers each webhook too late"}[p.order.behaviour]
	if what == "" {
		return ""
	}
	return strings.Join([]string{"The shop ", what, ": it knows the result only because the payer came back. An order whose payer closes the browser stays open."}, "")
}
