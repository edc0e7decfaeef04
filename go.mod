module github.com/tapmock/tapmock

go 1.26.0

require github.com/gorilla/mux v1.8.1

require github.com/google/go-cmp v0.7.0
