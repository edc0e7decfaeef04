package tap

import "strconv"

// AuthorizationList is the answer to a request for a list of authorizations. The key authorizes is that of a client of Tap's; the others are
// assumed to be as in a list of refunds (Rest of v2 2.3).
type AuthorizationList struct {
	Object     string          `json:"object"` // always "list"
	LiveMode   bool            `json:"live_mode"`
	Count      int             `json:"count"` // of authorizations in this answer
	HasMore    bool            `json:"has_more"`
	APIVersion string          `json:"api_version"` // always "V2"
	Authorizes []Authorization `json:"authorizes"`
}

// AppendJSON appends the list as compact JSON, the authorization with index i in style(i).
func (l *AuthorizationList) AppendJSON(b []byte, style func(i int) Style) []byte {
	b = appendText(openObject(b), "object", l.Object)
	b = appendBool(b, "live_mode", l.LiveMode)
	b = appendRaw(b, "count", strconv.Itoa(l.Count))
	b = appendBool(b, "has_more", l.HasMore)
	b = appendText(b, "api_version", l.APIVersion)
	b = append(appendKey(b, "authorizes"), '[')
	for i := range l.Authorizes {
		b = append(l.Authorizes[i].AppendJSON(b, style(i)), ',')
	}
	return dropComma(closeObject(closeArray(b)))
}
