package gateway

import (
	"context"
	"time"
)

// pastLimit reports whether the time limit of KNET's page has passed.
func (p *Page) pastLimit(now time.Time, limit time.Duration) bool {
	return (p.Stage == StageEntry || p.Stage == StageConfirm) && now.Sub(p.Opened) >= limit
}

// PageLeft returns how long KNET's page may still be used.
func (c *Charge) PageLeft(now time.Time) time.Duration {
	return max(0, c.Settings.PageLimit-now.Sub(c.Page.Opened))
}

// NoticeLimit ends the payment and sends the payer back if the page's time limit has passed; otherwise it does nothing. The page
// calls it when its countdown has ended.
func (p *Payer) NoticeLimit(ctx context.Context) (string, error) {
	return p.act(ctx, func(*Account, *Charge) {})
}
