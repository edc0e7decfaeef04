package inspector

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// advice says in plain words what the shop does wrong in a trace, as far as the mock can see it.
type advice struct {
	Text string
	Step string // element of the step that shows it, or ""
}

// add adds an advice, unless it is empty or there already.
func add(all []advice, text, step string) []advice {
	for i := range all {
		if all[i].Text == text {
			return all
		}
	}
	if text == "" {
		return all
	}
	return append(all, advice{text, step})
}

// slow is how long a webhook handler may take before it is advised to answer first and work later, in real time.
const slow = 2 * time.Second

// advise lists the mistakes of the shop in a trace.
func (v *visit) advise(s *subject, webhooks []control.Webhook, siblings []control.Charge) (all []advice) {
	for i := len(webhooks) - 1; i >= 0; i-- {
		for j := range webhooks[i].Attempts {
			all = add(all, v.adviseAttempt(&webhooks[i], &webhooks[i].Attempts[j]), fmt.Sprintf("e%d", webhooks[i].Attempts[j].Entry))
		}
	}
	return append(all, s.advise(siblings)...)
}

// advise lists what the shop did wrong besides its webhooks.
func (s *subject) advise(siblings []control.Charge) (all []advice) {
	if s.Kind == tap.KindCharge && s.Gets == 0 && !s.Open {
		all = append(all, advice{Text: "The shop has never asked for this charge. Only GET /v2/charges/" + s.ID + " says what is true: a return or a webhook can be forged."})
	}
	if s.Status != string(tap.Captured) {
		return all
	}
	for i := range siblings {
		if siblings[i].Status == tap.Captured {
			all = append(all, advice{Text: fmt.Sprintf("The order %s was paid twice: %s is captured too. Keep one open charge for each order, and ask for it before making another one.", s.Order, siblings[i].ID)})
			break
		}
	}
	return all
}

// adviseAttempt says what the shop did wrong with one attempt of a webhook, or "".
func (v *visit) adviseAttempt(w *control.Webhook, a *control.WebhookAttempt) string {
	r := &a.Response
	switch {
	case w.Forge != "" && r.OK():
		return fmt.Sprintf("The shop has acknowledged a forged webhook (%s). It must refuse it: compare the hashstring with its own.", w.Forge)
	case w.Forge != "":
		return ""
	case r.Status == 0:
		return fmt.Sprintf("The webhook did not arrive: %s.", strings.TrimSuffix(r.Failure+": "+r.Remedy, ": "))
	case r.Status/100 == 3:
		return fmt.Sprintf("The shop answered the webhook with a redirect (HTTP %d), which Tap does not follow. Give the final address as post.url.", r.Status)
	case tap.RefusesSignature(r.Status) && v.causeIn(a) != "":
		return fmt.Sprintf("The shop refused the webhook with HTTP %d. Its answer has the signature that it computed, with a mistake: %s.", r.Status, v.causeIn(a))
	case tap.RefusesSignature(r.Status):
		return fmt.Sprintf("The shop refused the webhook with HTTP %d%s. Most often its signature is computed differently: open the webhook and paste the signature that the shop computed.", r.Status, said(r))
	case !r.OK():
		return fmt.Sprintf("The shop answered the webhook with HTTP %d%s.", r.Status, said(r))
	case r.TookMS > float64(slow.Milliseconds()):
		return fmt.Sprintf("The shop took %.1f s to answer the webhook. Answer first and work later: Tap does not wait long, and the payer waits too.", r.TookMS/1000)
	}
	return ""
}

// signatureLike is a text that can be a signature in hex.
var signatureLike = regexp.MustCompile(`\b[0-9A-Fa-f]{64}\b`)

// causeIn finds a wrong signature in the merchant's answer to a webhook, and the mistake that leads to it; "" if there is none.
func (v *visit) causeIn(a *control.WebhookAttempt) string {
	if a.Masked {
		return ""
	}
	for _, text := range signatureLike.FindAllString(a.Response.Body, 4) {
		if x, err := tap.Explain(v.pages.mock.Key(v.account), []byte(a.Body)); err == nil {
			if _, cause := x.Diagnose(text); cause != "" {
				return cause
			}
		}
	}
	return ""
}

// said is the beginning of the merchant's answer.
func said(r *control.Response) string {
	if text := strings.Join(strings.Fields(r.Body), " "); text != "" {
		return " and “" + tap.Clip(text, 120) + "”"
	}
	return ""
}
