package record

import (
	"regexp"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// request is what is known of the create request.
type request struct{ amount, currency, source string }

var createdText = regexp.MustCompile(`^([0-9.]+) ([A-Z]{3}) from ([A-Za-z0-9_.]+)`)

// requested reads the create request from the journal. The amount of the charge itself is the captured one.
func (r *recording) requested() request {
	q := request{r.charge.Amount, r.charge.Currency, tap.SourceKNET}
	if e := r.first(tap.EventCreated); e != nil {
		if m := createdText.FindStringSubmatch(e.Detail); m != nil {
			q = request{m[1], m[2], m[3]}
		}
	}
	return q
}
