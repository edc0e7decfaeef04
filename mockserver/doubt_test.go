package mockserver_test

import (
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
)

// TestDoubtedWebhook creates charges whose webhook cannot arrive: the answer has a note, and the charge's history says so too.
func TestDoubtedWebhook(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		container bool
		setting   string
		post      string
		want      string
	}{
		"loopback in a container":    {true, "webhook_timeout=1s", "http://127.0.0.1:3000/hook", "post.url: this mock runs in a container, and 127.0.0.1 is the container itself; if the shop runs elsewhere, use the host name host.docker.internal"},
		"loopback by relay":          {true, "delivery=relay", "http://127.0.0.1:3000/hook", ""},
		"loopback":                   {false, "webhook_timeout=1s", "http://127.0.0.1:3000/hook", ""},
		"a name that cannot resolve": {false, "webhook_timeout=1s", "http://shop.invalid/hook", "post.url: no name server knows shop.invalid, so no webhook will arrive"},
		"no post.url":                {true, "webhook_timeout=1s", "", ""},
		"a name of a network":        {true, "webhook_timeout=1s", "http://shop:3000/hook", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := startMock(t, mockserver.Config{Container: c.container}, c.setting)
			post := ""
			if c.post != "" {
				post = `,"post":{"url":"` + c.post + `"}`
			}
			a := m.api("POST", "/v2/charges", `{"amount":1,"currency":"KWD","source":{"id":"src_kw.knet"},"customer":{"first_name":"A","email":"a@b.example"},"redirect":{"url":"http://shop.example"}`+post+`}`)
			if note := a.header.Get("X-Tapmock-Note"); a.status != 200 || !strings.HasPrefix(note, c.want) || c.want == "" && note != "" {
				t.Errorf("HTTP %d, the note is %q", a.status, note)
			}
			trace := m.api("GET", "/_tapmock/v1/charges/"+decode(t, a.body).ID+"/trace", "").body
			if doubted := strings.Contains(trace, "post.url"); doubted != (c.want != "") || doubted && !strings.Contains(trace, c.want) {
				t.Errorf("the history: %s", trace)
			}
		})
	}
}
