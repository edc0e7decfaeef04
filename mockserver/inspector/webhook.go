package inspector

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// webhookScreen is the page of one webhook delivery: its attempts, and its signatures explained.
type webhookScreen struct {
	frame
	W       *control.Webhook
	Object  link
	Last    *control.WebhookAttempt
	X       *tap.Explanation // nil: its signatures cannot be explained, because its body is masked
	Advice  []advice
	Cause   string // of a wrong signature in the shop's answer
	Pasted  string // the signature that the visitor pasted
	Verdict string // what it is
	Right   bool
	Mistake string // label of the part that the shop computes differently, or ""
	Resend  []button
	Compare string // address of the comparison with GET, or ""
	Here    string // address of this page, for the form
}

// Webhook serves the page of the webhook delivery that the path names.
func (p *Pages) Webhook() http.Handler {
	return p.page(func(v *visit) error {
		if v.account == "" {
			return errNoAccount
		}
		w, err := v.client.Webhook(v.r.Context(), v.r.PathValue("id"))
		if err != nil {
			return err
		}
		s := &webhookScreen{frame: v.frame("Webhook " + w.ID), W: &w, Object: v.linkTo(string(w.Object.Kind), w.Object.ID), Last: &w.Attempts[len(w.Attempts)-1],
			Here: v.link("ui/webhooks/" + w.ID), Pasted: strings.TrimSpace(v.query.Get("signature"))}
		for i := range w.Attempts {
			s.Advice = add(s.Advice, v.adviseAttempt(&w, &w.Attempts[i]), "")
			s.Cause = cmp.Or(s.Cause, v.causeIn(&w.Attempts[i]))
		}
		if w.Object.Kind.IsPayment() {
			s.Compare = v.pairLink(w.ID, w.Object.ID)
		}
		s.Resend = []button{resendButton(w.ID, "Send it again")}
		s.Resend[0].Key = "r"
		if !s.Last.Masked {
			s.explain(tap.Explain(p.mock.Key(v.account), []byte(s.Last.Body)))
		}
		v.show(http.StatusOK, "webhook.html.tmpl", s)
		return nil
	})
}

// explain adds what is known of the signatures. The error is that of a body that was changed so much that it cannot be read.
func (s *webhookScreen) explain(x *tap.Explanation, err error) {
	if err != nil {
		return
	}
	s.X = x
	s.Resend = append(s.Resend, resendWith(s.W.ID, "with two decimals in the hash", mistaken(x, "two decimals")),
		resendWith(s.W.ID, "forged: signed with another key", tap.HMAC("sk_test_forged", []byte(x.Input))))
	s.Resend = append(s.Resend, button{Label: "Send it again with this signature", Call: "POST /webhooks/" + s.W.ID + "/resend", Inputs: []input{{Name: "signature", Label: "Signature"}}})
	s.Resend = slices.DeleteFunc(s.Resend, func(b button) bool { return b.Label == "" })
	s.Mistake = partOf(x, " "+s.Cause)
	if s.Pasted != "" {
		s.Verdict, s.Right = diagnosis(x, s.Pasted)
		s.Mistake = partOf(x, s.Verdict)
	}
}

// resendWith sends a delivery again with a signature of the visitor's choice.
func resendWith(delivery, how, signature string) button {
	if signature == "" {
		return button{}
	}
	return button{Label: "Send it again " + how, Call: "POST /webhooks/" + delivery + "/resend", Values: []pair{{"signature", signature}}}
}

// mistaken is the signature of the first known mistake with these words, or "".
func mistaken(x *tap.Explanation, words string) string {
	for _, m := range x.Mistakes() {
		if strings.Contains(m.Cause, words) {
			return m.Signature
		}
	}
	return ""
}

// partOf is the label of the part that a diagnosis names, or "".
func partOf(x *tap.Explanation, verdict string) string {
	for _, p := range x.Parts {
		if strings.Contains(verdict, " "+p.Label+": ") {
			return p.Label
		}
	}
	return ""
}

// maxPasted bounds a pasted signature, in bytes.
const maxPasted = 1000

// diagnosis says what a pasted signature is.
func diagnosis(x *tap.Explanation, pasted string) (text string, right bool) {
	if len(pasted) > maxPasted {
		return fmt.Sprintf("That has %d bytes; a signature has 64 hexadecimal digits.", len(pasted)), false
	}
	switch equals, cause := x.Diagnose(pasted); {
	case equals != "":
		return "That is the right " + equals + ".", true
	case cause != "":
		return "The shop computes it with a mistake: " + cause + ".", false
	case !tap.LooksLikeSignature(pasted):
		return "That is not a signature, which has 64 hexadecimal digits.", false
	}
	return "That is the signature of no mistake that is known here. Compare the hashed string below with the one that the shop hashes, byte by byte, and the key.", false
}
