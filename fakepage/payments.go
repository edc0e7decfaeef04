package fakepage

import (
	"context"
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// Payments finds the payer of a page link by its token, the opaque part of the link. The error is [payment.ErrNoPage].
type Payments interface {
	Payer(token string) (Payer, error)
}

// Payer is a payer at the page of one payment. An action returns the merchant's address if the payer must be sent back there now, or "" if
// the payer stays on the page. The errors are those of package payment and of the context.
type Payer interface {
	Calm(ctx context.Context)                   // waits for what is due before an answer
	Open() (payment.Session, error)             // the payment as it is
	View() (payment.Session, error)             // Open, for a browser that loads the page
	Latest(view int) bool                       // whether a form is of the latest view of the page
	Onward(ctx context.Context) (string, error) // for a payer without a further step who loads the page
	ChooseKNET(ctx context.Context) (string, error)
	Submit(ctx context.Context, card tap.TestCard, expiry tap.CardExpiry, consent bool) (string, error)
	SubmitSaved(ctx context.Context, n int) (string, error)
	DeleteSaved(ctx context.Context, n int) (string, error)
	RefuseSubmit(ctx context.Context, message string, wrongPIN bool) (string, error) // records a form that failed the checks
	Back(ctx context.Context) (string, error)
	Confirm(ctx context.Context, otp string) (string, error)
	ResendOTP(ctx context.Context) (string, error)
	Cancel(ctx context.Context) (string, error)
	NoticeLimit(ctx context.Context) (string, error)         // ends the payment if the page's limit has passed
	End(ctx context.Context, outcome string) (string, error) // ends the payment with an outcome of the panel
}

// Screen is the screen that a payment has reached.
type Screen string

// The screens of a payment.
const (
	Choice  Screen = "choice"
	Entry   Screen = "entry"
	Confirm Screen = "confirm"
)

// Payment is the data of a payment that the screens may show.
type Payment struct {
	Screen       Screen
	Amount       string // with the currency's decimals
	Currency     string
	Merchant     string
	Website      string
	PaymentID    string // KNET's, 18 digits
	Card         tap.TestCard
	Expiry       tap.CardExpiry
	Year         int              // in which the charge was created
	Captured     []tap.CardExpiry // expiries with which a payment by a test card is captured
	Look         Look
	OTP          *OTP // nil if none is required now
	KFAST        bool // whether the card may be saved
	View         int  // number of this view of the page
	PINTriesLeft int
	Saved        []SavedCard
	Left         time.Duration // until the page's limit has passed
	Running      bool          // whether time passes; it does not on a frozen clock

	ReturnStatus int // HTTP status of the redirect to the merchant; 0 means 303
}

// OTP is the one-time password that the confirm screen requires.
type OTP struct {
	Code      string // shown on the screen as a simulated SMS
	Left      time.Duration
	MayResend bool
	TriesLeft int
}

// SavedCard is a saved card; to pay with it the payer enters only its PIN.
type SavedCard struct{ Masked, Expiry string }

// paymentOf is what the screens may show of a payment.
func paymentOf(s payment.Session) Payment {
	c := &s.Payment
	places, _ := tap.Decimals(c.Request.Currency)
	p := Payment{
		View: c.Page.Views, PINTriesLeft: c.Settings.PINTries - c.Page.WrongPINs, KFAST: c.UsesKFAST(),
		Screen: Screen(c.Page.Stage), Amount: c.Request.Amount.Text(places), Currency: c.Request.Currency,
		Merchant: c.Settings.PageMerchant, Website: c.Settings.PageWebsite, PaymentID: c.Page.PaymentID,
		Card: c.Page.Card, Expiry: c.Page.Expiry, Year: c.Created.Year(), ReturnStatus: c.Settings.ReturnStatus,
		Captured: c.Settings.BankCapturedExpiries, Look: lookOf(c), Left: c.PageLeft(s.Now), Running: !s.Frozen,
	}
	if c.Page.Stage == payment.StageConfirm && c.Page.OTP.Sent > 0 {
		p.OTP = &OTP{Code: c.OTPCode(), Left: c.OTPLeft(s.Now), MayResend: c.Page.OTP.Sent <= c.Settings.OTPResends,
			TriesLeft: c.Settings.OTPTries - c.Page.OTP.Tries}
	}
	for _, saved := range s.Saved {
		p.Saved = append(p.Saved, SavedCard{Masked: saved.Card.Masked(), Expiry: saved.Expiry.String()})
	}
	return p
}
