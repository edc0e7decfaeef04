package containertest_test

import (
	"testing"

	"github.com/tapmock/tapmock/testkit/containertest"
)

func TestFirst(t *testing.T) {
	mock := containertest.Start(t)
	t.Log(mock.URL, mock.Now())
}
