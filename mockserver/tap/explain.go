package tap

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Explanation shows how the signatures of a webhook body are computed.
type Explanation struct {
	Object     string // charge, authorize, refund or invoice
	Parts      []Part // of the hashed string
	Input      string // the hashed string
	Signatures Signatures

	key  string
	body []byte
	doc  document
}

// Explain reads a webhook body and computes both of its signatures. The parts depend on the kind of object (Tap API 5.2 and 5.3).
// The error says what is wrong with the body.
func Explain(secretKey string, body []byte) (*Explanation, error) {
	doc, err := parseDocument(body)
	if err != nil {
		return nil, err
	}
	x := &Explanation{Object: doc.at("object"), key: secretKey, body: body, doc: doc}
	if doc.at("id") == "" || doc.at("amount") == "" || doc.at("currency") == "" {
		return nil, errors.New("webhook body: id, amount or currency is missing; pass the raw body of a webhook")
	}
	amount, err := wireAmount(doc.at("amount"), doc.at("currency"))
	if err != nil {
		return nil, fmt.Errorf("webhook body: %w", err)
	}
	x.Parts = partsOf(doc, amount)
	x.Input = HashInput(x.Parts)
	x.Signatures = SignWebhook(secretKey, x.Parts, body)
	return x, nil
}

func partsOf(doc document, amount string) []Part {
	switch doc.at("object") {
	case "invoice":
		return InvoiceHashParts(doc.at("id"), amount, doc.at("currency"), doc.at("updated"), doc.at("status"), doc.at("created"))
	case "refund":
		return HashParts(doc.at("id"), amount, doc.at("currency"), doc.at("reference", "gateway"),
			doc.at("reference", "payment"), doc.at("status"), doc.at("created"))
	}
	return HashParts(doc.at("id"), amount, doc.at("currency"), doc.at("reference", "gateway"),
		doc.at("reference", "payment"), doc.at("status"), doc.at("transaction", "created"))
}

// wireAmount prints a body's amount with the decimals of its currency, two for an unknown currency.
func wireAmount(literal, currency string) (string, error) {
	a, err := ParseNumber(literal)
	if err != nil {
		return "", err
	}
	places, ok := Decimals(currency)
	if !ok {
		places = 2
	}
	return a.Text(places), nil
}

// document is a JSON object whose numbers keep their literals.
type document map[string]any

func parseDocument(body []byte) (document, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var doc document
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("webhook body: not a JSON object: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("webhook body: there is more text after the JSON object")
	}
	return doc, nil
}

// at returns the text or number at a path as text, or "".
func (d document) at(path ...string) string {
	var v any = map[string]any(d)
	for _, key := range path {
		inner, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = inner[key]
	}
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}
