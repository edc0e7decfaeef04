package tap

import (
	"fmt"
	"slices"
	"strings"
)

// field is a scalar field of the create request.
type field int

const (
	fAmount field = iota
	fCurrency
	fCustomerInitiated
	fThreeDSecure
	fSaveCard
	fDescription
	fStatementDescriptor
	fOrderID
	fMerchantID
	fReceiptEmail
	fReceiptSMS
	fTransaction
	fOrder
	fIdempotent
	fCustomerID
	fFirstName
	fMiddleName
	fLastName
	fEmail
	fCountryCode
	fNumber
	fSourceID
	fPostURL
	fRedirectURL
	fExpiryPeriod
	fExpiryType
	fHashString // documented and ignored, as fOnFile
	fOnFile
	fAutoType // of an authorization only, as what follows
	fAutoTime
	fAuthorizeDebit
	fieldCount
)

// fieldNames are the fields' paths (Tap API 1.1).
var fieldNames = [fieldCount]string{
	fAmount: "amount", fCurrency: "currency", fCustomerInitiated: "customer_initiated", fThreeDSecure: "threeDSecure",
	fSaveCard: "save_card", fDescription: "description", fStatementDescriptor: "statement_descriptor",
	fOrderID: "order.id", fMerchantID: "merchant.id", fReceiptEmail: "receipt.email", fReceiptSMS: "receipt.sms",
	fTransaction: "reference.transaction", fOrder: "reference.order", fIdempotent: "reference.idempotent",
	fCustomerID: "customer.id", fFirstName: "customer.first_name", fMiddleName: "customer.middle_name",
	fLastName: "customer.last_name", fEmail: "customer.email", fCountryCode: "customer.phone.country_code",
	fNumber: "customer.phone.number", fSourceID: "source.id", fPostURL: "post.url", fRedirectURL: "redirect.url",
	fExpiryPeriod: "transaction.expiry.period", fExpiryType: "transaction.expiry.type", fHashString: "hashstring", fOnFile: "source.on_file",
	fAutoType: "auto.type", fAutoTime: "auto.time", fAuthorizeDebit: "authorize_debit",
}

// freeObjects are the paths of the objects whose members are not checked. All but metadata are documented and ignored.
var freeObjects = []string{"metadata", "payment_agreement", "platform", "destinations", "payment_provider", "authentication", "source.card"}

// schema describes the members of an object of the create request.
type schema struct {
	path    string
	free    bool
	paths   []string // of all fields and objects of the request, in order; of the root only
	scalars map[string]field
	objects map[string]*schema
}

// requestSchemas are the schemas of a request for a charge and for an authorization.
var requestSchemas = map[Kind]*schema{KindCharge: buildSchema(fieldNames[:fAutoType]), KindAuthorization: buildSchema(fieldNames[:])}

func buildSchema(fields []string) *schema {
	root := &schema{scalars: map[string]field{}, objects: map[string]*schema{}}
	for f, path := range fields {
		s, name := root, path
		for {
			head, rest, nested := strings.Cut(name, ".")
			if !nested {
				break
			}
			s, name = s.object(head), rest
		}
		s.scalars[name] = field(f)
	}
	for _, path := range freeObjects {
		s := root
		for name := range strings.SplitSeq(path, ".") {
			s = s.object(name)
		}
		s.free = true
	}
	root.paths = pathsOf(fields)
	return root
}

func pathsOf(fields []string) []string {
	paths := slices.Clone(freeObjects)
	for _, path := range fields {
		for ; path != ""; path = path[:max(0, strings.LastIndexByte(path, '.'))] {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

func (s *schema) object(name string) *schema {
	if s.objects[name] == nil {
		path := strings.TrimPrefix(s.path+"."+name, ".")
		s.objects[name] = &schema{path: path, scalars: map[string]field{}, objects: map[string]*schema{}}
	}
	return s.objects[name]
}

// reader reads and checks a create request and notes each leniency.
type reader struct {
	kind  Kind // of what the request creates: charge or authorization
	raw   rawRequest
	notes []string
}

// maxNotes bounds the number of notes.
const maxNotes = 8

func (rd *reader) note(format string, a ...any) {
	switch len(rd.notes) {
	case maxNotes:
	case maxNotes - 1:
		rd.notes = append(rd.notes, "there are more leniencies")
	default:
		rd.notes = append(rd.notes, fmt.Sprintf(format, a...))
	}
}

// rawRequest is a create request as sent: every scalar can be text, a number or a boolean.
type rawRequest struct {
	fields   [fieldCount]scalar
	customer bool // whether the customer object was sent
	tree     *jsonTree
	metadata int32 // node of the metadata object, or 0
}

// scalar is the text of a text, a number or a boolean.
type scalar struct {
	text string
	kind kind
}

// read reads an object's members into the raw request. Instead of an object, null, "" and [] (an empty object in PHP) mean that
// there is none.
func (rd *reader) read(s *schema, node int32) error {
	t := rd.raw.tree
	for at := t.nodes[node].child; at != 0; at = t.nodes[at].next {
		n := &t.nodes[at]
		f, isScalar := s.scalars[n.key]
		inner := s.objects[n.key]
		var err error
		switch {
		case isScalar:
			err = rd.readScalar(f, n)
		case inner != nil:
			err = rd.readObject(inner, at)
		case !s.free:
			rd.unknown(strings.TrimPrefix(s.path+"."+n.key, "."), requestSchemas[rd.kind].paths)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unknown notes that Tap has no field with this path. fields are the paths of those that it has.
func (rd *reader) unknown(path string, fields []string) {
	text := ": Tap has no such field, it is ignored"
	if object, name, _ := strings.Cut(path, "."); slices.Contains(fields, path) {
		text = ": a key with a dot is not a path, it is ignored; write " + name + " inside the object " + object
	} else if near := nearField(path, fields); near != "" {
		text += "; did you mean " + near + "?"
	}
	rd.note("%s%s", plainASCII(path), text)
}

// nearField is the path of the field in the same object whose name is most like that of the path, or "".
func nearField(path string, fields []string) string {
	dot := strings.LastIndexByte(path, '.') + 1
	var names []string
	for _, f := range fields {
		if name, ok := strings.CutPrefix(f, path[:dot]); ok && !strings.Contains(name, ".") {
			names = append(names, name)
		}
	}
	if near := Nearest(path[dot:], names); near != "" {
		return path[:dot] + near
	}
	return ""
}

func (rd *reader) readScalar(f field, n *jsonNode) error {
	switch {
	case n.kind == isObject || n.kind == isList && n.child != 0:
		return NewError("2100", fieldNames[f]+": "+kindNames[n.kind]+" is not allowed here")
	case n.kind == isNull || n.kind == isList:
		rd.raw.fields[f] = scalar{}
	default:
		rd.raw.fields[f] = scalar{n.text, n.kind}
	}
	return nil
}

func (rd *reader) readObject(s *schema, at int32) error {
	n := &rd.raw.tree.nodes[at]
	switch {
	case n.kind == isObject:
		switch s.path {
		case "customer":
			rd.raw.customer = true
		case "metadata":
			rd.raw.metadata = at
		}
		return rd.read(s, at)
	case n.kind == isNull || s.path == "destinations":
	case n.kind == isList && n.child == 0 || n.kind == isText && n.text == "":
		rd.note("%s: %s was sent, an object is documented", s.path, rd.raw.tree.raw(at))
	case s.path == "order":
		return NewError("2100", "order: "+kindNames[n.kind]+" is not allowed here; did you mean reference.order?")
	default:
		return NewError("2100", s.path+": "+kindNames[n.kind]+" is not allowed here")
	}
	return nil
}

// plainASCII makes a client's text fit for a header: printable ASCII, at most 60 characters.
func plainASCII(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s[:min(len(s), 60)])
	return s[:min(len(s), 60)]
}
