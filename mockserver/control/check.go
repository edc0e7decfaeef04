package control

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
)

// ErrCheckOver is the error of a check whose account was taken from it.
var ErrCheckOver = errors.New("control: the mock has ended the check: the account was reset, another call has ended the check, or the mock stops")

// Check is a check of a merchant that has the account to itself. The caller must call End.
type Check struct {
	client *Client
	number uint64
	over   chan struct{} // closed when the answer that is held has ended
	hangUp context.CancelFunc

	ending atomic.Bool
	lost   error // why the answer ended before End; set before over is closed
}

// BeginCheck gives the account to a check, and keeps a connection open that stands for it. If the connection breaks, also because this
// process is killed, the mock restores the account as [Check.End] does. If another check has the account, the error is an [*Error] with Status 409.
// ctx is only for the beginning.
func (c *Client) BeginCheck(ctx context.Context) (*Check, error) {
	holding, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	begun := context.AfterFunc(ctx, hangUp)
	check := &Check{client: c, over: make(chan struct{}), hangUp: hangUp}
	err := check.begin(holding)
	if !begun() {
		err = fmt.Errorf("control: %w", context.Cause(ctx))
	}
	if err != nil {
		hangUp()
		return nil, err
	}
	return check, nil
}

// begin sends the call and reads the first line of its answer, or all of an error.
func (k *Check) begin(ctx context.Context) error {
	res, err := k.client.send(ctx, "POST", "/check", done{})
	if err != nil {
		return err
	}
	rest, text := bufio.NewReader(res.Body), []byte(nil)
	if res.StatusCode == http.StatusOK {
		text, err = rest.ReadBytes('\n')
	} else {
		text, err = io.ReadAll(rest)
	}
	var first begunCheck
	if err == nil || errors.Is(err, io.EOF) {
		err = decode(res, text, &first)
	}
	if err != nil {
		res.Body.Close()
		return err
	}
	k.number = first.Check
	go k.watch(res.Body, rest)
	return nil
}

// watch reads what is left of the held answer, which ends with the check.
func (k *Check) watch(body io.Closer, rest io.Reader) {
	defer close(k.over)
	defer body.Close()
	_, err := io.Copy(io.Discard, rest)
	switch {
	case k.ending.Load():
	case err == nil:
		k.lost = ErrCheckOver
	default:
		k.lost = fmt.Errorf("control: the connection of the check broke: %w", err)
	}
}

// Err says why the account is not the check's any more. It is nil before, and after End.
func (k *Check) Err() error {
	select {
	case <-k.over:
		return k.lost
	default:
		return nil
	}
}

// Context returns a context that ends with parent, or when the account is not the check's any more; its cause is then [Check.Err]. stop
// must be called.
func (k *Check) Context(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	go func() {
		select {
		case <-k.over:
			cancel(k.lost)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// End restores the account and returns its state: settings, default scenarios and gates are as before the check, the queue is empty, and the
// clock is frozen or runs as before, from its current time. If the account is not the check's any more, the error says why.
func (k *Check) End(ctx context.Context) (Account, error) {
	if err := k.Err(); err != nil {
		return Account{}, err
	}
	k.ending.Store(true)
	account, err := k.client.EndCheck(ctx, k.number)
	k.hangUp()
	<-k.over
	return account, err
}

// EndCheck ends the check that has the account, also one of another process, restores the account and returns its state. If check is not 0, it
// ends only the check with that number.
func (c *Client) EndCheck(ctx context.Context, check uint64) (Account, error) {
	path := "/check"
	if check != 0 {
		path += "?check=" + strconv.FormatUint(check, 10)
	}
	return get[Account](ctx, c, "DELETE", path, nil)
}
