# make bench [MEGABYTES=200]: measure the program and its parts; see Benchmarks/README.md.
MEGABYTES ?= 200
BENCH = $(SWIFT) run --package-path Benchmarks -c release
BENCH_PROGRAM = "$$($(SWIFT_BUILD) -c release --show-bin-path)/denature"

.PHONY: bench
bench: build
	$(BENCH) throughput --denature $(BENCH_PROGRAM) --megabytes $(MEGABYTES)
	$(BENCH) endpoint-rate --denature $(BENCH_PROGRAM)
	$(BENCH) primitives
