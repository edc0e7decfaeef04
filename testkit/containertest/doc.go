// Package containertest is the testkit with a mock in a container, for tests that must use the same image as other languages and
// stages.
//
//	func TestCheckout(t *testing.T) {
//		mock := containertest.Start(t)
//		shop := NewShop(mock.APIURL(), mock.Key)   // the code under test
//		…                                          // as with testkit.Start
//	}
//
// Without [Image], the image is compiled here, with the go command, from the source of the tapmock module in go.mod, so that the kit and
// the container have the same version: a static binary on scratch, with the CA roots of this machine. Nothing is pulled, so it works
// without a network. The first build takes about a minute, later builds a second. [FromDockerfile] builds it with the repository's
// Dockerfile instead. One container can serve many tests: [testkit.Mock.NewAccount] opens an account for each.
//
// Testcontainers itself pulls the image of its reaper once, unless TESTCONTAINERS_RYUK_DISABLED is true. The tests do not need it: they
// remove their containers.
//
// The shop may listen on 127.0.0.1, as an httptest.Server does: the test process relays the mock's webhooks and returns to it, with
// the same bytes and headers (see [testkit.Relay]). With [HostAccess] the container sends them itself.
//
// If no Docker engine responds, the test is skipped and says so; with TAPMOCK_REQUIRE_DOCKER=1 in the environment it fails. The engine
// is found as testcontainers-go finds it: DOCKER_HOST, the socket of the current context, ~/.testcontainers.properties.
package containertest
