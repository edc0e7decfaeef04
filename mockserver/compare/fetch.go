package compare

import (
	"context"
	"fmt"
	"maps"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Fetch asks the control API for a charge or an authorization, under a name for differences. The error is the client's.
func Fetch(ctx context.Context, client *control.Client, name, id string) (*Payment, error) {
	p := &Payment{Name: name}
	var err error
	if tap.KindOf(id) == tap.KindAuthorization {
		var trace control.AuthorizationTrace
		trace, err = client.AuthorizationTrace(ctx, id)
		p.Trace = OfAuthorization(trace)
	} else {
		p.Trace, err = client.Trace(ctx, id)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	if p.Webhooks, err = client.Webhooks(ctx, id); err != nil {
		return nil, err
	}
	p.Settings = settingsOf(ctx, client, p.Trace.Charge.Scenario)
	return p, nil
}

// settingsOf are those that a scenario sets, nil if they are not known: its file may have been replaced since.
func settingsOf(ctx context.Context, client *control.Client, scenario string) map[string]string {
	script := scenarios.Plain()
	if scenario != "" {
		script = scriptOf(ctx, client, scenario)
	}
	if script == nil {
		return nil
	}
	settings := map[string]string{}
	maps.Copy(settings, script.Settings)
	return settings
}

// scriptOf is a scenario of the library, or as the mock has it now, which may refer to the library; nil if there is none.
func scriptOf(ctx context.Context, client *control.Client, scenario string) *scenarios.Script {
	if script, err := scenarios.Builtin().Resolve(scenario); err == nil {
		return script
	}
	yaml, err := client.Scenario(ctx, scenario)
	if err != nil {
		return nil
	}
	set, err := scenarios.Parse(scenarios.Builtin(), scenario, []byte(yaml))
	if err != nil || len(set.List()) == 0 {
		return nil
	}
	script, _ := set.Resolve(string(set.List()[0].Name))
	return script
}
