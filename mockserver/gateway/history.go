package gateway

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/brianvoe/gofakeit/v7/data" // not the package above it, whose initialization costs each process 7 ms and 3.5 MB

	"github.com/tapmock/tapmock/mockserver/tap"
)

// History says what history [Account.Seed] makes up. The same history at the same time of the account's clock is the same each time.
type History struct {
	Charges int // how many charges, at least 1
	Days    int // over how many days before now, 1 to 3,660
	Seed    uint64
	Base    string // of the page links of charges that can still be paid
}

// longestHistory bounds the days of a history.
const longestHistory = 3660

// plannedCharge is a charge of a history.
type plannedCharge struct {
	by             *shopper
	created, ended time.Time
	req            *tap.PaymentRequest
	end            tap.Outcome // INITIATED: the payer closed the page
	refund         *plannedRefund
}

// plannedRefund is a refund of a history; req has no charge yet.
type plannedRefund struct {
	created, ended time.Time
	req            tap.RefundRequest
	status         tap.RefundStatus
}

// shopper is a customer of a history.
type shopper struct {
	tap.Customer
	registered bool      // created through the API: its charges name its id
	since      time.Time // of its first charge; zero: it has none
}

// storyteller makes up a history.
type storyteller struct {
	History
	now  time.Time
	draw *rand.Rand
	days []float64 // weights, the oldest first, today included
}

// plan makes up a history: its charges in the order of their creation, and the customers that are created through the API.
func (h History) plan(now time.Time) (charges []plannedCharge, registered []*shopper) {
	s := &storyteller{History: h, now: now, draw: rand.New(rand.NewPCG(h.Seed, 0x7461706d6f636b))}
	s.weighDays()
	shoppers := make([]*shopper, h.Charges/3+1)
	for i := range shoppers {
		shoppers[i] = s.shopper(i)
	}
	times := make([]time.Time, h.Charges)
	for i := range times {
		times[i] = s.moment()
	}
	slices.SortFunc(times, time.Time.Compare)
	for i, at := range times {
		by := s.returning(shoppers)
		if by.since.IsZero() {
			if by.since = at; by.registered {
				registered = append(registered, by)
			}
		}
		charges = append(charges, s.charge(i, at, by))
	}
	return charges, registered
}

// Weights of the days of a week and the hours of a day in Kuwait, whose weekend is Friday and Saturday: believable, not measured.
var (
	dayWeights  = [7]float64{time.Sunday: 1, 1, 1, 1, time.Thursday: 1.3, time.Friday: 1.1, time.Saturday: 1.25}
	hourWeights = [24]float64{1.5, 1, 0.6, 0.3, 0.2, 0.2, 0.3, 0.6, 1.2, 2, 3, 3.4, 3.5, 3, 2.4, 2.4, 2.8, 3.4, 4, 4.6, 5, 5.2, 4.6, 3}
)

func (s *storyteller) weighDays() {
	for n := range s.Days + 1 {
		s.days = append(s.days, dayWeights[tap.Day(s.now.AddDate(0, 0, n-s.Days)).Weekday()])
	}
}

// pick draws an index by weights.
func (s *storyteller) pick(weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	at := s.draw.Float64() * sum
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// moment draws the time of a charge, to the millisecond.
func (s *storyteller) moment() time.Time {
	day := tap.Day(s.now.AddDate(0, 0, s.pick(s.days)-s.Days))
	hour := s.pick(hourWeights[:])
	if day.Weekday() == time.Friday && hour >= 5 && hour < 13 && s.draw.IntN(3) > 0 {
		hour += 8 // few people buy on a Friday morning
	}
	at := day.Add(time.Duration(hour)*time.Hour + time.Duration(s.draw.Int64N(3_600_000))*time.Millisecond)
	switch {
	case at.Before(s.now.AddDate(0, 0, -s.Days)):
		return at.AddDate(0, 0, 1)
	case at.After(s.now):
		return at.AddDate(0, 0, -1)
	}
	return at
}

// returning draws who pays: the first ones of the list come back more often.
func (s *storyteller) returning(shoppers []*shopper) *shopper {
	n := float64(len(shoppers))
	return shoppers[int(n*math.Pow(s.draw.Float64(), 1.6))]
}

// phoneCodes are the country codes of the Gulf with the first digits of their mobile numbers, the length of the rest, and how many of 100
// customers have such a number.
var phoneCodes = []struct {
	code, first string
	rest, share int
}{{"965", "569", 7, 82}, {"966", "5", 8, 7}, {"971", "5", 8, 5}, {"974", "3567", 7, 2}, {"973", "3", 7, 2}, {"968", "79", 7, 2}}

func (s *storyteller) shopper(n int) *shopper {
	first, last := firstNames[s.draw.IntN(len(firstNames))], familyNames[s.draw.IntN(len(familyNames))]
	c := shopper{Customer: tap.Customer{FirstName: first, LastName: last}, registered: s.draw.IntN(10) < 3}
	if s.draw.IntN(10) > 0 {
		c.Email = fmt.Sprintf("%s.%s%d@example.com", mailName(first), mailName(last), n+1)
	}
	if c.Email == "" || s.draw.IntN(10) < 8 {
		at, i := s.draw.IntN(100), 0
		for at >= phoneCodes[i].share {
			at -= phoneCodes[i].share
			i++
		}
		of := phoneCodes[i]
		c.CountryCode, c.Number = of.code, string(of.first[s.draw.IntN(len(of.first))])+s.digits(of.rest)
	}
	return &c
}

func (s *storyteller) digits(n int) string {
	return fmt.Sprintf("%0*d", n, s.draw.Int64N(int64(math.Pow10(n))))
}

// product draws the name of a product.
func (s *storyteller) product() string {
	one := func(kind string) string {
		all := data.Product[kind]
		return all[s.draw.IntN(len(all))]
	}
	words := []byte(one([]string{"adjective", "material"}[s.draw.IntN(2)]) + " " + one("name"))
	words[0] = byte(unicode.ToUpper(rune(words[0])))
	return string(words)
}

func mailName(name string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "'", "").Replace(name))
}

// amount draws an amount in KWD: about 10 on average in the logarithm, mostly in quarters.
func (s *storyteller) amount() tap.Amount {
	fils := math.Exp(s.draw.NormFloat64()*0.9+2.3) * 1000
	step := 250.0
	if s.draw.IntN(6) == 0 {
		step = 5
	}
	return tap.Amount(min(max(step, math.Round(fils/step)*step, 500), 900_000))
}

// liveOutcomes are those of 1,294 live charges by KNET (Tap API 2.1, proven): 949 captured, 257 left open, 55 failed, 30 cancelled, 2 expired on the page, 1 unknown.
var liveOutcomes = []struct {
	share int
	end   func(*storyteller) tap.Outcome
}{
	{949, func(*storyteller) tap.Outcome { return tap.KNETOutcome(tap.KNETCaptured, "") }},
	{257, func(*storyteller) tap.Outcome { return tap.Outcome{Status: tap.Initiated} }},
	{55, func(s *storyteller) tap.Outcome {
		return tap.KNETOutcome(tap.KNETNotCaptured, []string{"05", "51", "54", "55", "61"}[s.draw.IntN(5)])
	}},
	{30, func(*storyteller) tap.Outcome { return tap.KNETOutcome(tap.KNETCanceled, "") }},
	{2, func(*storyteller) tap.Outcome { return tap.OutcomePageExpired() }},
	{1, func(*storyteller) tap.Outcome {
		return tap.Outcome{Status: tap.Unknown, Result: tap.PlainResult(tap.Unknown)}
	}},
}

func (s *storyteller) outcome() tap.Outcome {
	at := s.draw.IntN(1294)
	for _, o := range liveOutcomes {
		if at -= o.share; at < 0 {
			return o.end(s)
		}
	}
	return liveOutcomes[0].end(s)
}

func (s *storyteller) charge(n int, at time.Time, by *shopper) plannedCharge {
	p := plannedCharge{by: by, created: at, ended: at.Add(time.Duration(40+s.draw.ExpFloat64()*70) * time.Second), end: s.outcome()}
	p.req = &tap.PaymentRequest{Amount: s.amount(), Currency: "KWD", CustomerInitiated: true, ThreeDSecure: true, Source: tap.SourceKNET, Customer: by.Customer,
		Description: s.product(), Order: fmt.Sprintf("ord-%d", 10_000+n), Transaction: fmt.Sprintf("txn-%d", 10_000+n), ExpiryMinutes: 30,
		RedirectURL: "https://shop.example/return", PostURL: "https://shop.example/webhook", Language: []string{"en", "ar"}[s.draw.IntN(2)]}
	if p.ended.After(s.now) {
		p.end = tap.Outcome{Status: tap.Initiated}
	}
	if p.end.Status == tap.Captured && s.draw.IntN(25) == 0 {
		p.refund = s.refund(&p)
	}
	return p
}

// refundReasons are why a refund is made, two of them as Tap suggests.
var refundReasons = []string{"requested_by_customer", "duplicate", "out of stock", "returned", "late delivery"}

// refund draws a refund, nil if it would be in the future.
func (s *storyteller) refund(p *plannedCharge) *plannedRefund {
	at := p.ended.Add(time.Hour + time.Duration(s.draw.Int64N(10*24*3_600_000))*time.Millisecond)
	r := &plannedRefund{created: at, ended: at.Add(2 * time.Second), status: tap.Refunded, req: tap.RefundRequest{Amount: p.req.Amount, Currency: "KWD",
		Reason: refundReasons[s.draw.IntN(len(refundReasons))], Merchant: p.req.Order, PostURL: "https://shop.example/webhook"}}
	if part := p.req.Amount / 4 / 5 * 5 * tap.Amount(1+s.draw.IntN(3)); part > 0 && s.draw.IntN(10) < 3 {
		r.req.Amount = part
	}
	if s.draw.IntN(30) == 0 {
		r.status = tap.RefundFailed
	}
	if r.ended.After(s.now) {
		return nil
	}
	return r
}

// byTime puts refunds in the order of their creation.
func byTime(x, y *plannedRefund) int {
	return cmp.Or(x.created.Compare(y.created), cmp.Compare(x.req.Merchant, y.req.Merchant))
}
