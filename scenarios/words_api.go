package scenarios

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// TapID says which charge the parameter tap_id of the way back names.
type TapID string

// The charges that tap_id may name instead of the payer's own.
const (
	AnotherCharge TapID = "another"
	UnknownCharge TapID = "unknown"
	NoCharge      TapID = "none"
)

var tapIDs = []string{"own", string(AnotherCharge), string(UnknownCharge), string(NoCharge)}

func (t *TapID) read(text string) error { return oneOf((*string)(t), text, tapIDs) }
func (t *TapID) write() string          { return string(*t) }
func (t *TapID) schema() object         { return enum(tapIDs...) }

// Operation is a kind of calls to the mock.
type Operation string

// The operations that faults are addressed to.
const (
	CreateCharge   Operation = "create_charge"
	RetrieveCharge Operation = "retrieve_charge"
	ListCharges    Operation = "list_charges"
	Page           Operation = "page"
)

var operations = []string{string(CreateCharge), string(RetrieveCharge), string(ListCharges), string(Page)}

func (o *Operation) read(text string) error { return oneOf((*string)(o), text, operations) }
func (o *Operation) write() string          { return string(*o) }
func (o *Operation) schema() object         { return enum(operations...) }

// Rate is a part of the whole, in thousandths.
type Rate int

var rateForm = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?%?$`)

func (r *Rate) read(text string) error {
	number, percent := strings.CutSuffix(text, "%")
	f, err := strconv.ParseFloat(number, 64)
	if percent {
		f /= 100
	}
	if err != nil || !rateForm.MatchString(text) || f <= 0 || f > 1 {
		return fmt.Errorf("%q is no rate, which is more than 0%% and at most 100%%; write 20%% or 0.2", clip(text))
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
