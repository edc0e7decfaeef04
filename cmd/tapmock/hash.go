package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// maxBody is the size of the largest webhook body that hash reads, in bytes.
const maxBody = 4 << 20

const hashHelp = `tapmock hash [flags] [FILE]: explain both signatures of the webhook body in FILE or on standard input.

Examples:
  tapmock hash body.json
  tapmock hash -expect 16250de7… body.json     # which mistake makes this signature?
  curl -s http://shop.test/last-webhook | tapmock hash -json`

// hash explains the signatures of a webhook body. With -expect the exit code is 1 if the body does not have that signature.
func hash(std streams, args []string, getenv func(string) string) error {
	fs := newFlags("hash")
	key := fs.String("key", "", "secret `key` of the signature; default: TAPMOCK_KEY, otherwise Tap's published test key")
	expect := fs.String("expect", "", "`signature` to compare with: from the header hashstring or hash, or computed by your code")
	asJSON := fs.Bool("json", false, "print one JSON object")
	if err := parseFlags(fs, args, std.out, hashHelp); err != nil {
		return helped(err)
	}
	given := givenFlags(fs)
	if given["key"] && *key == "" || given["expect"] && strings.TrimSpace(*expect) == "" {
		return usageError{errors.New("-key and -expect must not be empty")}
	}
	secret := cmp.Or(*key, getenv("TAPMOCK_KEY"), tap.PublishedTestKey)
	body, err := readBody(std.in, fs.Args())
	if err != nil {
		return err
	}
	x, err := tap.Explain(secret, body)
	if err != nil {
		return err
	}
	*expect = strings.TrimSpace(*expect)
	if *asJSON {
		return printExplained(std.out, explainedAs(x, *expect))
	}
	explain(std.out, x, secret)
	if *expect != "" {
		return compareSignature(std.out, x, *expect)
	}
	return nil
}

// explained is an explanation of signatures, as -json prints it.
type explained struct {
	Object     string     `json:"object"`
	Parts      []tap.Part `json:"parts"`
	Input      string     `json:"input"` // the hashed string
	HashString string     `json:"hashstring"`
	Hash       string     `json:"hash"`
	Expected   *expected  `json:"expected,omitempty"`
}

// expected is what is known of a signature that was expected.
type expected struct {
	Signature string `json:"signature"`
	Equals    string `json:"equals,omitempty"` // hashstring or hash
	Cause     string `json:"cause,omitempty"`  // the one difference that explains it
}

func explainedAs(x *tap.Explanation, expect string) explained {
	e := explained{Object: x.Object, Parts: x.Parts, Input: x.Input, HashString: x.Signatures.HashString, Hash: x.Signatures.Hash}
	if expect != "" {
		e.Expected = &expected{Signature: expect}
		e.Expected.Equals, e.Expected.Cause = x.Diagnose(expect)
	}
	return e
}

// printExplained prints an explanation as JSON. The error is [errFailed] if the expected signature is not one of the body.
func printExplained(out io.Writer, e explained) error {
	err := printJSON(out, e)
	if err == nil && e.Expected != nil && e.Expected.Equals == "" {
		err = errFailed
	}
	return err
}

func readBody(in io.Reader, files []string) ([]byte, error) {
	switch {
	case len(files) > 1:
		return nil, usageError{fmt.Errorf("hash takes one file, not %d", len(files))}
	case len(files) == 1 && files[0] != "-":
		f, err := os.Open(files[0])
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	body, err := io.ReadAll(io.LimitReader(in, maxBody+1))
	if err == nil && len(bytes.TrimSpace(body)) == 0 {
		err = errors.New("there is no body; name a file, or send the body to standard input")
	}
	if err == nil && len(body) > maxBody {
		err = fmt.Errorf("the body has more than %d bytes, which no webhook has", maxBody)
	}
	return body, err
}

func explain(out io.Writer, x *tap.Explanation, key string) {
	whose := "the given key"
	if key == tap.PublishedTestKey {
		whose = "Tap's published test key"
	}
	fmt.Fprintf(out, "The hashed string, part by part (HMAC-SHA256 with %s):\n\n", whose)
	for _, p := range x.Parts {
		fmt.Fprintf(out, "  %-22s %s\n", p.Label, p.Value)
	}
	fmt.Fprintf(out, "\n%s\n\nhashstring  %s   (of that string)\nhash        %s   (of the body's bytes)\n",
		x.Input, x.Signatures.HashString, x.Signatures.Hash)
}

func compareSignature(out io.Writer, x *tap.Explanation, expect string) error {
	switch equals, cause := x.Diagnose(expect); {
	case equals != "":
		fmt.Fprintf(out, "\nThe expected signature is this body's %s.\n", equals)
		return nil
	case cause != "":
		fmt.Fprintf(out, "\nThe expected signature is not one of this body. It results from one difference:\n  %s\n", cause)
	case !tap.LooksLikeSignature(expect):
		fmt.Fprint(out, "\nThe expected value is not a signature: Tap's signatures have 64 hex digits.\n")
	default:
		fmt.Fprint(out, "\nThe expected signature is not one of this body, and no single difference explains it (a part, the order, the key, the spelling of the body).\n"+
			"It may belong to another webhook or to another account's key.\n")
	}
	return errFailed
}
