// Package compare finds the differences between two payments, two webhooks, two attempts of a webhook, or two bodies, and says each in one
// sentence. It is for the question "yesterday it worked: what is different today?". Its values are those of the control API, from which [Fetch]
// gets a payment; a program or a page shows what it returns.
//
//	a := &compare.Payment{Name: "yesterday", Trace: …, Webhooks: …}
//	b := &compare.Payment{Name: "today", Trace: …, Webhooks: …}
//	for _, d := range compare.Payments(a, b) {
//		fmt.Println(d.Text) // returned comes after webhook in yesterday and before it in today
//	}
//
// The first difference of a list is the one to look at first: between payments where their journals part, between webhooks the part of the
// hashed string that changed the signature. Equal things have no differences.
//
// Two payments always differ in ids, times and references. [Payments], and [Webhooks] and [Attempts] of two objects, compare only the form of
// such values: a reference of 19 digits differs from one of 20. [Bodies] and attempts of one object are compared exactly; numbers as they are
// written, so that 12.50 differs from 12.5.
package compare
