package mockserver

import (
	"net/http"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// listCards is GET /v2/card/{customer}: 404 with an empty list if none is shown (Rest of v2 5, documented).
func (s *Server) listCards(c *call) error {
	customer := mux.Vars(c.r)["customer"]
	list := tap.CardList{Object: "list", Data: []tap.CardObject{}}
	cards := c.account.Cards(customer)
	for i := range cards { // the ten newest
		if i == 10 {
			list.HasMore = true
			break
		}
		list.Data = append(list.Data, cards[len(cards)-1-i].Object(customer))
	}
	if len(list.Data) > 0 {
		c.writeBody(tap.Compact(list))
		return nil
	}
	c.note((&gateway.NoCardError{Hidden: !c.settings.KFASTCardsListed}).Error())
	writeJSON(c.w, http.StatusNotFound, "application/json", tap.Compact(list))
	return nil
}

// getCard is GET /v2/card/{customer}/{id}.
func (s *Server) getCard(c *call) error {
	customer, id := mux.Vars(c.r)["customer"], mux.Vars(c.r)["id"]
	card, err := c.account.Card(customer, id)
	if err == nil {
		c.writeBody(tap.Compact(card.Object(customer)))
	}
	return err
}

// deleteCard is DELETE /v2/card/{customer}/{id}.
func (s *Server) deleteCard(c *call) error {
	id := mux.Vars(c.r)["id"]
	if err := c.account.DeleteCard(mux.Vars(c.r)["customer"], id); err != nil {
		return err
	}
	c.writeBody(tap.Compact(tap.CardDeleted{Deleted: true, ID: id, Delete: true}))
	return nil
}

// verifyCard is POST /v2/card/verify: no KNET merchant can verify a card (Rest of v2 6 and 14, documented).
func (s *Server) verifyCard(c *call) error {
	req, err := parsed(s, c, tap.ParseVerifyRequest)
	if err == nil {
		err = c.useToken(req.Source)
	}
	e := s.problem(c, err)
	e.HTTPCode = e.HTTPStatus == http.StatusBadRequest
	return e
}

// getVerification is GET /v2/card/verify/{id}: there is none.
func (s *Server) getVerification(*call) error {
	return tap.NoCard("no KNET merchant can verify a card, so there is no verification with this id")
}

// getBIN is GET /v2/bin/{id}.
func (s *Server) getBIN(c *call) error {
	bin, err := tap.FindBIN(mux.Vars(c.r)["id"])
	if err == nil {
		c.writeBody(tap.Compact(bin))
	}
	return err
}
