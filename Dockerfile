# The image contains one static binary and the CA roots for webhooks over https. It has no shell and runs as a non-root user.
#   docker build -t tapmock .
#   docker run --rm -p 127.0.0.1:8080:8080 tapmock
ARG GO_IMAGE=golang:1.26
FROM ${GO_IMAGE} AS build
WORKDIR /src
COPY . .
# No go mod download: go build downloads only the modules that are linked, not those of the tests.
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w' -o /out/tapmock ./cmd/tapmock

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/tapmock /tapmock
USER 65532:65532
ENV TAPMOCK_ADDR=:8080
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=4s --start-period=2s --retries=3 CMD ["/tapmock", "healthcheck"]
ENTRYPOINT ["/tapmock"]
