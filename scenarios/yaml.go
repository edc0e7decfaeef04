package scenarios

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxFile bounds a scenario file, in bytes.
const maxFile = 8 << 20

// maxSigns bounds the characters of a file that can begin a value, because each value costs far more memory than its text.
const maxSigns = 500_000

// yamlError is a syntax error in a file.
type yamlError struct {
	line, column int
	text         string
}

// parseYAML reads the only document of a file.
func parseYAML(data []byte) (*yaml.Node, *yamlError) {
	if text := tooMuch(data); text != "" {
		return nil, &yamlError{1, 1, text}
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, errEmpty
	} else if err != nil {
		return nil, yamlMistake(data, err)
	}
	if err := dec.Decode(&second); err == nil {
		return nil, &yamlError{second.Line, 1, "a second document begins here; a file has one"}
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlMistake(data, err)
	}
	if len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" && doc.Content[0].Anchor == "" {
		return nil, errEmpty
	}
	return doc.Content[0], nil
}

var errEmpty = &yamlError{1, 1, "the file is empty; write a list of scenarios under the key scenarios"}

// tooMuch refuses what would cost too much memory to read.
func tooMuch(data []byte) string {
	if len(data) > maxFile {
		return "the file has " + strconv.Itoa(len(data)) + " bytes; the limit is " + strconv.Itoa(maxFile)
	}
	signs := 0
	for _, b := range data {
		switch b {
		case ',', ':', '-', '[', '{', '?', '\n':
			signs++
		}
	}
	if signs > maxSigns {
		return "the file has too many values; split it"
	}
	return ""
}

// yamlWords replace the errors of the YAML reader by explanations.
var yamlWords = []struct{ part, text string }{
	{"mapping values are not allowed", "a colon is not possible here: put a text with a colon in quotes, and begin all keys of a mapping in the same column"},
	{"cannot start any token", "a value cannot begin with this character; put it in quotes"},
	{"did not find expected key", "the line does not match those above it: check its indentation, quotes and brackets"},
	{"did not find expected '-' indicator", "the line does not match the list above it: check its indentation and its dash"},
	{"did not find expected ',' or '}'", "a brace { is not closed, or a comma is missing"},
	{"did not find expected ',' or ']'", "a bracket [ is not closed, or a comma is missing"},
	{"unexpected end of stream", "a quoted text is not closed"},
	{"did not find expected node content", "a value is missing, or there is an extra bracket or comma"},
	{"could not find expected ':'", "a colon is missing after the key"},
	{"block sequence entries are not allowed", "a dash is not possible here: begin the list on a new line"},
	{"block mapping entries are not allowed", "a key is not possible here: begin it on a new line"},
	{"anchor", noAnchors},
	{"alias", noAnchors},
	{"escape", "a backslash in double quotes begins an escape such as \\n; write two, or use single quotes"},
	{"control characters", "the file contains an invisible character; type the line again"},
	{"UTF", "the file is not in UTF-8; save it as UTF-8"},
	{"invalid trailing", "the file is not in UTF-8; save it as UTF-8"},
	{"exceeded max depth", "brackets or lists are nested too deeply"},
	{"document", "this is neither a key nor the end of the file; check the indentation of the line"},
	{"directive", "a line cannot begin with %"},
	{"tag", "tags, which begin with !, are not supported"},
	{"block scalar", "after | or > the text begins on the next line, indented"},
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// yamlMistake explains an error of the YAML reader and finds its line.
func yamlMistake(data []byte, err error) *yamlError {
	if line, column := indentedByTab(data); line > 0 {
		return &yamlError{line, column, "the line is indented with a tab; use spaces"}
	}
	e := &yamlError{1, 1, "this is not YAML; check indentation, quotes and brackets"}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		e.line, _ = strconv.Atoi(m[1])
	}
	for _, w := range yamlWords {
		if strings.Contains(err.Error(), w.part) {
			e.text = w.text
			break
		}
	}
	if len(data) <= 1<<16 {
		e.line = firstBroken(data)
	}
	return e
}

// indentedByTab finds the first line that is indented with a tab.
func indentedByTab(data []byte) (line, column int) {
	for text := range bytes.Lines(data) {
		line++
		rest := bytes.TrimLeft(text, " ")
		if len(rest) > 0 && rest[0] == '\t' && len(bytes.TrimSpace(rest)) > 0 {
			return line, len(text) - len(rest) + 1
		}
	}
	return 0, 0
}

// firstBroken is the first line that is not valid YAML; the reader itself often names the beginning of the broken value.
func firstBroken(data []byte) int {
	ends := []int{0}
	for text := range bytes.Lines(data) {
		ends = append(ends, ends[len(ends)-1]+len(text))
	}
	good, bad := 0, len(ends)-1
	for {
		for good+1 < bad {
			if middle := (good + bad) / 2; readable(data[:ends[middle]]) {
				good = middle
			} else {
				bad = middle
			}
		}
		next := good // lines that only end what began above them make the file valid again
		for n := bad + 1; n < min(bad+30, len(ends)-1); n++ {
			if readable(data[:ends[n]]) {
				next = n
			}
		}
		if next == good {
			return max(bad, 1)
		}
		good, bad = next, len(ends)-1
	}
}

func readable(data []byte) bool {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}
