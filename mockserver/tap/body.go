package tap

import "strings"

// bodyReader reads a request by the paths of its fields, such as period.date.from. It notes leniencies as the reader of a create request
// does.
type bodyReader struct {
	reader
	paths []string                          // of all fields and objects that the request can have
	field func(path string, at int32) error // reads the value of a path
}

// readBody reads the body of a request, checks it, and makes its first leniency an error under strict. check must also copy the texts that are kept,
// because those that were read are gone afterwards. It returns the notes.
func (rd *bodyReader) readBody(body []byte, s *Settings, check func() error) ([]string, error) {
	tree, root, err := rd.whole(body)
	defer freeJSON(tree)
	if err != nil {
		return nil, err
	}
	if err := rd.object("body", root, ""); err != nil {
		return nil, err
	}
	if err := check(); err != nil {
		return rd.notes, err
	}
	if s.Strict && len(rd.notes) > 0 {
		return nil, StrictError(rd.notes[0])
	}
	return rd.notes, nil
}

// wrongType is the error for a value of another JSON type than the field's.
func (rd *bodyReader) wrongType(path string, at int32, want string) error {
	return NewError("1103", path+": "+kindNames[rd.raw.tree.nodes[at].kind]+" is not allowed here, want "+want)
}

// object reads an object's members, whose paths begin with prefix. Null, "" and [] count as an empty object.
func (rd *bodyReader) object(path string, at int32, prefix string) error {
	t := rd.raw.tree
	if t.nodes[at].kind != isObject {
		return rd.noObject(path, at)
	}
	for at := t.nodes[at].child; at != 0; at = t.nodes[at].next {
		key := t.nodes[at].key
		if strings.Contains(key, ".") { // not a path
			rd.unknown(prefix+key, rd.paths)
		} else if err := rd.field(prefix+key, at); err != nil {
			return err
		}
	}
	return nil
}

// noObject handles another value instead of an object.
func (rd *bodyReader) noObject(path string, at int32) error {
	switch n := &rd.raw.tree.nodes[at]; {
	case n.kind == isNull:
		return nil
	case n.kind == isList && n.child == 0 || n.kind == isText && n.text == "":
		rd.note("%s: %s was sent, an object is documented", path, rd.raw.tree.raw(at))
		return nil
	}
	return rd.wrongType(path, at, "an object")
}

// scalar returns text, or a number as text; null, "" and [] count as none.
func (rd *bodyReader) scalar(path string, at int32) (scalar, error) {
	switch n := &rd.raw.tree.nodes[at]; {
	case n.kind == isText || n.kind == isNumber:
		return scalar{n.text, n.kind}, nil
	case n.kind == isNull || n.kind == isList && n.child == 0:
		return scalar{}, nil
	}
	return scalar{}, rd.wrongType(path, at, "text or a number")
}

// take reads a field that is documented as text.
func (rd *bodyReader) take(path string, at int32, to *string) error {
	v, err := rd.scalar(path, at)
	if v.kind == isNumber {
		rd.note("%s: a number was sent, text is documented", path)
	}
	*to = v.text
	return err
}

// set reads a list of texts. An object whose keys are numbers is a list too: PHP and forms send lists so.
func (rd *bodyReader) set(path string, at int32, to *map[string]bool) error {
	t := rd.raw.tree
	switch n := &t.nodes[at]; {
	case n.kind == isNull || n.kind == isText && n.text == "":
		return nil
	case n.kind == isObject && t.hasNumericKeys(at):
		rd.note("%s: an object was sent, a list is documented", path)
	case n.kind != isList:
		return rd.wrongType(path, at, "a list")
	}
	all := map[string]bool{}
	for at := t.nodes[at].child; at != 0; at = t.nodes[at].next {
		var text string
		if err := rd.take(path, at, &text); err != nil {
			return err
		}
		if text != "" {
			all[text] = true
		}
	}
	*to = all
	return nil
}

// setOrText is set for a field that was text in older requests.
func (rd *bodyReader) setOrText(path string, at int32, to *map[string]bool) error {
	if n := &rd.raw.tree.nodes[at]; n.kind == isText && n.text != "" || n.kind == isNumber {
		rd.note("%s: %s was sent, a list is documented", path, kindNames[n.kind])
		*to = map[string]bool{n.text: true}
		return nil
	}
	return rd.set(path, at, to)
}

// compact moves the texts of a request into memory of their own, so that it does not keep the whole body.
func compact(texts []*string) {
	size := 0
	for _, text := range texts {
		size += len(*text)
	}
	var all strings.Builder
	all.Grow(size)
	for _, text := range texts {
		begin := all.Len()
		all.WriteString(*text)
		*text = all.String()[begin:]
	}
}
