package tap

import "strings"

// MetadataText is the value of a key in a request's metadata, see [ChargeRequest]: a text unquoted, anything else as it is written;
// "" if the key is not there.
func MetadataText(metadata, key string) string {
	if metadata == "" || strings.IndexByte(metadata, '\\') < 0 && !strings.Contains(metadata, key) {
		return ""
	}
	tree, root, err := parseJSON([]byte(metadata))
	defer freeJSON(tree)
	if err != nil {
		return ""
	}
	text := ""
	for i := tree.nodes[root].child; i != 0; i = tree.nodes[i].next {
		if n := &tree.nodes[i]; n.key == key { // of several the last counts, as for encoding/json
			if text = n.text; n.kind != isText {
				text = tree.src[n.start:n.end]
			}
		}
	}
	return strings.Clone(text)
}
