package tap

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
	b = appendList(b, "authorizes", l.Object, l.APIVersion, l.Count, l.HasMore)
	for i := range l.Authorizes {
		b = append(l.Authorizes[i].AppendJSON(b, style(i)), ',')
	}
	return dropComma(closeObject(closeArray(b)))
}
