package mockserver

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// reply is a small JSON answer.
type reply map[string]any

// yamlText is an answer that is the text of a scenario file.
type yamlText []byte

// writeControl writes an answer of the control API: indented JSON, or the text of a scenario file.
func writeControl(w http.ResponseWriter, status int, answer any) {
	contentType, body := "application/yaml", []byte(nil)
	if text, ok := answer.(yamlText); ok {
		body = text
	} else {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(answer); err != nil {
			panic("mockserver: an answer of the control API: " + err.Error())
		}
		contentType, body = "application/json", b.Bytes()
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(body)
}
