package report

import (
	"slices"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// Listings counts the losses that a code is listed under.
func Listings(code verdict.Code) (n int) {
	for _, codes := range losses {
		if slices.Contains(codes, code) {
			n++
		}
	}
	return n
}
