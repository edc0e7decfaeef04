package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// markdown are the Markdown files of the repository.
func markdown(t *testing.T) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(os.DirFS(root), ".", func(file string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == ".git" {
			return fs.SkipDir
		}
		if path.Ext(file) == ".md" {
			all = append(all, file)
		}
		return err
	})
	if err != nil || len(all) < 6 {
		t.Fatalf("only the Markdown files %q were found: %v", all, err)
	}
	return all
}

// readmes are the README.md of the repository and of its folders.
func readmes(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(markdown(t), func(file string) bool { return path.Base(file) != "README.md" })
}

var (
	inlineCode = regexp.MustCompile("`[^`\n]*`")
	link       = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading    = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)
)

// prose is a Markdown file without its code blocks.
func prose(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return fence.ReplaceAllString(string(text), "")
}

// links are the links of a Markdown file, pictures included, from the root of the repository: file#anchor.
func links(t *testing.T, file string) []string {
	t.Helper()
	var all []string
	for _, m := range link.FindAllStringSubmatch(inlineCode.ReplaceAllString(prose(t, file), "code"), -1) {
		to, anchor, _ := strings.Cut(m[1], "#")
		if to = path.Join(path.Dir(file), to); strings.HasPrefix(m[1], "#") {
			to = file
		}
		all = append(all, strings.TrimSuffix(to+"#"+anchor, "#"))
	}
	return all
}

// anchor is the anchor of a heading, as the usual Markdown renderers make it.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

// TestLinks follows every link of every Markdown file to a file and to a heading in it.
func TestLinks(t *testing.T) {
	found := 0
	for _, file := range markdown(t) {
		for _, to := range links(t, file) {
			if found++; strings.Contains(to, ":/") {
				t.Errorf("%s: %s leads out of the repository, where no test follows it", file, to)
				continue
			}
			target, at, _ := strings.Cut(to, "#")
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s: %s does not exist", file, to)
				continue
			}
			headings := heading.FindAllStringSubmatch(prose(t, target), -1)
			if at != "" && !slices.ContainsFunc(headings, func(h []string) bool { return anchor(h[1]) == at }) {
				t.Errorf("%s: %s has no heading for #%s", file, target, at)
			}
		}
	}
	if found < 15 {
		t.Errorf("only %d links were found", found)
	}
}

// TestReadmeLength bounds the README. It must have a link to each other README and to the page's contract.
func TestReadmeLength(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n > 200 {
		t.Errorf("the README has %d lines, at most 200 are allowed; reference tables are in the READMEs of the folders", n)
	}
	for _, file := range append(readmes(t), "fakepage/contract.md") {
		if file != "README.md" && !slices.Contains(links(t, "README.md"), file) {
			t.Errorf("the README has no link to %s", file)
		}
	}
}
