package control

import (
	"context"
	"net/url"
)

// Webhooks returns the webhook deliveries of an object, or of all objects if object is "", the latest first.
func (c *Client) Webhooks(ctx context.Context, object string) ([]Webhook, error) {
	filter := ""
	if object != "" {
		filter = "&object=" + url.QueryEscape(object)
	}
	var all []Webhook
	for query := "/webhooks?limit=1000" + filter; ; {
		list, err := get[Webhooks](ctx, c, "GET", query, nil)
		all = append(all, list.Webhooks...)
		if err != nil || !list.HasMore {
			return all, err
		}
		query = "/webhooks?limit=1000" + filter + "&starting_after=" + all[len(all)-1].ID
	}
}

// Webhook returns the webhook delivery with this id.
func (c *Client) Webhook(ctx context.Context, id string) (Webhook, error) {
	return get[Webhook](ctx, c, "GET", "/webhooks/"+url.PathEscape(id), nil)
}

// ResendWebhook sends the bytes of a delivery's last attempt again, as a new delivery. It returns the new delivery after the merchant
// has responded.
func (c *Client) ResendWebhook(ctx context.Context, id string) (Webhook, error) {
	return get[Webhook](ctx, c, "POST", "/webhooks/"+url.PathEscape(id)+"/resend", nil)
}

// ResendWebhookSigned is [Client.ResendWebhook] with another signature: both headers, hashstring and hash, have the text signature, one
// line of at most 200 bytes. The new delivery is marked forged (signature).
func (c *Client) ResendWebhookSigned(ctx context.Context, id, signature string) (Webhook, error) {
	return get[Webhook](ctx, c, "POST", "/webhooks/"+url.PathEscape(id)+"/resend", resend{&signature})
}
