package inspector

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
)

//go:embed assets
var assetFiles embed.FS

// asset is a file that a page needs. Its name has a hash of its content, so that browsers can keep it forever.
type asset struct {
	name, contentType string
	content           []byte
}

var (
	style  = newAsset("home.css", "text/css; charset=utf-8")
	script = newAsset("home.js", "text/javascript; charset=utf-8")
	worker = newAsset("stream.js", "text/javascript; charset=utf-8")
	assets = map[string]asset{style.name: style, script.name: script, worker.name: worker}
)

func newAsset(name, contentType string) asset {
	content, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		panic("inspector: " + err.Error())
	}
	sum := sha256.Sum256(content)
	return asset{hex.EncodeToString(sum[:6]) + "-" + name, contentType, content}
}

// Asset serves the files of the pages.
func (p *Pages) Asset() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, ok := assets[path.Base(r.URL.Path)]
		if !ok {
			http.Error(w, "the pages have no file with this name; reload the page", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", file.contentType)
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Write(file.content)
	})
}
