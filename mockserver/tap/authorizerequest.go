package tap

import "strconv"

// AutoRequest says in a request for an authorization what becomes of it by itself, and after how many hours.
type AutoRequest struct {
	Type  AutoType
	Hours int // 1 to 168
}

// longestAuto bounds the hours of an auto: 168 for all but tokens of cards (Rest of v2 2.1, documented).
const longestAuto = 168

// IsCapture reports whether the request captures an authorization: its source is the authorization's id (Rest of v2 2.4, documented).
func (r *PaymentRequest) IsCapture() bool { return len(r.Source) > 5 && r.Source[:5] == "auth_" }

// checkAuthorizeID refuses an id that no authorization can have.
func checkAuthorizeID(id string) error {
	switch {
	case id == "auth_":
		return NewError("1112", "source.id: the id of an authorization follows auth_")
	case len(id) > 60:
		return NewError("1113", "source.id: no authorization has an id of "+strconv.Itoa(len(id))+" characters")
	}
	return nil
}

// auto reads what only a request for an authorization has. Without auto none is kept [assumed].
func (rd *reader) auto(_ *Settings, req *PaymentRequest) (err error) {
	if rd.kind != KindAuthorization {
		return nil
	}
	if req.AuthorizeDebit, err = rd.flag(fAuthorizeDebit, false); err != nil {
		return err
	}
	of, hours := rd.text(fAutoType), &rd.raw.fields[fAutoTime]
	if of == "" && hours.text == "" {
		return nil
	}
	if of != string(AutoVoid) && of != string(AutoCapture) {
		return NewError("1152", "auto.type: want VOID or CAPTURE")
	}
	if hours.kind == isText {
		rd.note("auto.time: text was sent, a number is documented")
	}
	n, err := strconv.Atoi(hours.text)
	if err != nil || n < 1 || n > longestAuto {
		return NewError("1153", "auto.time: want 1 to 168 hours")
	}
	req.Auto = &AutoRequest{AutoType(of), n}
	return nil
}
