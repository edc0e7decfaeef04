package mockserver

import (
	"net/http"
	"strconv"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// downloadCharges is POST /v2/charges/download: a CSV, with its pages in headers of the answer (Rest of v2 3, documented).
func (s *Server) downloadCharges(c *call) error { return s.downloadPayments(c, "last_charge_id") }

// downloadPayments answers a download of charges or authorizations; lastName is the header with the last id.
func (s *Server) downloadPayments(c *call, lastName string) error {
	req, err := parsed(s, c, c.listParser(tap.ParseDownloadRequest))
	if err != nil {
		return err
	}
	list, err := c.account.Download(c.kind, req)
	if err != nil {
		c.note("starting_after: the account has no such " + string(c.kind) + " to start after")
		return err
	}
	c.noteList(req, &list)
	var more []string
	for _, name := range []string{"destination_id", "destination_amount"} {
		if req.AdditionalFields[name] {
			more = append(more, name)
		}
	}
	header := tap.Row(tap.ChargeColumns + ",")
	header.Cells(more...)
	header.End()
	csv, last := []byte(header), ""
	for i := range list.Payments {
		csv, last = list.Payments[i].AppendCSV(csv, list.Payouts, len(more)), list.Payments[i].ID
	}
	writeCSV(c.w, csv, csvPage{list.More, req.Limit, list.Total, lastName, last})
	return nil
}

// downloadRefunds is POST /v2/refunds/download.
func (s *Server) downloadRefunds(c *call) error {
	req, err := parsed(s, c, tap.ParseRefundDownload)
	if err != nil {
		return err
	}
	some, more, total, err := c.account.ListRefunds(req)
	if err != nil {
		return err
	}
	csv, last := []byte(tap.RefundColumns+"\n"), ""
	for i := range some {
		csv, last = some[i].AppendCSV(csv), some[i].ID
	}
	writeCSV(c.w, csv, csvPage{more, req.Limit, total, "last_refund_id", last})
	return nil
}

// csvPage is what the headers of a download say.
type csvPage struct {
	more        bool
	size, total int
	lastName    string // name of the header with the last id
	last        string
}

func writeCSV(w http.ResponseWriter, csv []byte, page csvPage) {
	h := w.Header()
	for _, one := range [][2]string{{"has_more", strconv.FormatBool(page.more)}, {"page_size", strconv.Itoa(page.size)},
		{"number_of_pages", strconv.Itoa((page.total + page.size - 1) / page.size)}, {"total_count", strconv.Itoa(page.total)}, {page.lastName, page.last}} {
		h[one[0]] = []string{one[1]} // spelt as Tap does
	}
	h["Content-Type"] = []string{"text/plain"}
	h["Content-Length"] = []string{strconv.Itoa(len(csv))}
	w.WriteHeader(http.StatusOK)
	w.Write(csv)
}
