package fakepage

import (
	"context"
	"errors"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Payments is what the pages ask of the gateway. A token is the opaque part of a page link. An action returns the
// merchant's address if the payer is to be sent back there now, or "" if he stays. Errors: [ErrNoPage], [*EndedError], and
// the context's own. A payer who has done his part and must wait gets a [*WaitError].
type Payments interface {
	Open(ctx context.Context, token string) (Payment, error)
	ChooseKNET(ctx context.Context, token string) (string, error)
	Submit(ctx context.Context, token string, card tap.TestCard, expiry tap.CardExpiry, consent bool) (string, error) // may also be [ErrKFASTRefused] and [ErrWrongPIN]
	SubmitSaved(ctx context.Context, token string, n int) (string, error)                                             // may also be [ErrNoSavedCard]
	DeleteSaved(ctx context.Context, token string, n int) (string, error)
	RefuseSubmit(ctx context.Context, token, message string, wrongPIN bool) (string, error) // a form that failed its checks
	View(ctx context.Context, token string) (Payment, error)                                // Open, for a browser that asks for the page
	Latest(token string, view int) bool                                                     // whether a form comes from the latest view
	Back(ctx context.Context, token string) (string, error)
	Onward(ctx context.Context, token string) (string, error)       // leads on a payer who has done his part and asks for the page
	End(ctx context.Context, token, outcome string) (string, error) // may also be [ErrTabClosed] and [ErrNoOutcome]
	Confirm(ctx context.Context, token, otp string) (string, error) // may also be an *[OTPError]
	Resend(ctx context.Context, token string) (string, error)
	Cancel(ctx context.Context, token string) (string, error)
}

// Screen is the screen that a payment has got to.
type Screen string

// The screens of a payment.
const (
	Choice  Screen = "choice"
	Entry   Screen = "entry"
	Confirm Screen = "confirm"
)

// Payment is what the screens may show of a payment.
type Payment struct {
	Screen       Screen
	Amount       string // with the currency's decimals
	Currency     string
	Merchant     string
	Website      string
	PaymentID    string // KNET's, 18 digits
	Card         tap.TestCard
	Expiry       tap.CardExpiry
	Year         int              // the charge was created in
	Captured     []tap.CardExpiry // with which a test card is paid
	Look         Look
	OTP          *OTP // nil if none is asked for now
	KFAST        bool // the card may be saved
	View         int  // number of this view of the page
	PINTriesLeft int
	Saved        []SavedCard

	ReturnStatus int // HTTP status of the way back
}

// OTP is the one-time password that the confirm screen asks for.
type OTP struct {
	Code      string // printed on the screen as a simulated SMS
	Left      time.Duration
	MayResend bool
	TriesLeft int
}

// SavedCard is a card that the payer may choose by its PIN alone.
type SavedCard struct{ Masked, Expiry string }

// Errors of KFAST.
var (
	ErrKFASTRefused = errors.New("the card cannot be saved")
	ErrNoSavedCard  = errors.New("there is no such saved card")
)

// ErrWrongPIN says that the bank did not take the PIN.
var ErrWrongPIN = errors.New("the PIN is wrong")

// WaitError says that the payer has done his part and that the bank, or whoever plays it, has not.
type WaitError struct{ Lang string }

// Error says so.
func (e *WaitError) Error() string { return "the payment is being processed" }

// Errors of the outcome panel. ErrTabClosed is no failure: the payer is to be imagined as gone.
var (
	ErrTabClosed = errors.New("the payer has closed the tab")
	ErrNoOutcome = errors.New("there is no such outcome")
)

// OTPError says that a one-time password was missing, wrong or expired.
type OTPError struct{ Reason string }

// Error gives the reason.
func (e *OTPError) Error() string { return "the OTP is " + e.Reason }

// ErrNoPage says that a token leads nowhere.
var ErrNoPage = errors.New("there is no such payment page")

// EndedError says that the payment is over.
type EndedError struct {
	Status    tap.Status
	Result    tap.Result
	ReturnURL string // the merchant's address, with tap_id
	Lang      string // of the page
}

// Error names the status.
func (e *EndedError) Error() string { return "the payment has ended: " + string(e.Status) }
