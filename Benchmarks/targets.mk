# make bench [MEGABYTES=200]: measure the program and its parts; see Benchmarks/README.md.
MEGABYTES ?= 200
BENCH = $(SWIFT) run --package-path Benchmarks -c release
BENCH_PROGRAM = "$$($(SWIFT_BUILD) -c release --show-bin-path)/denature"

.PHONY: bench bench-decode bench-decoys
bench: build
	$(BENCH) throughput --denature $(BENCH_PROGRAM) --megabytes $(MEGABYTES)
	$(BENCH) endpoint-rate --denature $(BENCH_PROGRAM)
	$(BENCH) primitives

# make bench-decode [PYTHON=python3] [DECODE_OPTIONS='--kinds lab']: decoding against transformers, about a quarter of
# an hour. PYTHON is one with torch, transformers and safetensors; DECODE_OPTIONS=--no-reference compares with nothing.
PYTHON ?= python3
DECODE_OPTIONS ?=
BENCH_DECODE = $(SWIFT) build --package-path Benchmarks/decode --scratch-path Benchmarks/.build/decode -c release
bench-decode: $(READY)
	@$(STEP) 'Building the benchmark of decoding (minutes the first time)' $(LOGS)/bench-decode-build.log $(BENCH_DECODE)
	$(PYTHON) Benchmarks/decode/compare.py --program "$$($(BENCH_DECODE) --show-bin-path)/decode" \
	    --work Benchmarks/.build/decode-work $(DECODE_OPTIONS)

# make bench-decoys [DECOYS_OPTIONS='--tokens FILE.jsonl']: decoy keys through the keyed function and as random draws, some
# ten minutes.
DECOYS_OPTIONS ?=
bench-decoys: setup
	$(SWIFT) run --package-path Benchmarks -c release decoys $(DECOYS_OPTIONS)
