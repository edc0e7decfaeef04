package scenarios_test

import (
	"reflect"
	"testing"

	"github.com/tapmock/tapmock/scenarios"
)

func TestLibraryIsLossFree(t *testing.T) {
	for _, name := range scenarios.Builtin().Names() {
		s, err := scenarios.Builtin().Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		text := s.YAML()
		back, err := scenarios.Parse(nil, "x.yaml", text)
		if err != nil {
			t.Logf("%s: %v\n%s", name, err, text)
			continue
		}
		if got := back.List()[0]; !reflect.DeepEqual(got, s) {
			t.Errorf("%s:\n%+v\n%+v\n%s", name, got, s, text)
		}
	}
	t.Logf("%s", scenarios.Builtin().File().YAML()[:3000])
}
