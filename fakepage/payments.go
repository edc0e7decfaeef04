package fakepage

import (
	"context"
	"errors"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Payments are the calls of the pages to the gateway. A token is the opaque part of a page link. An action returns the merchant's
// address if the payer must be sent back there now, or "" if the payer stays on the page. The errors are [ErrNoPage], [*EndedError],
// [*WaitError] and those of the context.
type Payments interface {
	Open(ctx context.Context, token string) (Payment, error)
	ChooseKNET(ctx context.Context, token string) (string, error)
	Submit(ctx context.Context, token string, card tap.TestCard, expiry tap.CardExpiry, consent bool) (string, error) // may also be [ErrKFASTRefused] and [ErrWrongPIN]
	SubmitSaved(ctx context.Context, token string, n int) (string, error)                                             // may also be [ErrNoSavedCard] and [ErrWrongPIN]
	DeleteSaved(ctx context.Context, token string, n int) (string, error)
	RefuseSubmit(ctx context.Context, token, message string, wrongPIN bool) (string, error) // records a form that failed the checks
	View(ctx context.Context, token string) (Payment, error)                                // Open, for a browser that loads the page
	Latest(token string, view int) bool                                                     // whether the form is of the latest view of the page
	Back(ctx context.Context, token string) (string, error)
	Onward(ctx context.Context, token string) (string, error)       // for a payer without a further step who loads the page
	End(ctx context.Context, token, outcome string) (string, error) // may also be [ErrTabClosed] and [ErrNoOutcome]
	Confirm(ctx context.Context, token, otp string) (string, error) // may also be an *[OTPError]
	Resend(ctx context.Context, token string) (string, error)
	Cancel(ctx context.Context, token string) (string, error)
	NoticeLimit(ctx context.Context, token string) (string, error) // ends the payment if the page's limit has passed
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

// Errors of KFAST.
var (
	ErrKFASTRefused = errors.New("the card cannot be saved")
	ErrNoSavedCard  = errors.New("there is no such saved card")
)

// ErrWrongPIN says that the bank refused the PIN.
var ErrWrongPIN = errors.New("the PIN is wrong")

// WaitError says that the payer has no further step and that the bank, or the test in its place, has not decided yet.
type WaitError struct{ Lang string }

// Error says that the payment is being processed.
func (e *WaitError) Error() string { return "the payment is being processed" }

// Errors of the outcome panel. ErrTabClosed is not a failure: it says that the chosen outcome is a payer who closed the tab.
var (
	ErrTabClosed = errors.New("the payer has closed the tab")
	ErrNoOutcome = errors.New("there is no such outcome")
)

// OTPError says that a one-time password was missing, wrong or expired.
type OTPError struct{ Reason string }

// Error gives the reason.
func (e *OTPError) Error() string { return "the OTP is " + e.Reason }

// ErrNoPage says that no payment has the token.
var ErrNoPage = errors.New("there is no such payment page")

// EndedError says that the payment has ended.
type EndedError struct {
	Status    tap.Status
	Result    tap.Result
	ReturnURL string // the merchant's address, with tap_id
	Lang      string // of the page
}

// Error names the status.
func (e *EndedError) Error() string { return "the payment has ended: " + string(e.Status) }
