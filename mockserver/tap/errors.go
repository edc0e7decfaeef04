package tap

import (
	"fmt"
	"strconv"
)

// Error is an error answer of Tap's API: the one element of its "errors" array, and the HTTP status (Tap API 1.3 and 12).
type Error struct {
	HTTPStatus  int    // of the code, see [NewError]
	Code        string // four digits
	Description string // the text on the wire
	Word        string // a third key, error, of newer services (documented); "" if there is none
	Singular    bool   // the body is one error instead of a list (documented for invoices)
	HTTPCode    bool   // the status is a member http_code too (documented for the verification of a card)
	Note        string // what is wrong, where, and what to do; from tapmock, never part of the body
}

// Error is the code, Tap's text and, if there is one, the note.
func (e *Error) Error() string {
	if e.Note == "" {
		return fmt.Sprintf("%s %s", e.Code, e.Description)
	}
	return fmt.Sprintf("%s %s (%s)", e.Code, e.Description, e.Note)
}

// NewError returns the error with a code of Tap's catalogue and a note, which may be "". A code that is not in the catalogue is a
// bug of tapmock and becomes 9999. The HTTP status by code is inferred, except 401 for 2104 and 400 for 1108 and 1110 (proven).
func NewError(code, note string) *Error {
	description, ok := errorTexts[code]
	if !ok {
		note, code, description = "tapmock has no error "+code, "9999", errorTexts["9999"]
	}
	return &Error{HTTPStatus: httpStatus(code), Code: code, Description: description, Note: note}
}

func httpStatus(code string) int {
	switch code {
	case "2104", "2105", "2106", "2107":
		return 401
	case "2108":
		return 403
	case "2102":
		return 404
	case "2101":
		return 503
	case "9999":
		return 500
	}
	return 400
}

// Body is the JSON of the error as Tap sends it: compact if the status is 401, otherwise with two-space indentation, CRLF line ends
// and no final newline (proven for 400 and 401).
func (e *Error) Body() []byte {
	if e.Singular {
		b := append(openObject(nil), `"error":{`...)
		b = appendText(b, "code", e.Code)
		return dropComma(closeObject(closeObject(appendText(b, "description", e.Description))))
	}
	b := append(openObject(nil), `"errors":[{`...)
	b = appendText(b, "code", e.Code)
	b = appendSent(b, "error", e.Word)
	b = appendText(b, "description", e.Description)
	b = closeArray(closeObject(b))
	if e.HTTPCode {
		b = appendText(b, "http_code", strconv.Itoa(e.HTTPStatus))
	}
	b = dropComma(closeObject(b))
	if e.HTTPStatus == 401 {
		return b
	}
	return Indent(b)
}

// errorTexts holds the descriptions of Tap's catalogue. Where the text on the wire is known, as for 1108, 1110, 1125, 1144 and 2104,
// the map has that text.
var errorTexts = map[string]string{
	"1100": "Header values are missing",
	"1101": "Secret API Key and Environment are mismatched",
	"1102": "Request values are empty",
	"1103": "Required inputs are invalid",
	"1104": "Customer id is missing",
	"1105": "Customer id is invalid",
	"1106": "Customer not found",
	"1107": "Customer id is not matching with existing customer",
	"1108": "Save card features are not enabled",
	"1109": "Non 3D secure transactions are not allowed",
	"1110": "Redirect url is missing",
	"1111": "Redirect URL is invalid",
	"1112": "Authorize id is missing",
	"1113": "Authorize id is invalid",
	"1114": "Please check the Authorize status",
	"1115": "Authorize not found",
	"1116": "Save card feature not supported for this transaction",
	"1117": "Amount is invalid",
	"1118": "Currency code is invalid",
	"1119": "Currency code not supported",
	"1120": "Statement descriptor is invalid or length should be less than 60 characters",
	"1121": "The 'description' should be less than 1000 characters",
	"1122": "Merchant order reference length should be less than 100 characters",
	"1123": "Merchant transaction reference length should be less than 100 characters",
	"1124": "Source id is missing",
	"1125": "We were unable to process your payment. Please verify your payment method or card details and try again.",
	"1126": "Source already used, Please create the new source",
	"1127": "The metadata key length should be less than 250 characters",
	"1128": "Metadata value length should be less than 1000 characters",
	"1129": "Customer id or Customer information is required",
	"1130": "Customer's first name is required",
	"1131": "Customer's first name length should be less than 150 characters",
	"1132": "Customer last name is required",
	"1133": "Customer last name length should be less than 150 characters",
	"1134": "Customer middle name length should be less than 150 characters",
	"1135": "Phone number is required",
	"1136": "Phone number country code is invalid",
	"1137": "Phone number is invalid",
	"1138": "Email Address is invalid",
	"1139": "Customer phone number or email address is required",
	"1140": "Card number is invalid",
	"1141": "Card expiry is invalid",
	"1142": "Charge id is missing",
	"1143": "Charge id is invalid",
	"1144": "Charge not found",
	"1145": "Authenticate type is missing",
	"1146": "Authenticate type is invalid",
	"1147": "Confirmation code is missing",
	"1148": "Confirmation code is invalid",
	"1149": "Currency code is not matching with existing currency code",
	"1150": "Capture amount exceeds with the outstanding authorized amount",
	"1151": "Gateway timed out",
	"1152": "Invalid authorize auto schedule type",
	"1153": "Invalid authorize auto schedule time",
	"1154": "BIN is missing",
	"1155": "BIN is invalid",
	"1156": "Refund reason is missing",
	"1157": "Refund reason length should be less than 250 characters",
	"1158": "Refund id is missing",
	"1159": "Refund id is invalid",
	"1160": "Refund not found",
	"1161": "Requested refund amount exceeds",
	"1162": "Invalid row count should be less than or equal to 50",
	"1163": "Provided card is not supported, Please try with another card",
	"1164": "Merchant id is invalid",
	"1165": "Transfer id is missing",
	"1166": "Transfer id is invalid",
	"1167": "Transfer not found",
	"1168": "Requested transfer amount exceeds with charge amount",
	"1169": "Destination and Application cannot be applied in the same charge request",
	"1170": "Transfer Currency code is invalid",
	"1171": "Destination id cannot be duplicated",
	"1172": "Destination id invalid",
	"1174": "Routing_details_not_found",
	"1242": "Merchant is not active",
	"2100": "Invalid JSON request",
	"2101": "The server is currently unavailable (overloaded or down)",
	"2102": "Request not found",
	"2103": "Application Required",
	"2104": "Invalid API Key",
	"2105": "API credentials are required",
	"2106": "Please use the secret key, the public key given",
	"2107": "Authorization Required",
	"2108": "It is likely that you need to grant permission_name",
	"4100": "Card validation failed - card name can only have 10 integer values",
	"4101": "Card validation failed - Card has expired",
	"4102": "Card validation failed - cvc is too short/long",
	"7001": "Required_fields_missing",
	"7022": "Invalid_Data",
	"9998": "Required inputs are invalid. Please check the currency or amount",
	"9999": "Internal server error",
}

// KnownError reports whether Tap's catalogue has an error with this code.
func KnownError(code string) bool {
	_, ok := errorTexts[code]
	return ok
}
