// Package containertest is the testkit over a mock in a container, for those whose tests are to run against the very image that
// other languages and stages use.
//
//	func TestCheckout(t *testing.T) {
//		mock := containertest.Start(t)
//		shop := NewShop(mock.APIURL(), mock.Key)   // the code under test
//		…                                          // as with testkit.Start
//	}
//
// Without [Image] the image is built from the source of the tapmock module that go.mod names, so that kit and container are of one
// version; the first build takes about a minute, later ones a second. One container serves many tests: [testkit.Mock.Account]
// gives each an account of its own; give it [testkit.Relay], unless the container has [HostAccess].
//
// The shop may listen on 127.0.0.1, as every httptest.NewServer does: the test process fetches the mock's calls to the shop and makes
// them, with the same bytes and headers. With [HostAccess] the container calls by itself.
//
// Where no Docker engine answers the test is skipped with a line that says so, unless the environment has TAPMOCK_REQUIRE_DOCKER=1.
// The engine is found as testcontainers-go finds it: DOCKER_HOST, the current context's socket, ~/.testcontainers.properties.
package containertest
