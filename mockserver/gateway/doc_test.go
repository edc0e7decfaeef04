package gateway_test

import (
	"os"
	"regexp"
	"testing"
)

// The package comment is the map of the package, so it must not send a reader to a file that is gone.
func TestDocNamesFilesThatExist(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	files := regexp.MustCompile(`[a-z]+\.go`).FindAllString(string(doc), -1)
	if len(files) < 10 {
		t.Errorf("doc.go names %d files; it should lead to more", len(files))
	}
	for _, file := range files {
		if _, err := os.Stat(file); err != nil {
			t.Errorf("doc.go names %s: %v", file, err)
		}
	}
}
