package tap

import "strings"

// MetadataText is the value of a key in the metadata of a [PaymentRequest]: text without its quotes, any other value as JSON; "" if
// the metadata does not have the key.
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
		if n := &tree.nodes[i]; n.key == key { // the last of equal keys counts, as for encoding/json
			if text = n.text; n.kind != isText {
				text = tree.src[n.start:n.end]
			}
		}
	}
	return strings.Clone(text)
}
