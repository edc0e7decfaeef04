package mockserver

import (
	"strings"

	"github.com/gorilla/mux"

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

// useToken is the error for a request whose source is a card or a token. A token cannot be used again afterwards.
func (c *call) useToken(source string) error {
	if strings.HasPrefix(source, "tok_") {
		if err := c.account.UseToken(source); err != nil {
			return err
		}
	}
	return tap.NewError("1125", "source.id: a KNET merchant has no card payments, send src_kw.knet; a token is used up by the attempt")
}
