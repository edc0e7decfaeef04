package mockserver

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// createToken is POST /v2/tokens.
func (s *Server) createToken(c *call) error {
	req, err := parsed(s, c, tap.ParseTokenRequest)
	if err != nil {
		return err
	}
	made, err := c.account.CreateToken(*req)
	if err != nil {
		return err
	}
	c.created = made.ID
	c.writeBody(tap.Compact(made.Object()))
	return nil
}

// getToken is GET /v2/tokens/{id}. It ignores the request's body.
func (s *Server) getToken(c *call) error {
	of, err := c.account.Token(mux.Vars(c.r)["id"])
	if err == nil {
		c.writeBody(tap.Compact(of.Object()))
	}
	return err
}

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

// useToken is the error for a request whose source is a card or a token. A token cannot be used again afterwards.
func (c *call) useToken(source string) error {
	if strings.HasPrefix(source, "tok_") {
		if err := c.account.UseToken(source); err != nil {
			return err
		}
	}
	return tap.NewError("1125", "source.id: a KNET merchant has no card payments, send src_kw.knet; a token is used up by the attempt")
}

// getBIN is GET /v2/bin/{id}.
func (s *Server) getBIN(c *call) error {
	bin, err := tap.FindBIN(mux.Vars(c.r)["id"])
	if err == nil {
		c.writeBody(tap.Compact(bin))
	}
	return err
}
