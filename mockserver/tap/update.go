package tap

import (
	"bytes"
	"strings"
)

// Update changes an object after its creation: description, metadata and receipt of a charge or an authorization, metadata of a refund
// (Rest of v2 1.4, 2.3 and 3, documented). What it does not name stays.
type Update struct {
	Description   *string
	ReceiptEmail  *bool
	ReceiptSMS    *bool
	Metadata      string // the members to merge, as a JSON object; "" if none
	ClearMetadata bool   // metadata was sent empty, which removes all of it
}

// updateReader reads an update.
type updateReader struct {
	bodyReader
	update Update
	kind   Kind
}

// updatePaths are the paths of all fields and objects of an update, by the kind of the object.
var updatePaths = map[Kind][]string{
	KindCharge: {"description", "metadata", "receipt", "receipt.email", "receipt.sms"},
	KindRefund: {"metadata"},

	KindAuthorization: {"description", "metadata", "receipt", "receipt.email", "receipt.sms"},
}

// ParseUpdate reads the JSON of an update of an object of this kind. The error is an *[Error] with the first mistake. Notes and the setting
// strict are as in [ParsePaymentRequest].
func ParseUpdate(body []byte, kind Kind, s *Settings) (*Update, []string, error) {
	rd := &updateReader{kind: kind}
	rd.paths, rd.field = updatePaths[kind], rd.read
	notes, err := rd.readBody(body, s, func() error { return nil })
	if err != nil {
		return nil, notes, err
	}
	return &rd.update, notes, nil
}

func (rd *updateReader) read(path string, at int32) error {
	u := &rd.update
	switch {
	case path == "metadata":
		return rd.metadata(at)
	case !rd.kind.IsPayment():
		rd.unknown(path, rd.paths)
	case path == "description":
		u.Description = new("")
		if err := rd.take(path, at, u.Description); err != nil {
			return err
		}
		*u.Description = strings.Clone(*u.Description)
		if !shorter(*u.Description, 1000) {
			return NewError("1121", "description: want fewer than 1000 characters")
		}
	case path == "receipt":
		return rd.object(path, at, "receipt.")
	case path == "receipt.email":
		return rd.switches(path, at, &u.ReceiptEmail)
	case path == "receipt.sms":
		return rd.switches(path, at, &u.ReceiptSMS)
	default:
		rd.unknown(path, rd.paths)
	}
	return nil
}

// switches reads a boolean that stays as it is if it was sent empty.
func (rd *updateReader) switches(path string, at int32, to **bool) error {
	switch n := &rd.raw.tree.nodes[at]; {
	case n.kind == isBool || n.kind == isText && (n.text == "true" || n.text == "false"):
		if n.kind == isText {
			rd.note("%s: text was sent, a boolean is documented", path)
		}
		*to = new(n.text == "true")
	case n.kind == isNull || n.kind == isText && n.text == "":
	default:
		return rd.wrongType(path, at, "true or false")
	}
	return nil
}

func (rd *updateReader) metadata(at int32) error {
	if rd.raw.tree.nodes[at].kind != isObject {
		rd.update.ClearMetadata = true
		return rd.noObject("metadata", at)
	}
	text, err := rd.metadataAt(at)
	rd.update.Metadata, rd.update.ClearMetadata = strings.Clone(text), text == ""
	return err
}

// Charge returns the request of a charge or an authorization with the update, and whether it differs; the request itself does not change.
func (u *Update) Charge(req *PaymentRequest) (*PaymentRequest, bool) {
	to := *req
	if u.Description != nil {
		to.Description = *u.Description
	}
	if u.ReceiptEmail != nil {
		to.ReceiptEmail = *u.ReceiptEmail
	}
	if u.ReceiptSMS != nil {
		to.ReceiptSMS = *u.ReceiptSMS
	}
	to.Metadata = u.merged(req.Metadata)
	return &to, to != *req
}

// Refund is [Update.Charge] for a refund.
func (u *Update) Refund(req *RefundRequest) (*RefundRequest, bool) {
	to := *req
	to.Metadata = u.merged(req.Metadata)
	return &to, to != *req
}

// merged is the metadata with the update: keys that it has keep their place, others follow; an empty value removes its key (Tap API 3,
// inferred), empty metadata removes all of it (documented for authorizations).
func (u *Update) merged(have string) string {
	switch {
	case u.ClearMetadata:
		return ""
	case u.Metadata == "":
		return have
	}
	keys, values := metadataMembers(have)
	more, changes := metadataMembers(u.Metadata)
	for _, key := range more {
		if _, known := values[key]; !known {
			keys = append(keys, key)
		}
		values[key] = changes[key]
	}
	var b []byte
	for _, key := range keys {
		if v := values[key]; v != `""` && v != "null" {
			b = append(append(append(appendString(b, key), ':'), v...), ',')
		}
	}
	if len(b) == 0 {
		return ""
	}
	return "{" + string(bytes.TrimSuffix(b, []byte(","))) + "}"
}

// metadataMembers are the members of a metadata object as JSON texts, and their keys in order. Of equal keys the last counts.
func metadataMembers(object string) (keys []string, values map[string]string) {
	values = map[string]string{}
	if object == "" {
		return nil, values
	}
	tree, root, err := parseJSON([]byte(object))
	defer freeJSON(tree)
	if err != nil {
		return nil, values // not reached: it was parsed before
	}
	for at := tree.nodes[root].child; at != 0; at = tree.nodes[at].next {
		key := tree.nodes[at].key
		if _, again := values[key]; !again {
			keys = append(keys, key)
		}
		values[key] = tree.raw(at)
	}
	return keys, values
}
