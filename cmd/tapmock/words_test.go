package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
)

// root is the directory of the module, seen from this package.
const root = "../.."

// poorWord is a word that must not be in the repository: what it matches, what to write instead, and where it is right.
type poorWord struct {
	word    string // regular expression
	write   string
	allowed string // regular expression of text in which the word is right; "" is none
	files   string // regular expression of files in which the word is right; "" is none
}

var poorWords = []poorWord{
	{`(?i)befall\w*|befell`, "a fault is injected", "", ""},
	{`(?i)\bdeeds?\b`, "step, action", "", ""},
	{`(?i)\bin vain\b`, "without effect; it returns at once if …", "", ""},
	{`(?i)\bwho(?:so)?m?ever\b`, "the payer, the merchant, a caller", "", ""},
	{`\b[Nn]obody|\b[Ss]omebody|\b[Ee]verybody|\b[Aa]nybody`, "no payer, a person, a caller; a webhook is not sent", `"nobody"`, ""},
	{`\b(?:[Hh]e|[Hh]im|[Hh]is|[Hh]imself|[Ss]he|[Hh]er|[Hh]ers)\b`, "the payer (they), the merchant (it)", "", ""},
	{`(?i)\blets? (?:\w+ )?go\b`, "releases, allows the return", "", ""},
	{`(?i)\b(?:throws?|thrown|threw) away\b`, "drops, is dropped", "", ""},
	{`(?i)adversar(?:y|ies)`, "chaos scenario", `hash64\("adversary `, `scenarios/renamed\.go`},
	{`(?i)\b(?:tells?|told)\b`, "says, sends, reports; is sent a webhook", `"tell"|(?i)\btells? (?:\w+ )?apart\b|\bnot tell the payer\b`, ""},
	{`(?i)\b(?:is|are|was|were) no\b`, "is not a", `(?i)\bthere (?:is|are|was|were) no\b|\b(?:is|are|was|were) no longer\b`, ""},
	{`(?i)\b(?:be it|be they)\b`, "also, even", "", ""},
	{`(?i)\bso many\b`, "at most this many; the number of", "", ""},
	{`(?i)\bon (?:its|their) way\b`, "is sent, is pending", "", ""},
	{`(?i)\b(?:hangs?|hung) on\b`, "is scheduled at", "", ""},
	{`(?i)\b(?:go|goes|going|went|gone) wrong\b`, "a fault is injected, fails", "", ""},
	{`(?i)\b(?:takes?|taken|taking|took) up\b`, "loads, applies", "", ""},
	{`(?i)\b(?:holds?|held|holding) up\b`, "delays", "", ""},
	{`(?i)\ball the same\b`, "even so, or nothing", "", ""},
	{`(?i)\btruths?\b`, "later result", "", ""},
	{`(?i)\btrick(?:s|ed)?\b`, "injected fault", "", ""},
	{`(?i)\bmishaps?\b`, "fault", "", ""},
	{`(?i)\bparcels?\b|Parcel|(?i)\boutbox\b`, "relay task", "", ""},
	{`\b(?:[Ss]tory|[Ss]tories)\b|[a-z]Stor(?:y|ies)|\bstor(?:y|ies)[A-Z]`, "script, or trace; a story is a scenario played by CheckMerchant", "", `testkit/.*|CHANGELOG\.md|README\.md|cmd/tapmock/(?:README\.md|readme_code_test\.go|check\w*\.go|storylines\.go|main\.go|help\.go)|\.ci/clients`},
	{`(?i)\b(?:anew|albeit|lest|whence|whereupon|thereof|hitherto|nought|ere)\b`, "again; although; so that … not; from where", "", ""},
}

// repoTexts calls do with each line of the repository's text files.
func repoTexts(t *testing.T, do func(file string, line int, text string)) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		switch {
		case err != nil:
			return err
		case d.IsDir() && name == ".git":
			return filepath.SkipDir
		case d.IsDir() || !isText(name):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		number := 0
		for line := range strings.Lines(string(text)) {
			number++
			do(name, number, line)
		}
		return nil
	})
	if err != nil || files < 200 {
		t.Fatalf("%d text files were found under the module's root: %v", files, err)
	}
}

// isText reports whether a file is text of the project. bad.txtar has old words on purpose.
func isText(name string) bool {
	if name == "cmd/tapmock/words_test.go" || name == "scenarios/testdata/bad.txtar" {
		return false
	}
	endings := []string{".go", ".md", ".yaml", ".yml", ".tmpl", ".json", ".sh", ".txtar", ".js", ".css", "Dockerfile"}
	return strings.HasPrefix(name, ".ci/") || slices.Contains(endings, filepath.Ext(name)) || slices.Contains(endings, filepath.Base(name))
}

// isChangelogRow reports whether a line is a row of the changelog's tables, which have the old words.
func isChangelogRow(file, line string) bool {
	return file == "CHANGELOG.md" && strings.HasPrefix(line, "|")
}

// find is the first use of the word in a line where it is not right, or "".
func (p poorWord) find(file, line string) string {
	if p.files != "" && regexp.MustCompile("^(?:"+p.files+")$").MatchString(file) {
		return ""
	}
	if p.allowed != "" {
		line = regexp.MustCompile(p.allowed).ReplaceAllString(line, "")
	}
	return regexp.MustCompile(p.word).FindString(line)
}

// required returns texts in lower case, one of which is in each line that e matches. It is nil if there are none.
func required(e *syntax.Regexp) (texts []string) {
	switch e.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(e.Rune))}
	case syntax.OpConcat:
		for _, part := range e.Sub {
			if found := required(part); shortest(found) > shortest(texts) {
				texts = found
			}
		}
	case syntax.OpAlternate:
		for _, choice := range e.Sub {
			found := required(choice)
			if found == nil {
				return nil
			}
			texts = append(texts, found...)
		}
	}
	return texts
}

// shortest is the length of the shortest text, 0 if there are none.
func shortest(texts []string) int {
	if len(texts) == 0 {
		return 0
	}
	return len(slices.MinFunc(texts, func(a, b string) int { return len(a) - len(b) }))
}

// searcher searches lines for a word. Most lines lack the texts that the word's expression requires: they are not matched.
type searcher struct {
	poorWord
	texts  []string
	search *regexp.Regexp
}

func searchers(t *testing.T) (all []searcher) {
	t.Helper()
	for _, p := range poorWords {
		e, err := syntax.Parse(p.word, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, searcher{p, required(e), regexp.MustCompile(p.word)})
	}
	return all
}

// in reports whether the word is in a line, right or not; lower is the line in lower case.
func (s searcher) in(line, lower string) bool {
	there := func(text string) bool { return strings.Contains(lower, text) }
	return (s.texts == nil || slices.ContainsFunc(s.texts, there)) && s.search.MatchString(line)
}

// TestPoorWords looks for words that are not plain technical English.
func TestPoorWords(t *testing.T) {
	all := searchers(t)
	repoTexts(t, func(file string, line int, text string) {
		if isChangelogRow(file, text) {
			return
		}
		lower := strings.ToLower(text)
		for _, s := range all {
			if !s.in(text, lower) {
				continue
			}
			if found := s.find(file, text); found != "" {
				t.Errorf("%s:%d: %q; write: %s", file, line, found, s.write)
			}
		}
	})
}

// TestPoorWordsFound checks the expressions themselves.
func TestPoorWordsFound(t *testing.T) {
	found := func(file, line string) string {
		for _, p := range poorWords {
			if word := p.find(file, line); word != "" {
				return word
			}
		}
		return ""
	}
	for line, want := range map[string]string{
		"the merchant gets his webhook": "his", "Whoever pays": "Whoever", "it waits in vain": "in vain", "that is no key": "is no",
		"there is no key": "", "it is no longer there": "", "func lastStory()": "tStory", "its history": "", "http.NoBody": "",
		"// this seed": "", `customer("email", "nobody")`: "", "what tells them apart": "", "the merchant is told": "told", "as soon as it is indeed there": "",
	} {
		if got := found("mockserver/x.go", line); got != want {
			t.Errorf("%q: found %q, want %q", line, got, want)
		}
		in := func(s searcher) bool { return s.in(line, strings.ToLower(line)) }
		if want != "" && !slices.ContainsFunc(searchers(t), in) {
			t.Errorf("%q is not searched for %q", line, want)
		}
	}
	if got := found("testkit/check.go", "plays a story"); got != "" {
		t.Errorf("a story of the testkit: found %q", got)
	}
}

// TestOldNames looks for names that the changelog says were replaced: settings, events and environment variables. Only names with
// an underscore are looked for; others are also words of other things.
func TestOldNames(t *testing.T) {
	others := []string{"save_card", "redirect_status", "charge_created"} // also names of Tap's fields and of the control API
	replaced := map[string]string{}
	for _, heading := range []string{"Settings", "Events of the journal", "Flags and environment variables"} {
		for _, c := range changes(t, heading) {
			if old := c.old[0]; strings.Contains(old, "_") && !slices.Contains(others, old) {
				replaced[old] = strings.Join(c.new, ", ")
			}
		}
	}
	names := regexp.MustCompile(`\w+`)
	tables := []string{"scenarios/renamed.go", "mockserver/tap/setting_table.go"}
	repoTexts(t, func(file string, line int, text string) {
		if isChangelogRow(file, text) || strings.HasSuffix(file, "_test.go") || slices.Contains(tables, file) {
			return
		}
		for _, name := range names.FindAllString(text, -1) {
			if is := replaced[name]; is != "" {
				t.Error(fmt.Sprintf("%s:%d: %q", file, line, name), "is now", is)
			}
		}
	})
}
