package shop

// behaviour is how the shop behaves in an order: as it should, or with a known mistake.
type behaviour string

// The behaviours. They are also the end of the post.url.
const (
	sound       behaviour = "sound"
	twoDecimals behaviour = "two-decimals"
	redirects   behaviour = "redirect"
	fails       behaviour = "error-500"
	slow        behaviour = "slow"
	trusting    behaviour = "trusts-return"
)

// choice is a behaviour as the form offers it.
type choice struct {
	Name        behaviour
	Title, Text string
}

// choices are all behaviours in the order of the form.
var choices = []choice{
	{sound, "Sound", "Checks the signature, the amount and the order of the webhook, and asks for the charge when the payer is back."},
	{twoDecimals, "Two decimals in the hash", "Computes the signature over 12.34 instead of 12.345, as for most currencies: it refuses each webhook with 401."},
	{redirects, "Redirects the webhook", "Answers the webhook with 302, as a site that leads http to https. A webhook follows no redirect."},
	{fails, "Fails in the webhook", "Answers the webhook with 500: the webhook counts as not delivered."},
	{slow, "Answers the webhook after 12 seconds", "Does its work before it answers: the webhook times out after ten seconds, unless the setting webhook_timeout says otherwise."},
	{trusting, "Trusts the return", "Takes each payer who comes back as one who has paid, without asking for the charge: also after a decline or Cancel."},
}

// behaviourNamed is the behaviour with a name.
func behaviourNamed(name string) (choice, bool) {
	for _, c := range choices {
		if string(c.Name) == name {
			return c, true
		}
	}
	return choice{}, false
}

// title is the name of the behaviour for people.
func (b behaviour) title() string {
	c, _ := behaviourNamed(string(b))
	return c.Title
}
