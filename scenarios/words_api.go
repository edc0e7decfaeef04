package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TapID says which charge the parameter tap_id of a return names.
type TapID string

// The values of tap_id besides own.
const (
	AnotherCharge TapID = "another"
	UnknownCharge TapID = "unknown"
	NoCharge      TapID = "none"
)

var tapIDs = []string{"own", string(AnotherCharge), string(UnknownCharge), string(NoCharge)}

func (t *TapID) read(text string) error { return oneOf((*string)(t), text, tapIDs) }
func (t *TapID) write() string          { return string(*t) }
func (t *TapID) schema() object         { return enum(tapIDs...) }

// Operation names an operation of the API or of the payment page, in scenarios and in the journal alike.
type Operation string

// The operations that faults can be injected into.
const (
	CreateCharge Operation = "charge.create" // POST /v2/charges
	GetCharge    Operation = "charge.get"    // GET /v2/charges/{id}
	ListCharges  Operation = "charge.list"   // POST /v2/charges/list
	OpenPage     Operation = "page.open"     // GET of the payment page, each screen
	SubmitPage   Operation = "page.submit"   // a form of the payment page
	CreateRefund Operation = "refund.create" // POST /v2/refunds
	GetRefund    Operation = "refund.get"    // GET /v2/refunds/{id}
	UpdateCharge Operation = "charge.update" // PUT /v2/charges/{id}
	UpdateRefund Operation = "refund.update" // PUT /v2/refunds/{id}

	CreateAuthorization Operation = "authorization.create" // POST /v2/authorize
	GetAuthorization    Operation = "authorization.get"    // GET /v2/authorize/{id}
	UpdateAuthorization Operation = "authorization.update" // PUT /v2/authorize/{id}
	VoidAuthorization   Operation = "authorization.void"   // POST /v2/authorize/{id}/void

	CreateInvoice Operation = "invoice.create" // POST /v2/invoices
	GetInvoice    Operation = "invoice.get"    // GET /v2/invoices/{id}
	UpdateInvoice Operation = "invoice.update" // PUT /v2/invoices/{id}

	// Calls that belong to the account, as [ListCharges]: a fault of theirs works in the default scenario of charges.
	CreateCustomer     Operation = "customer.create"    // POST /v2/customers
	GetCustomer        Operation = "customer.get"       // GET /v2/customers/{id}
	UpdateCustomer     Operation = "customer.update"    // PUT /v2/customers/{id}
	DeleteCustomer     Operation = "customer.delete"    // DELETE /v2/customers/{id}
	ListCustomers      Operation = "customer.list"      // POST /v2/customers/list
	CreateToken        Operation = "token.create"       // POST /v2/tokens
	ListRefunds        Operation = "refund.list"        // POST /v2/refunds/list
	ListAuthorizations Operation = "authorization.list" // POST /v2/authorize/list
	ListInvoices       Operation = "invoice.list"       // POST /v2/invoices/list
	ListPayouts        Operation = "payout.list"        // POST /v2/payouts/list
)

var operations = []string{string(CreateCharge), string(GetCharge), string(UpdateCharge), string(ListCharges), string(OpenPage), string(SubmitPage),
	string(CreateRefund), string(GetRefund), string(UpdateRefund), string(CreateAuthorization), string(GetAuthorization), string(UpdateAuthorization),
	string(VoidAuthorization), string(CreateInvoice), string(GetInvoice), string(UpdateInvoice), string(CreateCustomer),
	string(GetCustomer), string(UpdateCustomer), string(DeleteCustomer), string(ListCustomers), string(CreateToken), string(ListRefunds),
	string(ListAuthorizations), string(ListInvoices), string(ListPayouts)}

// CreateOf is the operation that creates an object of this kind.
func CreateOf(kind tap.Kind) Operation { return Operation(kind + ".create") }

// GetOf is the operation that retrieves an object of this kind.
func GetOf(kind tap.Kind) Operation { return Operation(kind + ".get") }

// UpdateOf is the operation that updates an object of this kind.
func UpdateOf(kind tap.Kind) Operation { return Operation(kind + ".update") }

func (o Operation) isCreate() bool { return strings.HasSuffix(string(o), ".create") }

// changes reports whether the operation changes something, before which or after which a fault can come.
func (o Operation) changes() bool {
	return o.isCreate() || o.IsPage() || strings.HasSuffix(string(o), ".update") || o == VoidAuthorization || o == DeleteCustomer
}

// IsOfAccount reports whether a call belongs to the account, not to one object.
func (o Operation) IsOfAccount() bool {
	kind, verb, _ := strings.Cut(string(o), ".")
	return verb == "list" || kind == string(tap.KindCustomer) || kind == string(tap.KindToken)
}

// isOf reports whether the operation is one of objects of this kind.
func (o Operation) isOf(kind Object) bool {
	return strings.HasPrefix(string(o), string(kind)+".") && (!o.IsOfAccount() || kind == ChargeObject) || kind == AuthorizationObject && o.IsPage()
}

func operationsOf(kind Object) []string {
	return slices.DeleteFunc(slices.Clone(operations), func(o string) bool { return !Operation(o).isOf(kind) })
}

// operationVerbs are the operations that a word in an unknown operation probably means.
var operationVerbs = map[string]Operation{"create": CreateCharge, "post": CreateCharge, "get": GetCharge, "retrieve": GetCharge, "fetch": GetCharge,
	"list": ListCharges, "update": UpdateCharge, "put": UpdateCharge, "open": OpenPage, "submit": SubmitPage}

// IsPage reports whether the operation is one of the payment page.
func (o Operation) IsPage() bool { return o == OpenPage || o == SubmitPage }

func (o *Operation) read(text string) error {
	if slices.Contains(operations, text) || renamedWord(text, operations) != nil {
		return oneOf((*string)(o), text, operations)
	}
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if is := operationVerbs[strings.TrimSuffix(word, "s")]; is != "" {
			return fmt.Errorf("%q is unknown, did you mean %q?", clip(text), is)
		}
	}
	return oneOf((*string)(o), text, operations)
}
func (o *Operation) write() string  { return string(*o) }
func (o *Operation) schema() object { return enum(operations...) }

// Rate is a share of the charges, in thousandths.
type Rate int

var rateForm = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?%?$`)

func (r *Rate) read(text string) error {
	number, percent := strings.CutSuffix(text, "%")
	f, err := strconv.ParseFloat(number, 64)
	if percent {
		f /= 100
	}
	if err != nil || !rateForm.MatchString(text) || f <= 0 || f > 1 {
		return fmt.Errorf("%q is not a rate above 0%% and up to 100%%; write 20%% or 0.2", clip(text))
	}
	*r = Rate(f*1000 + 0.5)
	if *r == 0 {
		return fmt.Errorf("%q is less than 0.1%%", clip(text))
	}
	return nil
}
func (r *Rate) write() string { return strconv.FormatFloat(float64(*r)/10, 'f', -1, 64) + "%" }
func (r *Rate) schema() object {
	return object{"type": []string{"number", "string"}, "exclusiveMinimum": 0, "maximum": 1, "pattern": rateForm.String(), "examples": []string{"20%"}}
}
