package tap

// CustomerObject is a customer as the API shows it, in the key order of the one documented body, of 2023 (Tap API 9, documented). Keys without
// a value are left out, except merchant_id; where title and nationality stand is not known.
type CustomerObject struct {
	Object      string `json:"object"` // always "customer"
	LiveMode    bool   `json:"live_mode"`
	Created     string `json:"created"`     // epoch milliseconds
	MerchantID  string `json:"merchant_id"` // always ""
	Description string `json:"description,omitempty"`
	Metadata    Raw    `json:"metadata,omitempty"`
	Currency    string `json:"currency,omitempty"`
	ID          string `json:"id"`
	Title       string `json:"title,omitempty"`
	FirstName   string `json:"first_name,omitempty"`
	MiddleName  string `json:"middle_name,omitempty"`
	LastName    string `json:"last_name,omitempty"`
	Email       string `json:"email,omitempty"`
	Phone       *Phone `json:"phone,omitempty"`
	Nationality string `json:"nationality,omitempty"`
}

// AppendJSON appends the object as compact JSON.
func (c *CustomerObject) AppendJSON(b []byte) []byte {
	b = openObject(b)
	b = appendText(b, "object", c.Object)
	b = appendBool(b, "live_mode", c.LiveMode)
	b = appendText(b, "created", c.Created)
	b = appendText(b, "merchant_id", c.MerchantID)
	b = appendSent(b, "description", c.Description)
	b = appendSentRaw(b, "metadata", c.Metadata)
	b = appendSent(b, "currency", c.Currency)
	b = appendText(b, "id", c.ID)
	b = appendSent(b, "title", c.Title)
	b = appendSent(b, "first_name", c.FirstName)
	b = appendSent(b, "middle_name", c.MiddleName)
	b = appendSent(b, "last_name", c.LastName)
	b = appendSent(b, "email", c.Email)
	b = c.Phone.append(b)
	b = appendSent(b, "nationality", c.Nationality)
	return dropComma(closeObject(b))
}

// append appends a phone number, unless there is none.
func (p *Phone) append(b []byte) []byte {
	if p == nil {
		return b
	}
	b = openObject(appendKey(b, "phone"))
	b = appendText(b, "country_code", p.CountryCode)
	return closeObject(appendText(b, "number", p.Number))
}

// CustomerDeleted is the answer to the deletion of a customer (Rest of v2 4, from a client).
type CustomerDeleted struct {
	ID      string `json:"id"`
	Deleted bool   `json:"deleted"` // always true
}

// CustomerList is the answer to a request for a list of customers. Its keys are not known; they are those of a list of refunds (Rest of v2 4,
// assumed).
type CustomerList struct {
	Object     string           `json:"object"` // always "list"
	LiveMode   bool             `json:"live_mode"`
	Count      int              `json:"count"` // of customers in this answer
	HasMore    bool             `json:"has_more"`
	APIVersion string           `json:"api_version"` // always "V2"
	Customers  []CustomerObject `json:"customers"`
}

// AppendJSON appends the list as compact JSON.
func (l *CustomerList) AppendJSON(b []byte) []byte {
	b = appendList(b, "customers", l.Object, l.APIVersion, l.Count, l.HasMore)
	for i := range l.Customers {
		b = append(l.Customers[i].AppendJSON(b), ',')
	}
	return dropComma(closeObject(closeArray(b)))
}
