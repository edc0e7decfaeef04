package control

import "context"

// Examination says whether webhooks of the mock can reach an address, and at which step they fail.
type Examination struct {
	URL   string `json:"url"`
	OK    bool   `json:"ok"`    // all steps went well
	Steps []Step `json:"steps"` // up to the first one that failed
}

// Step is one step on the way to a merchant's address.
type Step struct {
	Name   string `json:"name"`             // address, container, name, connection, TLS or HTTP
	OK     bool   `json:"ok"`               // false: webhooks do not arrive, or may not
	Detail string `json:"detail"`           // what was seen
	Remedy string `json:"remedy,omitempty"` // what to do about it
}

type examine struct {
	URL string `json:"url"`
}

// Examine finds out whether webhooks of the mock can reach an address. The mock resolves the name, connects, shakes hands, and sends one
// HEAD request, which no merchant can take for a webhook.
func (c *Client) Examine(ctx context.Context, url string) (Examination, error) {
	return get[Examination](ctx, c, "POST", "/doctor", examine{url})
}
