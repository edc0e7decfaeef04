package fakepage

import (
	"bytes"
	"html/template"
	"regexp"
	"sync"
)

// skeleton is a rendered KNET page with slots for the values of a payment. The rest of the page is the same for all payments, and
// rendering it for each request would be most of the work.
type skeleton struct {
	parts [][]byte
	slots []string // between the parts
}

// skeletonKey is everything on which the parts depend.
type skeletonKey struct {
	look       Look
	shape      layout
	year       int
	paid       string
	confirming bool
	running    bool
}

// skeletons are the rendered pages. There are few combinations of settings, but no limit, so the number of pages is bounded.
var skeletons = struct {
	sync.Mutex
	known map[skeletonKey]*skeleton
}{known: map[skeletonKey]*skeleton{}}

const maxSkeletons = 256

var slotMark = regexp.MustCompile(`SLOT([a-z]+)TOLS`)

func slot(name string) string { return "SLOT" + name + "TOLS" }

// skeletonFor returns the skeleton of a payment's page. It renders each skeleton once.
func skeletonFor(p Payment, shape layout) (*skeleton, error) {
	key := skeletonKey{p.Look, shape, p.Year, paidExpiries(p.Captured), p.Screen == Confirm, p.Running}
	skeletons.Lock()
	defer skeletons.Unlock()
	if s := skeletons.known[key]; s != nil {
		return s, nil
	}
	view := knetView(p, shape, slot("token"), "", entryForm{})
	view.Payment.PaymentID, view.Payment.Merchant, view.Payment.Website = slot("paymentid"), slot("merchant"), slot("website")
	view.View, view.LimitLeft = slot("view"), slot("left")
	view.Amount, view.CardMask, view.Month, view.Year = slot("amount"), slot("card"), slot("month"), slot("year")
	var page bytes.Buffer
	if err := templates.ExecuteTemplate(&page, string(shape)+".html.tmpl", view); err != nil {
		return nil, err
	}
	if len(skeletons.known) >= maxSkeletons {
		clear(skeletons.known)
	}
	s := cut(page.Bytes())
	skeletons.known[key] = s
	return s, nil
}

// cut splits a page with slot marks into parts and slots.
func cut(page []byte) *skeleton {
	s, from := &skeleton{}, 0
	for _, at := range slotMark.FindAllSubmatchIndex(page, -1) {
		s.parts = append(s.parts, page[from:at[0]])
		s.slots = append(s.slots, string(page[at[2]:at[3]]))
		from = at[1]
	}
	s.parts = append(s.parts, page[from:])
	return s
}

// fill writes the page of one payment. All slots are in text or in quoted attributes, which have the same escaping.
func (s *skeleton) fill(out *bytes.Buffer, v *knetScreen) {
	for i, part := range s.parts {
		out.Write(part)
		if i < len(s.slots) {
			template.HTMLEscape(out, []byte(v.value(s.slots[i])))
		}
	}
}

// value is the value for a slot.
func (v *knetScreen) value(name string) string {
	switch name {
	case "token":
		return v.Token
	case "view":
		return v.View
	case "left":
		return v.LimitLeft
	case "paymentid":
		return v.Payment.PaymentID
	case "merchant":
		return v.Payment.Merchant
	case "website":
		return v.Payment.Website
	case "amount":
		return v.Amount
	case "card":
		return v.CardMask
	case "month":
		return v.Month
	}
	return v.Year
}
